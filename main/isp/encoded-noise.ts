import type { SensorDescription } from '../frame/frame-meta.ts';
import { noiseOfLight } from './sensor-noise.ts';

/** A mid-grey in linear light, and the slope of the sRGB curve there. */
const middle = { light: 0.18, slope: (1.055 / 2.4) * 0.18 ** (1 / 2.4 - 1) } as const;

/** Standard deviation of one sample at mid-grey after the display curve, on a scale of 0 to 1, before gains. */
export function encodedNoise(sensor: SensorDescription): number {
  const { slope, offset } = noiseOfLight(sensor);
  return Math.sqrt(slope * middle.light + offset) * middle.slope;
}
