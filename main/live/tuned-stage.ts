import type { ParameterValue, ParameterValues } from '../../preload/contract.ts';
import { type ErrorRecord, errorRecordFrom, messageOf } from '../base/errors.ts';
import type { Camera, CameraMode } from '../camera/camera.ts';
import type { FrameMeta, SensorDescription } from '../frame/frame-meta.ts';
import { withMeasuredBlack } from '../isp/optical-black.ts';
import type { ParameterStore } from '../processor/parameter-store.ts';
import type { InputValues, Stage } from '../processor/stage.ts';
import { algorithmValues, cctOfGains, daylightKelvin, tunedParameters, tunedSensor } from '../tuning/tuned-sensor.ts';
import type { Tuning } from '../tuning/tuning-schema.ts';
import { gainControlIds } from './exposure-controls.ts';
import type { TuningDesk } from './tuning-desk.ts';

/** A tuning is asked for gains of whole eighths of a stop and lights of whole five mired: finer steps show in no picture. */
const stepsPerStop = 8;
const stepMired = 5;

/** What a stage is fed from. */
export interface TunedStageParts {
  readonly stage: Stage;
  readonly parameters: ParameterStore;
  /** Settings of the algorithms of every frame, which a tuning may have values for as well. */
  readonly algorithms?: ParameterStore;
  readonly tunings?: TuningDesk;
}

/** What the graph of a frame is fed with, made for one version of the parameters. */
export interface StageInputs {
  readonly parameterVersion: number;
  readonly inputs: InputValues;
  /** The sensor that they were made for. */
  readonly sensor: SensorDescription;
}

type MadeInputs = Omit<StageInputs, 'parameterVersion'>;

interface Conditions {
  readonly gain: number;
  readonly cctKelvin: number;
}

/**
 * The stage as one open camera needs it: fed with what the camera says of its sensor, and in its place with what the camera's tuning
 * says at the gain and the light of the moment. The light is the one whose balance is nearest to the stage's white balance.
 */
export class TunedStage {
  readonly #camera: Camera;
  readonly #parts: TunedStageParts;
  readonly #tuning: Tuning | undefined;
  readonly #noticed: (record: ErrorRecord) => void;
  readonly #gainIds: readonly string[];
  /** Values that the tuning gave last, by name: what the user has moved since is the user's. */
  #given: ParameterValues = {};
  #planned: SensorDescription | undefined;
  #sensor: (Conditions & { readonly sensor: SensorDescription }) | undefined;
  #made: (StageInputs & { readonly gain: number }) | undefined;
  /** What was made last for black that a frame showed, and the inputs that it was made from. */
  #onBlack: (MadeInputs & { readonly base: InputValues }) | undefined;

  private constructor(
    camera: Camera,
    parts: TunedStageParts,
    tuning: Tuning | undefined,
    noticed: (record: ErrorRecord) => void,
  ) {
    this.#camera = camera;
    this.#parts = parts;
    this.#tuning = tuning;
    this.#noticed = noticed;
    this.#gainIds = gainControlIds(camera.controls());
  }

  /** Never rejects: a tuning that cannot be read is told of, and the camera does without. */
  static async of(camera: Camera, parts: TunedStageParts, noticed: (record: ErrorRecord) => void): Promise<TunedStage> {
    const tuning = await parts.tunings?.read(camera).catch((thrown: unknown) => {
      const { message, ...record } = errorRecordFrom(thrown);
      noticed({ ...record, message: `${camera.name} runs without its tuning. ${message}` });
      return undefined;
    });
    return new TunedStage(camera, parts, tuning, noticed);
  }

