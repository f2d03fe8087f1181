import type { ParameterValues } from '../../preload/contract.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import type { MeasuredFrame } from '../isp/algo/algorithm.ts';
import type { Decision } from '../isp/algo/decision.ts';
import type { DynamicRangeIntents } from '../isp/algo/dynamic-range.ts';
import { decideSlow, type SlowAlgoOutcome } from '../isp/slow-algo.ts';
import { sceneModeOf, sceneModes, sceneSettings } from '../isp/slow-algo-parameters.ts';
import type { ParameterStore } from '../processor/parameter-store.ts';
import type { LiveStream } from './live-stream.ts';

/** The parts that scene decisions come from and go to. */
export interface SceneParts {
  readonly stream: Pick<LiveStream, 'tuned' | 'state'>;
  /** SlowAlgo's own settings. */
  readonly parameters: ParameterStore;
  /** Those of the live stage, whose white balance is set. */
  readonly stageParameters: ParameterStore;
  /** Those of SlowISP, whose tone and noise reduction are set. */
  readonly developmentParameters: ParameterStore;
}

type ModeName = (typeof sceneModes)[number]['parameter'];

/** Gains and strengths that differ by less show in no picture, and would only fill the record with versions. */
const leastChange = 0.01;

/**
 * What SlowAlgo decides about the scene of a stream and what becomes of it. By its parameters a decision is told, or set as
 * well; where the user's hand moves what it sets, it goes back to telling. Time is that of the frames, so that a recording gives the
 * same decisions.
 */
export class SceneDecisions {
  readonly #parts: SceneParts;
  #lastNs: bigint | undefined;
  #waiting: ((outcome: SlowAlgoOutcome | undefined) => void)[] = [];
  /** What was set last, by the mode that set it. */
  readonly #set = new Map<ModeName, ParameterValues>();
  #isActing = false;

  constructor(parts: SceneParts) {
    this.#parts = parts;
    // A choice is decided from the very next frame.
    parts.parameters.changed.subscribe(() => {
      this.#lastNs = undefined;
    });
    parts.stageParameters.changed.subscribe(({ values }) => this.#moved('scene_balance', values));
    parts.developmentParameters.changed.subscribe(({ values }) => {
      this.#moved('scene_tone', values);
      this.#moved('scene_noise', values);
    });
  }

  /** Whether a frame that was captured then is to be decided from. A clock that goes back begins anew. */
  isDue(timestampNs: bigint): boolean {
    if (this.#waiting.length > 0) return true;
    const { values } = this.#parts.parameters.current;
    if (sceneModes.every(({ parameter }) => sceneModeOf(values, parameter) === 'off')) return false;
    const seconds = values['scene_interval_seconds'] as number;
    const last = this.#lastNs;
    return last === undefined || timestampNs < last || Number(timestampNs - last) >= seconds * 1e9;
  }

  /** Decides from a measured frame, sets what is to be set, and returns what is to be told. */
  decide(frame: MeasuredFrame, sensor: SensorDescription, timestampNs: bigint): readonly Decision<object>[] {
    const { parameters, stream } = this.#parts;
    const { values } = parameters.current;
    this.#lastNs = timestampNs;
    const outcome = decideSlow(frame, sceneSettings(values, sensor, stream.tuned?.balanceCurve));
    for (const resolve of this.#waiting.splice(0)) resolve(outcome);
    this.#apply(outcome, values);
    const told = sceneModes.filter(({ parameter }) => sceneModeOf(values, parameter) !== 'off').map(({ algorithm }) => algorithm);
    return Object.values(outcome).filter(({ algorithm }) => told.includes(algorithm));
  }

  /** What the next frame says of the scene's range, whatever the modes are; undefined where the stream ends before. */
  async range(): Promise<Partial<DynamicRangeIntents> | undefined> {
    const outcome = await new Promise<SlowAlgoOutcome | undefined>((resolve) => this.#waiting.push(resolve));
    return outcome?.dynamicRange.intents;
  }

  /** A stream has ended: what comes next is another scene. */
  reset(): void {
    this.#lastNs = undefined;
    this.#set.clear();
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }

  #apply({ whiteBalance, dynamicRange, noise }: SlowAlgoOutcome, values: ParameterValues): void {
    const { stageParameters, developmentParameters } = this.#parts;
    const { wb_red_gain, wb_blue_gain } = whiteBalance.intents;
    this.#setOnce('scene_balance', values, stageParameters, { wb_red_gain, wb_blue_gain });
    this.#setOnce('scene_tone', values, developmentParameters, { local_tone: dynamicRange.intents.tone_strength });
    // Strength 1 takes all for noise that is as strong as the noise model says.
    this.#setOnce('scene_noise', values, developmentParameters, { nr_strength: noise.intents.noise_strength });
  }

  #setOnce(
    mode: ModeName,
    values: ParameterValues,
    store: ParameterStore,
    wanted: Readonly<Record<string, number | undefined>>,
  ): void {
    if (sceneModeOf(values, mode) !== 'apply' || Object.values(wanted).includes(undefined)) return;
    const limited = Object.fromEntries(
      Object.entries(wanted).map(([name, value]) => {
        const { minimum = -Infinity, maximum = Infinity } = store.describe(name);
        return [name, Math.min(maximum, Math.max(minimum, value as number))] as const;
      }),
    );
    const held = this.#set.get(mode);
    const isKnown = Object.entries(limited).every(([name, value]) => Math.abs(value - Number(held?.[name])) < leastChange);
    if (isKnown) return;
    this.#set.set(mode, limited);
    this.#isActing = true;
    try {
      store.set(limited);
    } finally {
      this.#isActing = false;
    }
  }

  /** Somebody else has set what an algorithm sets: the newest wish counts. */
  #moved(mode: ModeName, values: ParameterValues): void {
    const { parameters, stream } = this.#parts;
    const own = this.#set.get(mode);
    if (this.#isActing || !own || stream.state.phase !== 'streaming') return;
    if (Object.entries(own).every(([name, value]) => values[name] === value)) return;
    this.#set.delete(mode);
    if (sceneModeOf(parameters.current.values, mode) === 'apply') parameters.set({ [mode]: 'advise' });
  }
}
