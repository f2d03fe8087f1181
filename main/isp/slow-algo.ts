import type { SensorDescription } from '../frame/frame-meta.ts';
import type { MeasuredFrame } from './algo/algorithm.ts';
import { type CctCurve, expectCurve, planckianCurve } from './algo/cct-curve.ts';
import { type Decision, decisionOf } from './algo/decision.ts';
import { type DynamicRangeIntents, type DynamicRangeSettings, dynamicRange } from './algo/dynamic-range.ts';
import { type NoiseStrengthIntents, type NoiseStrengthSettings, noiseStrength } from './algo/noise-strength.ts';
import { type SceneWhiteBalanceIntents, type SceneWhiteBalanceSettings, sceneWhiteBalance } from './algo/scene-white-balance.ts';

/** Settings of the algorithms of a scene, by algorithm. */
export interface SlowAlgoSettings {
  readonly whiteBalance: SceneWhiteBalanceSettings;
  readonly dynamicRange: DynamicRangeSettings;
  readonly noise: NoiseStrengthSettings;
}

/** What they made of one frame of the scene. */
export interface SlowAlgoOutcome {
  readonly whiteBalance: Decision<SceneWhiteBalanceIntents>;
  readonly dynamicRange: Decision<DynamicRangeIntents>;
  readonly noise: Decision<NoiseStrengthIntents>;
}

/** The algorithms of a scene; `decideAgain` takes them to replay a decision. */
export const slowAlgorithms = [sceneWhiteBalance, dynamicRange, noiseStrength] as const;

/**
 * Settings for a sensor: with the curve of its tuning where there is one, else with Planck's through its own balance. Throws
 * InputError for a curve that is none.
 */
export function slowAlgoSettings(sensor: SensorDescription, curve?: CctCurve): SlowAlgoSettings {
  if (curve) expectCurve(curve);
  return {
    whiteBalance: { ...sceneWhiteBalance.defaults, curve: curve ?? planckianCurve(sensor.whiteBalance ?? [1, 1, 1]) },
    dynamicRange: dynamicRange.defaults,
    noise: noiseStrength.defaults,
  };
}

/** Decides from the statistics of one frame, remembering nothing. Pure. */
export function decideSlow(frame: MeasuredFrame, settings: SlowAlgoSettings): SlowAlgoOutcome {
  return {
    whiteBalance: decisionOf(sceneWhiteBalance, frame, settings.whiteBalance, null).decision,
    dynamicRange: decisionOf(dynamicRange, frame, settings.dynamicRange, null).decision,
    noise: decisionOf(noiseStrength, frame, settings.noise, null).decision,
  };
}