  /** The same camera and tuning for another stage with parameters of its own. */
  beside({ stage, parameters }: Pick<TunedStageParts, 'stage' | 'parameters'>): TunedStage {
    return new TunedStage(this.#camera, { stage, parameters }, this.#tuning, this.#noticed);
  }

  /** The tuning's white balance by colour temperature, at least two points; undefined where the tuning has none. */
  get balanceCurve(): readonly { readonly kelvin: number; readonly red: number; readonly blue: number }[] | undefined {
    const points = this.#tuning?.colour?.map(({ cctKelvin, whiteBalance: [red, green, blue] }) => {
      return { kelvin: cctKelvin, red: red / green, blue: blue / green };
    });
    return points && points.length > 1 ? points : undefined;
  }

  /**
   * Makes what suits the camera the parameters' values and defaults: its balance in daylight, and the tuning's own at its gain. Of the
   * algorithms' settings, what the user has moved stays the user's, whatever camera is opened.
   */
  takeOver(): void {
    const { stage, parameters, algorithms } = this.#parts;
    const tuning = this.#tuning;
    const { sensor } = this.#camera;
    if (!tuning) {
      parameters.rebase(stage.defaultsFor(sensor));
      algorithms?.suggest({});
      return;
    }
    const held = this.#camera.controls().map(({ id, value }) => [id, Number(value)] as const);
    const gain = this.#gainOf(Object.fromEntries(held));
    const inDaylight = tunedSensor(tuning, sensor, { gain, cctKelvin: daylightKelvin, width: 0, height: 0 });
    const refusals: string[] = [];
    const refused = (sentence: string): void => void refusals.push(sentence);
    const given = takenBy(parameters, tunedParameters(tuning, gain), refused);
    const balance = takenBy(parameters, stage.defaultsFor(inDaylight), refused);
    parameters.rebase({ ...balance, ...given });
    this.#given = given;
    this.#tellOf(refusals, stage.declaration.name);
    if (!algorithms) return;
    const unfit: string[] = [];
    algorithms.suggest(takenBy(algorithms, algorithmValues(tuning), (sentence) => unfit.push(sentence)));
    this.#tellOf(unfit, 'FastAlgo');
  }

  #tellOf(refusals: readonly string[], taker: string): void {
    if (refusals.length === 0) return;
    const message = `The tuning of ${this.#camera.name} has values that ${taker} does not take: ${refusals.join('; ')}`;
    this.#noticed({ code: 'tuning.refused-value', message, action: 'Correct the tuning file.' });
  }

  /**
   * The sensor that the graph of a mode is built for: the tuned one at gain 1 in daylight. Nothing in a graph depends on gain or
   * light but the size of the shading grid, and frames keep to that of this sensor. Asked before the first frame of every stream.
   */
  plannedSensor(mode: CameraMode): SensorDescription {
    this.#planned = undefined;
    this.#sensor = undefined;
    this.#made = undefined;
    this.#planned = this.#sensorAt(mode, { gain: 1, cctKelvin: steppedCct(daylightKelvin) });
    return this.#planned;
  }

  /**
   * The inputs for a frame that arrives now; the same object until a parameter, the gain or the light has changed by a step, or the black
   * that the frame itself shows where no light reaches its `samples`.
   */
  inputsFor(mode: CameraMode, { controls }: Pick<FrameMeta, 'controls'>, samples: () => Uint16Array): StageInputs {
    const gain = this.#gainOf(controls);
    const isNewGain = this.#made?.gain !== gain;
    if (isNewGain) this.#follow(gain);
    const { version, values } = this.#parts.parameters.current;
    if (!this.#made || isNewGain || this.#made.parameterVersion !== version) {
      const sensor = this.#sensorAt(mode, { gain, cctKelvin: this.#cctOf(values) });
      this.#made = { gain, parameterVersion: version, inputs: this.#parts.stage.inputs(values, sensor), sensor };
    }
    const { inputs, sensor } = this.#made;
    return { parameterVersion: version, ...this.#onMeasuredBlack({ inputs, sensor }, mode, samples) };
  }

  #onMeasuredBlack(made: MadeInputs, { width, height }: CameraMode, samples: () => Uint16Array): MadeInputs {
    if (!made.sensor.opticalBlack) return made;
    const sensor = withMeasuredBlack(made.sensor, { width, height, samples: samples() });
    if (sensor === made.sensor) return made;
    const last = this.#onBlack;
    const isSame = last?.base === made.inputs && sensor.blackLevels.every((dn, phase) => dn === last.sensor.blackLevels[phase]);
    if (last && isSame) return { inputs: last.inputs, sensor: last.sensor };
    const inputs = this.#parts.stage.inputs(this.#parts.parameters.current.values, sensor);
    this.#onBlack = { base: made.inputs, inputs, sensor };
    return { inputs, sensor };
  }

  /** The sensor of a single frame that is developed with these values: at its gain, which noise reduction follows, and in their light. */
  sensorFor(mode: CameraMode, { controls }: Pick<FrameMeta, 'controls'>, values: ParameterValues): SensorDescription {
    const gain = this.#gainOf(controls);
    this.#follow(gain);
    return this.#sensorAt(mode, { gain, cctKelvin: this.#cctOf(values) });
  }

  /** The sensor as the newest frame was developed with; before the first one, at gain 1 and in the light of these values. */
  newestSensor(mode: CameraMode, values: ParameterValues): SensorDescription {
    return this.#made?.sensor ?? this.#sensorAt(mode, { gain: 1, cctKelvin: this.#cctOf(values) });
  }

  /** A gain that the frame does not tell counts as 1, as in exposure. */
  #gainOf(values: Readonly<Record<string, number>>): number {
    if (!this.#tuning) return 1;
    const total = this.#gainIds.reduce((product, id) => product * (values[id] ?? 1), 1);
    return total > 0 ? 2 ** (Math.round(Math.log2(total) * stepsPerStop) / stepsPerStop) : 1;
  }

  #cctOf({ wb_red_gain: red, wb_blue_gain: blue }: ParameterValues): number {
    const isBalanced = typeof red === 'number' && typeof blue === 'number';
    const cct = isBalanced && this.#tuning ? cctOfGains(this.#tuning, [red, 1, blue]) : undefined;
    return steppedCct(cct ?? daylightKelvin);
  }

  #sensorAt(mode: CameraMode, { gain, cctKelvin }: Conditions): SensorDescription {
    const own = this.#camera.sensorIn?.(mode.id) ?? this.#camera.sensor;
    if (!this.#tuning) return own;
    if (this.#sensor?.gain !== gain || this.#sensor.cctKelvin !== cctKelvin) {
      const { width, height } = mode;
      const tuned = tunedSensor(this.#tuning, own, { gain, cctKelvin, width, height });
      this.#sensor = { gain, cctKelvin, sensor: withGridOf(this.#planned, tuned) };
    }
    return this.#sensor.sensor;
  }

  /** Sets what the tuning holds by gain anew, but for what the user has moved; what is back at its default follows again. */
  #follow(gain: number): void {
    if (!this.#tuning?.noiseReduction) return;
    const { parameters, stage } = this.#parts;
    // What is refused was told of at the opening.
    const given = takenBy(parameters, tunedParameters(this.#tuning, gain), () => undefined);
    const { values } = parameters.current;
    const isFollowing = (name: string): boolean =>
      stage.declaration.params[name]?.kind === 'runtime' &&
      [this.#given[name], parameters.describe(name).defaultValue].includes(values[name] as ParameterValue);
    const changes = Object.entries(given).filter(([name, value]) => value !== this.#given[name] && isFollowing(name));
    this.#given = given;
    if (changes.length > 0) parameters.set(Object.fromEntries(changes));
  }
}

/** The values that a processor has and takes. A tuning serves several of them, so that other names are passed over. */
function takenBy(parameters: ParameterStore, values: ParameterValues, refused: (sentence: string) => void): ParameterValues {
  const kinds = new Map(parameters.descriptions().map(({ name, kind }) => [name, kind] as const));
  const taken = Object.entries(values).flatMap(([name, value]) => {
    const kind = kinds.get(name);
    if (!kind) return [];
    try {
      return Object.entries(parameters.check({ [name]: value }, kind));
    } catch (thrown) {
      refused(messageOf(thrown));
      return [];
    }
  });
  return Object.fromEntries(taken);
}

function steppedCct(kelvin: number): number {
  return 1e6 / (Math.round(1e6 / kelvin / stepMired) * stepMired);
}

/** A grid of another size than the graph's would need another graph. */
function withGridOf(planned: SensorDescription | undefined, tuned: SensorDescription): SensorDescription {
  const [grid, own] = [planned?.shading, tuned.shading];
  return grid && (grid.rows !== own?.rows || grid.columns !== own.columns) ? { ...tuned, shading: grid } : tuned;
}
