import type { Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';

/** Ways of turning a finished picture; rotations are clockwise. */
export const orientations = ['upright', 'rotate-90', 'rotate-180', 'rotate-270', 'mirror', 'flip'] as const;

/** How a finished picture is turned. `mirror` swaps left and right, `flip` top and bottom. */
export type Orientation = (typeof orientations)[number];

interface Turn {
  readonly transposes: boolean;
  /** Axes that are reversed afterwards: 0 rows, 1 columns. */
  readonly reversed: readonly (0 | 1)[];
}

const turns: Readonly<Record<Orientation, Turn>> = {
  upright: { transposes: false, reversed: [] },
  'rotate-90': { transposes: true, reversed: [1] },
  'rotate-180': { transposes: false, reversed: [0, 1] },
  'rotate-270': { transposes: true, reversed: [0] },
  mirror: { transposes: false, reversed: [1] },
  flip: { transposes: false, reversed: [0] },
};

/** True where columns become rows: a strip's pixels then lie apart, and the frame has to be made in one piece. */
export function transposes(orientation: Orientation): boolean {
  return turns[orientation].transposes;
}

/** True where the last rows come first, so that strips are written from the bottom up. */
export function reversesRows(orientation: Orientation): boolean {
  return turns[orientation].reversed.includes(0);
}

/** Turns pixels [rows, columns, channels]. */
export function turnPixels(g: GraphBuilder, pixels: Value, orientation: Orientation): Value {
  const { transposes: swaps, reversed } = turns[orientation];
  const turned = swaps ? g.transpose(pixels, [1, 0, 2]) : pixels;
  return reversed.reduce<Value>((value, axis) => g.reverse(value, axis), turned);
}
