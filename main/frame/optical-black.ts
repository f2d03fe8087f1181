import { measureDark } from './dark-statistics.ts';
import type { MosaicArea, SensorDescription } from './frame-meta.ts';
import type { Mosaic } from './mosaic.ts';

/** Dark samples of a position of the cell without which nothing is told of it. */
const fewestSamples = 64;

/** Measured levels are told to a sixteenth of a DN, so that frames of equal black share their parameters. */
const stepsPerDn = 16;

/** A readout, where in it no light reaches the samples, and what they are held against. */
export interface OpticalBlack {
  readonly readout: Omit<Mosaic, 'sensor'>;
  readonly areas: readonly MosaicArea[];
  /** First saturated DN. */
  readonly whiteLevel: number;
  /** A sample at the top left of a cell, where the visible part begins elsewhere than the readout. */
  readonly cellOrigin?: Pick<MosaicArea, 'top' | 'left'>;
}

/**
 * The black level of each position of the cell where no light reaches a readout, DN, hot samples left out. Undefined where a position has
 * fewer than 64 samples in the areas, and where one lies at half of white or above: the areas then see light.
 */
export function opticalBlackLevels(black: OpticalBlack): SensorDescription['blackLevels'] | undefined {
  const { means, counts } = measureDark(black.readout, black.areas, black.cellOrigin);
  const areDark = means.every((mean) => mean < black.whiteLevel / 2);
  if (counts.some((count) => count < fewestSamples) || !areDark) return undefined;
  return means.map((mean) => Math.round(mean * stepsPerDn) / stepsPerDn) as unknown as SensorDescription['blackLevels'];
}
