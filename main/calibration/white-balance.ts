import { InputError } from '../base/errors.ts';
import type { Triple } from '../base/matrix3.ts';
import { type ChartColour, requireUsable, usablePatches } from './chart-colour.ts';

/** Gains that make grey patches grey. */
export interface WhiteBalance {
  /** Of red, green and blue; green 1. */
  readonly gains: Triple;
  /** How far the worst patch still is from grey afterwards, as a share of its green: 0.01 is 1 %. */
  readonly worstCast: number;
}

/**
 * White balance from one or more grey patches of any brightness: the ratio of their sums, so that bright ones, which are measured
 * better, count more. Throws InputError where no patch is usable or one is not brighter than black.
 */
export function whiteBalanceFromGreys(greys: readonly ChartColour[]): WhiteBalance {
  const usable = usablePatches(greys);
  requireUsable(greys, usable, 1, 'white balance');
  const dark = usable.find(({ mean }) => mean.some((value) => value <= 0));
  if (dark !== undefined) {
    const message = `Expected greys brighter than black but received ${dark.mean.join(', ')}`;
    throw new InputError('calibration.dark-grey', message, 'Check the black level, or leave the darkest patch out.');
  }
  const sum = (channel: number): number => usable.reduce((total, { mean }) => total + (mean[channel] as number), 0);
  const gains: Triple = [sum(1) / sum(0), 1, sum(1) / sum(2)];
  const casts = usable.flatMap(({ mean: [red, green, blue] }) => [(red * gains[0]) / green - 1, (blue * gains[2]) / green - 1]);
  return { gains, worstCast: Math.max(...casts.map((cast) => Math.abs(cast))) };
}

/** The same patches with gains applied; what is wrong with them stays. */
export function whiteBalanced<Patch extends ChartColour>(patches: readonly Patch[], [red, green, blue]: Triple): Patch[] {
  return patches.map((patch) => ({
    ...patch,
    mean: [patch.mean[0] * red, patch.mean[1] * green, patch.mean[2] * blue] as const,
  }));
}
