import { quantile } from '../../base/statistics.ts';
import { type Algorithm, clamped, type MeasuredFrame } from './algorithm.ts';
import { greenOfZones } from './zone-light.ts';

/** Between which noise the strength of noise reduction goes from 0 to 1. */
export interface NoiseStrengthSettings {
  /** Noise over signal at the scene's mean green that nobody sees, and that needs all there is. */
  readonly cleanNoise: number;
  readonly fullNoise: number;
}

/** What the strength is decided from. */
export interface NoiseStrengthMeasured {
  /** Standard deviation of a green sample over its light, at the scene's mean; null where there is no light. */
  readonly relativeNoise: number | null;
  /** Whether the sensor's noise model said so, or the flattest zones did. */
  readonly source: 'model' | 'zones';
}

/** Strength of noise reduction, and the noise that it is for. */
export interface NoiseStrengthIntents {
  readonly relative_noise: number;
  /** 0 to 1. */
  readonly noise_strength: number;
}

/** The variance of the focus filter over pure noise, in units of one sample's. */
const focusNoiseFactor = 1.5;

/** The share of zones, flattest first, in which noise is all there is to see. */
const flattest = 0.1;

/** Strength of noise reduction from the noise over the signal, by the logarithm: a stop of gain is as much at every level. */
export const noiseStrength: Algorithm<NoiseStrengthMeasured, NoiseStrengthSettings, null, NoiseStrengthIntents> = {
  id: 'noise-strength',
  defaults: { cleanNoise: 0.01, fullNoise: 0.16 },
  initial: null,
  measure: (frame) => ({ relativeNoise: relativeNoise(frame), source: frame.noise ? 'model' : 'zones' }),
  decide: ({ measured: { relativeNoise: noise }, settings: { cleanNoise, fullNoise } }) => {
    if (noise === null) return { intents: {}, state: null };
    const strength = Math.log(Math.max(noise, 1e-6) / cleanNoise) / Math.log(fullNoise / cleanNoise);
    return { intents: { relative_noise: noise, noise_strength: clamped(strength, 0, 1) }, state: null };
  },
};

function relativeNoise({ statistics: { zones }, noise }: MeasuredFrame): number | null {
  const green = greenOfZones(zones);
  const mean = green.reduce((sum, light) => sum + light, 0) / green.length;
  if (!(mean > 0)) return null;
  if (noise) return Math.sqrt(noise.slope * mean + noise.offset) / mean;
  // Shot noise over light falls as its root: brought to the mean, zones of all brightnesses can be compared.
  const variances = [...green].flatMap((light, zone) => {
    const isMeasured = light > 0 && (zones.clippedShare[zone] as number) === 0;
    return isMeasured ? [((zones.focusEnergy[zone] as number) / focusNoiseFactor) * (mean / light)] : [];
  });
  return variances.length === 0 ? null : Math.sqrt(quantile(variances, flattest)) / mean;
}
