import type { CfaOrder } from '../../frame/pixel-format.ts';
import type { Value } from '../../graph/graph.ts';
import { type StatisticsContext, zoneMeansOf } from './sampled-rows.ts';
import { columnMeans } from './zone-grid.ts';

/** Positions of the 2x2 cell, in reading order, of red, the green in red's row, the green in blue's row, and blue. */
export function positionsOf(cfa: CfaOrder): readonly [number, number, number, number] {
  const [red, blue] = [cfa.indexOf('R'), cfa.indexOf('B')];
  return [red, red ^ 1, blue ^ 1, blue];
}

/**
 * Means of red, both greens and blue over every zone, as light without shading: [4, rows, columns]. `black` and `scale` are [4] by
 * position of the cell, DN and 1 / DN; since black is taken off the means, noise below it keeps its mean.
 */
export function zoneMeans(context: StatisticsContext, black: Value, scale: Value): Value {
  const { g, cfa, grid, linear, gains, rowMeans } = context;
  const { rows, columns, cellColumns } = grid;
  const overRows = g.matrixMultiply(rowMeans, linear);
  // One product for both columns of the cell: taking them apart first costs more than multiplying with zeros.
  const bothColumns = g.constant('float32', interleaved(columnMeans(grid, cellColumns), columns), [2 * cellColumns, 2 * columns]);
  const products = g.matrixMultiply(g.reshape(overRows, [2 * rows, 2 * cellColumns]), bothColumns);
  const means = g.reshape(g.transpose(g.reshape(products, [rows, 4, columns]), [1, 0, 2]), [4, rows, columns]);
  const perPosition = (value: Value): Value => g.reshape(value, [4, 1, 1]);
  const light = g.multiply(g.subtract(means, perPosition(black)), perPosition(scale));
  const order = g.constant('int64', BigInt64Array.from(positionsOf(cfa), BigInt), [4]);
  return g.gather(gains ? g.multiply(light, gains) : light, order, 0);
}

/** Column means [cells, columns] for rows in which the two columns of every cell alternate: [2 * cells, 2 * columns]. */
function interleaved(means: Float32Array, columns: number): Float32Array {
  const matrix = new Float32Array(4 * means.length);
  for (const [index, mean] of means.entries()) {
    const [cell, zone] = [Math.floor(index / columns), index % columns];
    for (const column of [0, 1]) matrix[(2 * cell + column) * 2 * columns + column * columns + zone] = mean;
  }
  return matrix;
}

/**
 * The share of every zone's cells that have a clipped sample, [1, rows, columns]. `clipLevel` is the least clipped DN, a whole
 * number: samples are whole numbers too, so that the distance from the one below is 1 or more exactly where they are clipped.
 */
export function clippedShares(context: StatisticsContext, clipLevel: Value): Value {
  const { g, grid, samples } = context;
  const { sampledRows, cellColumns, rows, columns } = grid;
  const raster = g.reshape(samples, [1, 1, 2 * sampledRows, 2 * cellColumns]);
  const brightest = g.reshape(g.maximumPool(raster, [2, 2], [2, 2]), [sampledRows, cellColumns]);
  const beyond = g.subtract(brightest, g.subtract(clipLevel, g.scalar(1)));
  const isClipped = g.clip(beyond, g.scalar(0), g.scalar(1));
  return g.reshape(zoneMeansOf(context, isClipped), [1, rows, columns]);
}
