import { InputError } from '../../base/errors.ts';
import { groupsOfEqualExposure } from './exposure-groups.ts';
import type { FusionRequest, SelectedFrame } from './fusion-plan.ts';

/** Which of the candidates are merged, and which of them the result looks like. */
export interface Selection {
  /** Indices of the candidates, in the order of time. */
  readonly chosen: readonly number[];
  /** Index into `chosen`. */
  readonly reference: number;
}

/** Share of clipped samples up to which a frame counts as well exposed. */
const tolerableClipping = 0.01;

/**
 * Chooses frames: for a burst the sharpest ones of the exposure that most candidates have, the sharpest being the reference; for a
 * bracket the sharpest of each exposure, the reference being the brightest one that does not clip. Throws InputError where the
 * candidates do not suffice.
 */
export function selectFrames({ kind, frameCount }: FusionRequest, candidates: readonly SelectedFrame[]): Selection {
  const groups = groupsOfEqualExposure(candidates.map(({ exposure }) => exposure));
  return kind === 'burst' ? burst(frameCount, groups, candidates) : bracket(frameCount, groups, candidates);
}

function burst(frameCount: number, groups: readonly (readonly number[])[], candidates: readonly SelectedFrame[]): Selection {
  const largest = groups.reduce<readonly number[]>((best, group) => (group.length > best.length ? group : best), []);
  if (largest.length < frameCount) {
    throw new InputError(
      'fusion.too-few-frames',
      `Expected ${frameCount} frames of one exposure for a burst but received ${largest.length}`,
      'Let the stream run for a moment with the exposure unchanged, or choose fewer frames.',
    );
  }
  const sharpest = bySharpness(largest, candidates).slice(0, frameCount);
  return inOrderOfTime(sharpest, sharpest[0] as number);
}

function bracket(frameCount: number, groups: readonly (readonly number[])[], candidates: readonly SelectedFrame[]): Selection {
  if (groups.length < frameCount) {
    throw new InputError(
      'fusion.too-few-exposures',
      `Expected frames of ${frameCount} exposures for a bracket but received ${groups.length}`,
      'Change the exposure between the frames, or choose fewer of them.',
    );
  }
  const best = groups.map((group) => bySharpness(group, candidates)[0] as number);
  const frame = (index: number): SelectedFrame => candidates[index] as SelectedFrame;
  const byExposure = [...best].sort((a, b) => frame(a).exposure - frame(b).exposure);
  const chosen = spread(byExposure, frameCount);
  const unclipped = chosen.filter((index) => frame(index).clippedShare <= tolerableClipping);
  return inOrderOfTime(chosen, unclipped.at(-1) ?? (chosen[0] as number));
}

/** `count` of the items, the first and the last among them and the others evenly between. */
function spread(items: readonly number[], count: number): number[] {
  if (count === 1) return items.slice(0, 1);
  return Array.from({ length: count }, (_, place) => items[Math.round((place * (items.length - 1)) / (count - 1))] as number);
}

function bySharpness(indices: readonly number[], candidates: readonly SelectedFrame[]): number[] {
  const sharpness = (index: number): number => (candidates[index] as SelectedFrame).sharpness;
  return [...indices].sort((a, b) => sharpness(b) - sharpness(a));
}

function inOrderOfTime(chosen: readonly number[], reference: number): Selection {
  const ordered = [...chosen].sort((a, b) => a - b);
  return { chosen: ordered, reference: ordered.indexOf(reference) };
}
