import type { ChainPosition } from '../../store/chain-selectors.ts';

/** A place between two rows of the list, or before the first or after the last; `y` in pixels of the page. */
export interface Gap extends ChainPosition {
  readonly y: number;
}

/** The gap that is nearest to the pointer; the first where two are. */
export function nearestGap(gaps: readonly Gap[], y: number): ChainPosition | undefined {
  const distances = gaps.map((gap) => Math.abs(gap.y - y));
  const gap = gaps[distances.indexOf(Math.min(...distances))];
  return gap && { place: gap.place, index: gap.index };
}

/** The index that a gap has once the entry has been taken out of the list: what the lab counts by. */
export function positionWithout(from: ChainPosition, gap: ChainPosition): ChainPosition {
  const isPast = gap.place === from.place && gap.index > from.index;
  return { place: gap.place, index: gap.index - (isPast ? 1 : 0) };
}
