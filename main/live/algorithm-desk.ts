import type { ParameterState, ParameterValues } from '../../preload/contract.ts';
import { monotonicNs } from '../base/clock.ts';
import { type ErrorRecord, errorRecordFrom, InputError } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import type { ControlDesk } from '../camera/control/control-desk.ts';
import { type MeasuredFrame, measuredFrame } from '../isp/algo/algorithm.ts';
import type { Decision } from '../isp/algo/decision.ts';
import { decideFast, type FastAlgoState, fastAlgoInitial } from '../isp/fast-algo.ts';
import { activeAlgorithms, fastAlgoDeclaration, fastAlgoSettings, manualMode } from '../isp/fast-algo-parameters.ts';
import { numberIn } from '../isp/operator.ts';
import { sceneModeOf } from '../isp/slow-algo-parameters.ts';
import type { FrameStatistics } from '../isp/statistics/frame-statistics.ts';
import type { ParameterStore } from '../processor/parameter-store.ts';
import type { Admission, PublishedFrame } from '../runtime/completion-dispatcher.ts';
import type { DecisionRow } from '../telemetry/rows.ts';
import { type Exposure, type ExposureControls, exposureControlsOf } from './exposure-controls.ts';
import { FrameMeasurement, geometryKey, type MeasurementParts, sensorOf, statisticsStreamId } from './frame-measurement.ts';
import type { LiveStream } from './live-stream.ts';
import { SceneDecisions } from './scene-decisions.ts';

/** The lab's parts that the algorithms stand between. */
export interface AlgorithmDeskParts extends MeasurementParts {
  readonly stream: LiveStream;
  readonly controls: ControlDesk;
  /** FastAlgo's own settings. */
  readonly parameters: ParameterStore;
  /** SlowAlgo's. */
  readonly sceneParameters: ParameterStore;
  /** Those of the stage whose white balance is set. */
  readonly stageParameters: ParameterStore;
  /** Those of SlowISP, whose tone and noise reduction SlowAlgo sets. */
  readonly developmentParameters: ParameterStore;
}

const balanceNames = ['wb_red_gain', 'wb_blue_gain'] as const;

/**
 * Closes the loop: every published frame is measured, the algorithms that the user has chosen decide from it, and what they ask for
 * goes to the camera's controls and the stage's parameters. SlowAlgo decides from about one frame a second. Nothing is measured while
 * all is manual. Where the user's hand moves what an algorithm sets, the algorithm steps back to manual: the newest wish counts.
 */
export class AlgorithmDesk {
  /** What was decided from a frame, by each algorithm that acts. */
  readonly decided = new Announcer<DecisionRow>();
  /** What SlowAlgo tells of the scene, beside {@link decided}. */
  readonly advised = new Announcer<DecisionRow>();
  readonly noticed = new Announcer<ErrorRecord>();
  readonly #parts: AlgorithmDeskParts;
  #measurement: { readonly key: string; readonly running: FrameMeasurement } | undefined;
  #loading: string | undefined;
  #exposure: ExposureControls | undefined;
  #state: FastAlgoState = fastAlgoInitial;
  #isActing = false;
  /** Operations under way that set exposures themselves. */
  #exposureHolders = 0;
  #before: ParameterValues;
  readonly #scene: SceneDecisions;

