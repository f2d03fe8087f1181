import type { SensorDescription } from '../frame/frame-meta.ts';

/** What thresholds refer to where a sensor's noise was never measured: two steps of an 8-bit picture. */
const unmeasured = 2 / 255;

/** A mid-grey in linear light, and the slope of the sRGB curve there. */
const middle = { light: 0.18, slope: (1.055 / 2.4) * 0.18 ** (1 / 2.4 - 1) } as const;

/** Standard deviation of one sample at mid-grey after the display curve, on a scale of 0 to 1, before gains. */
export function encodedNoise({ noise, whiteLevel, blackLevels }: SensorDescription): number {
  if (!noise) return unmeasured;
  const range = whiteLevel - blackLevels[0];
  const variance = noise.slope * middle.light * range + noise.offset;
  return (Math.sqrt(variance) / range) * middle.slope;
}
