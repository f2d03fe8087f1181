import type { SensorDescription } from '../frame/frame-meta.ts';
import type { Mosaic } from '../frame/mosaic.ts';
import { measureDark } from './raw-algo/black-level.ts';

/** Dark samples of a position of the cell without which the sensor's own levels stay. */
const fewestSamples = 64;

/** Measured levels are told to a sixteenth of a DN, so that frames of equal black share their parameters. */
const stepsPerDn = 16;

/**
 * The sensor with the black levels that this frame itself has where no light reaches its samples, one for each position of the cell, hot
 * samples left out. The same object where the sensor has no such areas, and where a position has fewer than 64 samples in them. A level
 * that would leave nothing below white stays the sensor's, too: the areas then see light.
 */
export function withMeasuredBlack(sensor: SensorDescription, mosaic: Omit<Mosaic, 'sensor'>): SensorDescription {
  if (!sensor.opticalBlack) return sensor;
  const { means, counts } = measureDark(mosaic, sensor.opticalBlack);
  const areDark = means.every((mean) => mean < sensor.whiteLevel / 2);
  if (counts.some((count) => count < fewestSamples) || !areDark) return sensor;
  const levels = means.map((mean) => Math.round(mean * stepsPerDn) / stepsPerDn);
  return { ...sensor, blackLevels: levels as unknown as SensorDescription['blackLevels'] };
}