  constructor(parts: AlgorithmDeskParts) {
    this.#parts = parts;
    this.#before = parts.parameters.current.values;
    this.#scene = new SceneDecisions({ ...parts, parameters: parts.sceneParameters });
    parts.dispatcher.published.subscribe((frame) => this.#frame(frame));
    parts.dispatcher.worked.subscribe(({ streamId, error }) => {
      // A suspension is told once, by the lane.
      if (streamId === statisticsStreamId && error && error.code !== 'runtime.suspended') this.noticed.announce(error);
    });
    parts.parameters.changed.subscribe(({ values }) => this.#chosen(values));
    parts.sceneParameters.changed.subscribe(({ values }) => {
      // Two cannot set the same gains: the one that was chosen last does.
      if (sceneModeOf(values, 'scene_balance') !== 'apply' || !this.#active().whiteBalance) return;
      parts.parameters.set({ awb_mode: manualMode });
    });
    parts.stageParameters.changed.subscribe((state) => this.#stageChanged(state));
    parts.controls.written.subscribe((writes) => {
      const moved = writes.some(({ origin, report }) => origin === 'user' && this.#exposure?.ids.includes(report.id));
      if (moved && this.#active().exposure) parts.parameters.set({ ae_mode: manualMode });
    });
    parts.stream.stateChanged.subscribe(({ phase }) => {
      if (phase === 'streaming') this.#began();
      else if (phase !== 'reloading') this.#ended();
    });
  }

  /** The exposures of a bracket against the present one, EV, as the next frame asks for them. Rejects with InputError without a stream. */
  async bracketOffsetsEv(): Promise<readonly number[]> {
    const isStreaming = this.#parts.stream.state.phase === 'streaming';
    const range = isStreaming ? await this.#scene.range() : undefined;
    if (range?.bracket_offsets_ev) return range.bracket_offsets_ev;
    const message = 'Expected a running stream to plan a bracket for but received none';
    throw new InputError('algorithm.no-scene', message, 'Start it first.');
  }

  /** Auto exposure rests for as long as an operation lasts that sets exposures itself; with several, until the last of them has ended. */
  async holdingExposure<T>(operation: () => Promise<T>): Promise<T> {
    this.#exposureHolders += 1;
    try {
      return await operation();
    } finally {
      this.#exposureHolders -= 1;
    }
  }

  #active(): ReturnType<typeof activeAlgorithms> {
    return activeAlgorithms(this.#parts.parameters.current.values);
  }

  #began(): void {
    const { stream, controls } = this.#parts;
    const { modes, modeId } = stream.state;
    const rate = stream.camera?.framesPerSecond ?? modes.find(({ id }) => id === modeId)?.framesPerSecond ?? 0;
    this.#exposure = exposureControlsOf(controls.controls(), rate);
    this.#state = fastAlgoInitial;
    // What failed in an earlier stream may well work now.
    this.#parts.threading.forgive(fastAlgoDeclaration.id);
    if (this.#active().exposure) this.#takeOverExposure();
  }

  #ended(): void {
    this.#measurement?.running.close();
    this.#measurement = undefined;
    this.#loading = undefined;
    this.#exposure = undefined;
    this.#scene.reset();
  }

  /** A choice that is new begins anew, and what the user had set before no longer holds the camera's controls. */
  #chosen(values: ParameterValues): void {
    const before = this.#before;
    this.#before = values;
    if (values['ae_mode'] !== before['ae_mode']) {
      this.#state = { ...this.#state, exposure: fastAlgoInitial.exposure };
      if (this.#exposure && activeAlgorithms(values).exposure) this.#takeOverExposure();
      else if (activeAlgorithms(values).exposure) this.#noticeNoExposure();
    }
    if (values['awb_mode'] === before['awb_mode']) return;
    this.#state = { ...this.#state, whiteBalance: fastAlgoInitial.whiteBalance };
    const { sceneParameters } = this.#parts;
    const isContested = sceneModeOf(sceneParameters.current.values, 'scene_balance') === 'apply';
    if (activeAlgorithms(values).whiteBalance && isContested) sceneParameters.set({ scene_balance: 'advise' });
  }

  #takeOverExposure(): void {
    if (this.#exposure) this.#parts.controls.release(this.#exposure.ids);
    else this.#noticeNoExposure();
  }

  #noticeNoExposure(): void {
    if (this.#parts.stream.state.phase !== 'streaming') return;
    const name = this.#parts.stream.camera?.name ?? 'the camera';
    const message = `Expected a camera whose exposure time can be set but ${name} has none: auto exposure does nothing`;
    this.noticed.announce({ code: 'algorithm.no-exposure', message, action: 'Set Metering of FastAlgo to manual.' });
  }

  #stageChanged({ values }: ParameterState): void {
    if (this.#isActing || !this.#active().whiteBalance || this.#parts.stream.state.phase !== 'streaming') return;
    const own = this.#state.whiteBalance.gains;
    const isMoved = own && balanceNames.some((name, index) => Math.abs(Number(values[name]) - (own[index] as number)) > 1e-6);
    if (isMoved) this.#parts.parameters.set({ awb_mode: manualMode });
  }

  #frame(frame: PublishedFrame): void {
    // What was exposed on purpose tells nothing of the scene's own exposure.
    if (this.#exposureHolders > 0) return;
    const active = this.#active();
    if (!active.exposure && !active.whiteBalance && !this.#scene.isDue(frame.admission.meta.timestampNs)) return;
    const key = geometryKey(frame.admission);
    if (this.#measurement?.key !== key) {
      this.#load(key, frame);
      return;
    }
    const clip = numberIn(this.#parts.parameters.current.values, 'statistics_clip');
    this.#measurement.running
      .measure(frame, clip)
      .then((statistics) => {
        if (statistics) this.#decide(frame, statistics);
      })
      .catch((thrown: unknown) => this.noticed.announce(errorRecordFrom(thrown)));
  }

  /** Frames of a new geometry are measured as soon as the graph for them is there. */
  #load(key: string, frame: PublishedFrame): void {
    if (this.#loading === key) return;
    this.#measurement?.running.close();
    this.#measurement = undefined;
    this.#loading = key;
    FrameMeasurement.load(this.#parts, frame.admission).then(
      (running) => {
        if (this.#loading === key) this.#measurement = { key, running };
        else running.close();
        if (this.#loading === key) this.#loading = undefined;
      },
      (thrown: unknown) => this.noticed.announce(errorRecordFrom(thrown)),
    );
  }

  #decide({ admission }: PublishedFrame, statistics: FrameStatistics): void {
    const { timestampNs } = admission.meta;
    const inEffect = this.#exposure?.inEffect(admission.meta);
    const sensor = sensorOf(admission);
    const frame = measuredFrame(statistics, inEffect ?? { exposureMicros: 1, analogueGain: 1 }, sensor);
    this.#decideFast(admission, frame, inEffect);
    if (!this.#scene.isDue(timestampNs)) return;
    for (const decision of this.#scene.decide(frame, sensor, timestampNs)) this.advised.announce(this.#tell(admission, decision));
  }

  #decideFast(admission: Admission, frame: MeasuredFrame, inEffect: Exposure | undefined): void {
    const { parameters } = this.#parts;
    const active = this.#active();
    if (!active.exposure && !active.whiteBalance) return;
    const limits = this.#exposure?.limits ?? noLimits;
    const settings = fastAlgoSettings(parameters.current.values, limits);
    const outcome = decideFast(frame, this.#state, settings);
    this.#state = outcome.state;
    const acting: Decision<object>[] = [outcome.focus];
    if (active.exposure && inEffect) acting.push(outcome.exposure);
    if (active.whiteBalance) acting.push(outcome.whiteBalance);
    for (const decision of acting) this.#tell(admission, decision);
    if (active.exposure && inEffect) this.#expose(outcome.exposure.intents);
    if (active.whiteBalance) this.#balance(outcome.whiteBalance.intents);
  }

  #tell({ envelope, meta }: Admission, { algorithm, inputs, intents }: Decision<object>): DecisionRow {
    const identity = { frameId: envelope.frameId, sequence: meta.sequence };
    const row = { ...identity, algorithm, inputs, intents, atNs: monotonicNs() };
    this.decided.announce(row);
    return row;
  }

  #expose({ exposureMicros, analogueGain }: { readonly exposureMicros?: number; readonly analogueGain?: number }): void {
    if (exposureMicros === undefined || analogueGain === undefined || !this.#exposure || this.#exposureHolders > 0) return;
    const values = this.#exposure.valuesFor({ exposureMicros, analogueGain });
    const intent = { origin: 'algo:exposure', values } as const;
    this.#parts.controls.propose([intent]).catch((thrown: unknown) => this.noticed.announce(errorRecordFrom(thrown)));
  }

  #balance(intents: Readonly<Partial<Record<(typeof balanceNames)[number], number>>>): void {
    if (Object.keys(intents).length === 0) return;
    this.#isActing = true;
    try {
      this.#parts.stageParameters.set({ ...intents });
    } finally {
      this.#isActing = false;
    }
  }
}

/** For a camera without an exposure that can be set: nothing is decided from them. */
const noLimits = { leastExposureMicros: 1, mostExposureMicros: 1, leastGain: 1, mostGain: 1 } as const;
