import { assert } from '../../base/errors.ts';
import { centredStencil, combineStencils, type Stencil } from '../../graph/linear-stencil.ts';
import type { CellPosition, LinearOperator } from '../operator.ts';

/** A blur that also cancels the mosaic's colour carriers, so that it yields pure (R + 2G + B) / 4. */
const aroundSample = centredStencil([1, 4, 6, 4, 1].map((row) => [1, 4, 6, 4, 1].map((column) => (row * column) / 256)));

/** Its even sibling, about the middle of the cell. */
const aroundCell: Stencil = {
  rows: 6,
  columns: 6,
  centreRow: 2,
  centreColumn: 2,
  weights: [1, 5, 10, 10, 5, 1].flatMap((row) => [1, 5, 10, 10, 5, 1].map((column) => (row * column) / 1024)),
};

function withDetail({ row, column, channels }: CellPosition, blur: Stencil): CellPosition {
  const [red, green, blue] = channels;
  assert(red && green && blue, 'Expected red, green and blue before luminance detail');
  const detail = combineStencils([
    { factor: 0.25, stencil: red },
    { factor: 0.5, stencil: green },
    { factor: 0.25, stencil: blue },
    { factor: -1, stencil: blur },
  ]);
  return { row, column, channels: [...channels, detail] };
}

/**
 * A fourth channel beside red, green and blue: luminance minus its blur, which is what sharpening adds. It is linear in the mosaic,
 * so that it costs one more output of the convolution that demosaics; flat areas give zero.
 */
export const luminanceDetail: LinearOperator = {
  kind: 'linear',
  id: 'luminance-detail',
  params: {},
  linear: (_cfa, positions) =>
    positions.map((position) => withDetail(position, positions.length === 1 ? aroundCell : aroundSample)),
  inputs: () => ({}),
};
