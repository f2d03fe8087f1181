import { assert } from '../../base/errors.ts';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { centredStencil, combineStencils, type Stencil } from '../../graph/linear-stencil.ts';
import type { CellPosition, LinearOperator, Raster } from '../operator.ts';

/** A blur that also cancels the mosaic's colour carriers, so that it yields pure (R + 2G + B) / 4. */
const taps = [1, 4, 6, 4, 1];
const aroundSample = centredStencil(taps.map((row) => taps.map((column) => (row * column) / 256)));

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

/** One direction of {@link aroundSample} on packed planes: between the rows or the columns of all four positions. */
function blurAlong(g: GraphBuilder, planes: Value, axis: 'rows' | 'columns'): Value {
  const weights = new Float32Array(4 * 4 * 3);
  for (let output = 0; output < 4; output++) {
    const [row, column] = [output >> 1, output & 1];
    taps.forEach((tap, index) => {
      const at = (axis === 'rows' ? row : column) + index - 2;
      const from = axis === 'rows' ? 2 * (at & 1) + column : 2 * row + (at & 1);
      weights[(4 * output + from) * 3 + (at >> 1) + 1] = tap / 16;
    });
  }
  return g.convolve(planes, g.constant('float32', weights, axis === 'rows' ? [4, 4, 3, 1] : [4, 4, 1, 3]), [1, 1]);
}

/** The blur in two directions, one after the other, and luminance from the colours that are there already: half as many operations. */
function denseDetail(g: GraphBuilder, mosaic: Raster, cells: Raster): Raster {
  const [, , rows, columns] = cells.value.shape as [number, number, number, number];
  const blur = blurAlong(g, blurAlong(g, mosaic.value, 'rows'), 'columns');
  const colours = g.reshape(cells.value, [4, 3, rows * columns]);
  const luminance = g.matrixMultiply(g.constant('float32', [0.25, 0.5, 0.25], [1, 3]), colours);
  const detail = g.subtract(luminance, g.reshape(blur, [4, 1, rows * columns]));
  return { ...cells, value: g.reshape(g.concatenate([colours, detail], 1), [1, 16, rows, columns]) };
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
  dense: ({ g }, mosaic, cells) => denseDetail(g, mosaic, cells),
  inputs: () => ({}),
};
