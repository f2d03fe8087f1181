import type { CfaOrder } from '../../frame/pixel-format.ts';
import { centredStencil, type Stencil } from '../../graph/linear-stencil.ts';
import { type CfaColour, cfaColourAt } from '../cfa.ts';
import type { LinearOperator } from '../operator.ts';

const eighths = (rows: readonly (readonly number[])[]): Stencil =>
  centredStencil(rows.map((row) => row.map((weight) => weight / 8)));

const identity = centredStencil([[1]]);

/** H. Malvar, L. He, R. Cutler, "High-quality linear interpolation for demosaicing of Bayer-patterned color images", 2004. */
const greenAtColour = eighths([
  [0, 0, -1, 0, 0],
  [0, 0, 2, 0, 0],
  [-1, 2, 4, 2, -1],
  [0, 0, 2, 0, 0],
  [0, 0, -1, 0, 0],
]);
const colourBesideGreen = eighths([
  [0, 0, 0.5, 0, 0],
  [0, -1, 0, -1, 0],
  [-1, 4, 5, 4, -1],
  [0, -1, 0, -1, 0],
  [0, 0, 0.5, 0, 0],
]);
const colourAboveGreen = eighths([
  [0, 0, -1, 0, 0],
  [0, -1, 4, -1, 0],
  [0.5, 0, 5, 0, 0.5],
  [0, -1, 4, -1, 0],
  [0, 0, -1, 0, 0],
]);
const colourAtOpposite = eighths([
  [0, 0, -1.5, 0, 0],
  [0, 2, 0, 2, 0],
  [-1.5, 0, 6, 0, -1.5],
  [0, 2, 0, 2, 0],
  [0, 0, -1.5, 0, 0],
]);

/** The filter that gives `colour` at (row, column) of the mosaic. */
export function malvarStencil(order: CfaOrder, colour: CfaColour, row: number, column: number): Stencil {
  const here = cfaColourAt(order, row, column);
  if (here === colour) return identity;
  if (colour === 'G') return greenAtColour;
  if (here !== 'G') return colourAtOpposite;
  return cfaColourAt(order, row, column + 1) === colour ? colourBesideGreen : colourAboveGreen;
}

/** Malvar-He-Cutler demosaicking: red, green and blue at each of the four positions of the cell. */
export const demosaicMalvar: LinearOperator = {
  kind: 'linear',
  id: 'demosaic-malvar',
  params: {},
  linear: (cfa, positions) =>
    positions.map(({ row, column }) => {
      const channels = (['R', 'G', 'B'] as const).map((colour) => malvarStencil(cfa, colour, row, column));
      return { row, column, channels };
    }),
  inputs: () => ({}),
};
