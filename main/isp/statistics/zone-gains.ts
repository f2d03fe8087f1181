import type { ShadingGrid } from '../../frame/frame-meta.ts';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { columnMeans, rowMeans, type ZoneGrid } from './zone-grid.ts';

/** The frame that zones and a shading grid are laid over. */
export interface ZonedFrame {
  readonly width: number;
  readonly height: number;
  readonly grid: ZoneGrid;
}

/**
 * Shading gains of the zones by position of the cell, [4, rows, columns]: the mean of each zone's bilinear gains over the samples that
 * are read. That a zone's mean is multiplied by its mean gain, and not sample by gain, leaves what light and gain vary together
 * within a zone: of a flat field, 0.1 % where a corner loses 70 % of its light.
 */
export function zoneGains(g: GraphBuilder, shading: ShadingGrid, { width, height, grid }: ZonedFrame): Value {
  const { rows, columns, cellColumns, sampledRows, firstRow, rowStep } = grid;
  const help = 'Shading gains by position of the 2x2 cell, corner to corner of the frame';
  const measured = g.input('statistics_shading', 'float32', [4, shading.rows, shading.columns], help);
  const down = [0, 1].map((phase) => {
    const places = Array.from({ length: sampledRows }, (_, row) => 2 * (firstRow + row * rowStep) + phase);
    const hats = hatsAt(places, height, shading.rows);
    return g.constant('float32', product(rowMeans(grid), hats, sampledRows), [rows, shading.rows]);
  });
  const across = [0, 1].map((phase) => {
    const places = Array.from({ length: cellColumns }, (_, column) => 2 * column + phase);
    const hats = transposed(hatsAt(places, width, shading.columns), shading.columns);
    return g.constant('float32', product(hats, columnMeans(grid, cellColumns), cellColumns), [shading.columns, columns]);
  });
  const gains = [0, 1, 2, 3].map((phase) => {
    const plane = g.reshape(g.slice(measured, [{ axis: 0, start: phase, end: phase + 1 }]), [shading.rows, shading.columns]);
    const zones = g.matrixMultiply(g.matrixMultiply(down[phase >> 1] as Value, plane), across[phase & 1] as Value);
    return g.reshape(zones, [1, rows, columns]);
  });
  return g.concatenate(gains, 0);
}

/** Weights of grid points at samples of an axis: max(0, 1 - |position - point|), [places, points]. */
function hatsAt(places: readonly number[], extent: number, points: number): Float64Array {
  const step = (points - 1) / Math.max(1, extent - 1);
  return Float64Array.from({ length: places.length * points }, (_, at) => {
    const position = (places[Math.floor(at / points)] as number) * step;
    return Math.max(0, 1 - Math.abs(position - (at % points)));
  });
}

/** The product of two matrices, row by row; `inner` is the columns of the first and the rows of the second. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, inner: number): Float32Array {
  const columns = b.length / inner;
  return Float32Array.from({ length: (a.length / inner) * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let index = 0; index < inner; index++)
      sum += (a[row * inner + index] as number) * (b[index * columns + column] as number);
    return sum;
  });
}

function transposed(matrix: Float64Array, columns: number): Float64Array {
  const rows = matrix.length / columns;
  return matrix.map((_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)] as number);
}
