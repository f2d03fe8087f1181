import type { CfaOrder } from '../frame/pixel-format.ts';

/** Colour planes in the order in which the lab's graphs carry them. */
export type CfaColour = 'R' | 'G' | 'B';

/** The colour of the mosaic sample at (row, column); any integers, the 2x2 cell repeats. */
export function cfaColourAt(order: CfaOrder, row: number, column: number): CfaColour {
  return order[(row & 1) * 2 + (column & 1)] as CfaColour;
}
