import type { Value } from '../../graph/graph.ts';
import type { StatisticsContext } from './sampled-rows.ts';
import { columnMeans } from './zone-grid.ts';
import { positionsOf } from './zone-means.ts';

/**
 * The energy of the finest detail in every zone, light², [1, rows, columns]: the variance of what a green sample in the cell's odd
 * column differs by from the mean of the two greens beside it, in the cell's other row. That difference knows detail along both
 * axes, and being a variance it knows neither brightness nor a difference between the two greens. A frame of one column has none.
 */
export function focusEnergies({ g, cfa, grid, linear, gains, rowMeans }: StatisticsContext, greenScale: Value): Value {
  const { cellColumns, rows, columns } = grid;
  if (cellColumns === 1) return g.multiply(g.constant('float32', [0], [1, rows, columns]), greenScale);
  const rowOfOddGreen = cfa[1] === 'G' ? 0 : 1;
  const greens = (row: number, column: number): Value => {
    const start = row * 2 * cellColumns + column;
    return g.slice(linear, [{ axis: 1, start, end: (row + 1) * 2 * cellColumns, step: 2 }]);
  };
  const [odd, even] = [greens(rowOfOddGreen, 1), greens(1 - rowOfOddGreen, 0)];
  const pairs = cellColumns - 1;
  const firsts = (value: Value): Value => g.slice(value, [{ axis: 1, start: 0, end: pairs }]);
  const beside = g.add(firsts(even), g.slice(even, [{ axis: 1, start: 1, end: cellColumns }]));
  const difference = g.subtract(firsts(odd), g.multiply(beside, g.scalar(0.5)));
  const overColumns = g.constant('float32', columnMeans(grid, pairs), [pairs, columns]);
  const mean = (value: Value): Value => g.matrixMultiply(g.matrixMultiply(rowMeans, value), overColumns);
  const mid = mean(difference);
  const variance = g.subtract(mean(g.multiply(difference, difference)), g.multiply(mid, mid));
  const light = g.multiply(g.maximum(variance, g.scalar(0)), g.multiply(greenScale, greenScale));
  const energies = g.reshape(light, [1, rows, columns]);
  if (!gains) return energies;
  // Of both greens, whose gains hardly differ; squared, as the energy is, so that detail keeps its ratio to the mean.
  const [, first, second] = positionsOf(cfa);
  const gainOf = (position: number): Value => g.slice(gains, [{ axis: 0, start: position, end: position + 1 }]);
  const gain = g.multiply(g.add(gainOf(first), gainOf(second)), g.scalar(0.5));
  return g.multiply(energies, g.multiply(gain, gain));
}
