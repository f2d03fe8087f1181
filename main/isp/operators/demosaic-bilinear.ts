import { centredStencil } from '../../graph/linear-stencil.ts';
import { cfaColourAt } from '../cfa.ts';
import type { LinearOperator } from '../operator.ts';

const identity = centredStencil([[1]]);
const cross = centredStencil([
  [0, 0.25, 0],
  [0.25, 0, 0.25],
  [0, 0.25, 0],
]);
const diagonal = centredStencil([
  [0.25, 0, 0.25],
  [0, 0, 0],
  [0.25, 0, 0.25],
]);
const beside = centredStencil([[0.5, 0, 0.5]]);
const above = centredStencil([[0.5], [0], [0.5]]);

/** Bilinear demosaicking: the mean of the nearest samples of a colour. Soft, with coloured edges, but without overshoot. */
export const demosaicBilinear: LinearOperator = {
  kind: 'linear',
  id: 'demosaic-bilinear',
  params: {},
  linear: (cfa, positions) =>
    positions.map(({ row, column }) => {
      const here = cfaColourAt(cfa, row, column);
      const channels = (['R', 'G', 'B'] as const).map((colour) => {
        if (here === colour) return identity;
        if (colour === 'G') return cross;
        if (here !== 'G') return diagonal;
        return cfaColourAt(cfa, row, column + 1) === colour ? beside : above;
      });
      return { row, column, channels };
    }),
  inputs: () => ({}),
};
