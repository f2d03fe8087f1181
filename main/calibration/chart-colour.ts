import { InputError } from '../base/errors.ts';
import type { Triple } from '../base/matrix3.ts';

/** The measured colour of one patch, linear and above black, on any scale that all patches share. */
export interface ChartColour {
  readonly mean: Triple;
  /** Why it must not be used, in words; such a patch is reported, and has no say. */
  readonly problem?: string;
}

/** The patches that may be calibrated with, each with its place in the list. */
export function usablePatches(patches: readonly ChartColour[]): { readonly index: number; readonly mean: Triple }[] {
  return patches.flatMap(({ mean, problem }, index) =>
    problem === undefined && mean.every((value) => Number.isFinite(value)) ? [{ index, mean }] : [],
  );
}

/** Throws InputError that names what is wrong with each bad patch, unless at least `least` of the patches are usable. */
export function requireUsable(patches: readonly ChartColour[], usable: readonly unknown[], least: number, purpose: string): void {
  if (usable.length >= least) return;
  const problems = patches.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  const reasons = problems.length === 0 ? '' : `: ${problems.join('; ')}`;
  throw new InputError(
    'calibration.patches',
    `Expected at least ${least} good patches for ${purpose} but received ${usable.length}${reasons}`,
    'Light the chart evenly, expose it so that white stays below clipping, and check the corners.',
  );
}
