import { z } from 'zod';
import type { ParameterValues } from '../../preload/contract.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import { defineProcessor } from '../processor/define-processor.ts';
import { runtime } from '../processor/parameters.ts';
import type { CctCurve } from './algo/cct-curve.ts';
import { dynamicRange } from './algo/dynamic-range.ts';
import { noiseStrength } from './algo/noise-strength.ts';
import { sceneWhiteBalance } from './algo/scene-white-balance.ts';
import { numberIn } from './operator.ts';
import { type SlowAlgoSettings, slowAlgoSettings } from './slow-algo.ts';

/** What becomes of a decision: none is made, it is told, or it is told and set. */
export type SceneMode = 'off' | 'advise' | 'apply';

const mode = z.enum(['off', 'advise', 'apply']).default('off');
const optionLabels = ['Off', 'Advise', 'Apply'];

/** SlowAlgo as a user sets it: what is decided about the scene, and whether it is told or set. All is off until it is chosen otherwise. */
export const slowAlgoDeclaration = defineProcessor({
  id: 'slow-algo',
  name: 'SlowAlgo',
  description: 'White balance, tone and noise reduction of a scene, about once a second',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['main'],
  params: {
    scene_balance: runtime(mode, {
      order: 1,
      label: 'White balance',
      category: 'Decisions',
      help: "Gains on the camera's curve over colour temperature, likely lights sooner; applied to the live picture",
      optionLabels,
    }),
    scene_tone: runtime(mode, {
      order: 2,
      label: 'Tone',
      category: 'Decisions',
      help: "Local tone from the scene's dynamic range, and exposures of a bracket; the tone is applied to SlowISP",
      optionLabels,
    }),
    scene_noise: runtime(mode, {
      order: 3,
      label: 'Noise reduction',
      category: 'Decisions',
      help: "Strength from the noise at the scene's brightness; applied to SlowISP",
      optionLabels,
    }),
    scene_interval_seconds: runtime(z.number().min(0.1).max(10).default(1), {
      order: 4,
      label: 'Interval',
      category: 'Decisions',
      unit: 's',
      step: 0.1,
      help: 'Between two decisions, by the times of the frames',
    }),
    scene_likely_kelvin: runtime(z.number().min(2000).max(10_000).default(sceneWhiteBalance.defaults.likelyKelvin), {
      order: 5,
      label: 'Likely light',
      category: 'Light',
      unit: 'K',
      step: 50,
      help: 'Colour temperature that is taken for the most likely before the scene is seen',
    }),
    scene_light_spread: runtime(z.number().min(10).max(400).default(sceneWhiteBalance.defaults.spreadMired), {
      order: 6,
      label: 'Spread',
      category: 'Light',
      unit: 'mired',
      step: 5,
      help: 'Standard deviation of lights around the likely one; a wide one believes the scene sooner',
    }),
  },
});

/** Each algorithm of SlowAlgo with the parameter that says what becomes of its decisions. */
export const sceneModes = [
  { algorithm: sceneWhiteBalance.id, parameter: 'scene_balance' },
  { algorithm: dynamicRange.id, parameter: 'scene_tone' },
  { algorithm: noiseStrength.id, parameter: 'scene_noise' },
] as const;

/** What becomes of the decisions of an algorithm under these values. */
export function sceneModeOf(values: ParameterValues, parameter: (typeof sceneModes)[number]['parameter']): SceneMode {
  return values[parameter] as SceneMode;
}

/** Settings of the algorithms by the user's values, for a sensor and the curve of its tuning where there is one. */
export function sceneSettings(values: ParameterValues, sensor: SensorDescription, curve?: CctCurve): SlowAlgoSettings {
  const settings = slowAlgoSettings(sensor, curve);
  const likelyKelvin = numberIn(values, 'scene_likely_kelvin');
  const spreadMired = numberIn(values, 'scene_light_spread');
  return { ...settings, whiteBalance: { ...settings.whiteBalance, likelyKelvin, spreadMired } };
}
