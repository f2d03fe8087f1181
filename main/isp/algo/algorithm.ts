import type { NoiseModel, SensorDescription } from '../../frame/frame-meta.ts';
import type { FrameStatistics } from '../statistics/frame-statistics.ts';

/** One measured frame, as the algorithms see it. */
export interface MeasuredFrame {
  readonly statistics: FrameStatistics;
  /** What was in effect while the frame was exposed, from its metadata: not what was asked for last. */
  readonly inEffect: { readonly exposureMicros: number; readonly analogueGain: number };
  /** Noise of a sample as variance over light, both relative to the range from black to white; where it is known. */
  readonly noise?: NoiseModel;
}

/** All that one decision depends on: plain JSON data, so that telemetry can keep it and the decision can be made again. */
export interface DecisionInputs<Measured, Settings, State> {
  readonly measured: Measured;
  readonly settings: Settings;
  /** What was remembered of the frames before. */
  readonly state: State;
}

/** What follows from the inputs: nothing else is known, and nothing else changes. */
export interface Outcome<Intents, State> {
  /** Empty where everything is well. */
  readonly intents: Partial<Intents>;
  /** To be handed in with the next frame. */
  readonly state: State;
}

/** A control algorithm in two pure steps. The first takes a few numbers out of the statistics, the second decides from them alone. */
export interface Algorithm<Measured, Settings, State, Intents> {
  readonly id: string;
  readonly defaults: Settings;
  /** What is remembered before the first frame. */
  readonly initial: State;
  measure(frame: MeasuredFrame, settings: Settings): Measured;
  decide(inputs: DecisionInputs<Measured, Settings, State>): Outcome<Intents, State>;
}

/** `value` within `least` and `most`. */
export function clamped(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

function noiseInLight({ noise, blackLevels, whiteLevel }: SensorDescription): NoiseModel | undefined {
  if (!noise) return undefined;
  const range = whiteLevel - Math.max(...blackLevels);
  return { slope: noise.slope / range, offset: noise.offset / range ** 2 };
}

/** A frame as the algorithms see it: its statistics, what was in effect, and its sensor's noise where that is known. */
export function measuredFrame(
  statistics: MeasuredFrame['statistics'],
  inEffect: MeasuredFrame['inEffect'],
  sensor: SensorDescription,
): MeasuredFrame {
  const noise = noiseInLight(sensor);
  return { statistics, inEffect, ...(noise ? { noise } : {}) };
}
