import { assert } from '../base/errors.ts';

/**
 * A linear filter over a raster: row-major weights whose middle (`centreRow`, `centreColumn`) lies on the sample it is
 * applied to. Stencils add, scale and convolve exactly, so that any chain of linear steps folds into one.
 */
export interface Stencil {
  readonly rows: number;
  readonly columns: number;
  readonly centreRow: number;
  readonly centreColumn: number;
  readonly weights: readonly number[];
}

/** A stencil from its rows, centred; both extents are odd. */
export function centredStencil(rows: readonly (readonly number[])[]): Stencil {
  const columns = rows[0]?.length ?? 0;
  assert(rows.length % 2 === 1 && columns % 2 === 1, 'Expected an odd number of rows and columns for a centred stencil');
  const centre = { centreRow: (rows.length - 1) / 2, centreColumn: (columns - 1) / 2 };
  return { rows: rows.length, columns, ...centre, weights: rows.flat() };
}

/** The weight at an offset from the centre; 0 outside. */
export function weightAt(stencil: Stencil, rowOffset: number, columnOffset: number): number {
  const row = rowOffset + stencil.centreRow;
  const column = columnOffset + stencil.centreColumn;
  if (row < 0 || row >= stencil.rows || column < 0 || column >= stencil.columns) return 0;
  return stencil.weights[row * stencil.columns + column] as number;
}

/** The weighted sum of stencils that are applied to the same sample: how a colour matrix folds into its neighbours. */
export function combineStencils(terms: readonly { readonly factor: number; readonly stencil: Stencil }[]): Stencil {
  const above = Math.max(...terms.map(({ stencil }) => stencil.centreRow));
  const left = Math.max(...terms.map(({ stencil }) => stencil.centreColumn));
  const below = Math.max(...terms.map(({ stencil }) => stencil.rows - 1 - stencil.centreRow));
  const right = Math.max(...terms.map(({ stencil }) => stencil.columns - 1 - stencil.centreColumn));
  const rows = above + 1 + below;
  const columns = left + 1 + right;
  const weights = Array.from({ length: rows * columns }, (_, index) => {
    const rowOffset = Math.floor(index / columns) - above;
    const columnOffset = (index % columns) - left;
    return terms.reduce((sum, { factor, stencil }) => sum + factor * weightAt(stencil, rowOffset, columnOffset), 0);
  });
  return { rows, columns, centreRow: above, centreColumn: left, weights };
}

/** Where a stencil's centre lies inside the cell of a strided convolution. */
export interface PlacedStencil {
  readonly stencil: Stencil;
  readonly row: number;
  readonly column: number;
}

/**
 * Lays stencils into the windows of one strided convolution: each placed stencil becomes one output channel, its centre
 * at (`margin` + row, `margin` + column) of a window of `cell` + 2 * `margin` samples a side. Returns weights
 * [outputs, 1, window, window], row-major.
 */
export function convolutionWeights(stencils: readonly PlacedStencil[], cell: number, margin: number): Float32Array {
  const window = cell + 2 * margin;
  const weights = new Float32Array(stencils.length * window * window);
  const reaches = (before: number, after: number, position: number): boolean =>
    before <= margin + position && after <= margin + cell - 1 - position;
  stencils.forEach(({ stencil, row, column }, output) => {
    const { rows, columns, centreRow, centreColumn } = stencil;
    const rowsFit = reaches(centreRow, rows - 1 - centreRow, row);
    assert(rowsFit, `Expected a stencil within ${margin} rows of its cell but received ${rows} rows`);
    const columnsFit = reaches(centreColumn, columns - 1 - centreColumn, column);
    assert(columnsFit, `Expected a stencil within ${margin} columns of its cell but received ${columns} columns`);
    for (let index = 0; index < window * window; index++) {
      const rowOffset = Math.floor(index / window) - margin - row;
      const columnOffset = (index % window) - margin - column;
      weights[output * window * window + index] = weightAt(stencil, rowOffset, columnOffset);
    }
  });
  return weights;
}
