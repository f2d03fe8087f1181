import type { SensorDescription } from '../../frame/frame-meta.ts';

/** One mosaic as RawAlgo looks at it. */
export interface AlgoMosaic {
  readonly width: number;
  readonly height: number;
  /** width * height unpacked samples, DN. */
  readonly samples: Uint16Array;
  readonly sensor: SensorDescription;
}

/**
 * What an algorithm would like to be done, and everything it was decided from: the same inputs give the same decision, so that a
 * log of intents can be replayed. `decision` is undefined where the inputs do not allow one; the caller changes nothing then.
 */
export interface Intent<D, I> {
  readonly decision: D | undefined;
  readonly inputs: I;
}

/** Position of a sample in the 2x2 cell, in reading order. */
export function phaseOf(row: number, column: number): number {
  return (row & 1) * 2 + (column & 1);
}

/** The value that half of the sorted list lies below, by interpolation; the list is sorted in place. */
export function medianInPlace(values: Float64Array): number {
  values.sort();
  const middle = (values.length - 1) / 2;
  return ((values[Math.floor(middle)] as number) + (values[Math.ceil(middle)] as number)) / 2;
}
