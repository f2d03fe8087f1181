import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';

/** Weights of red, green and blue in luma (ITU-R BT.709). */
export const lumaWeights = [0.2126, 0.7152, 0.0722] as const;

/** A matrix [outputs, 3] on each pixel of cells of R, G, B: [1, positions * outputs, rows, columns]. */
export function mixCells(g: GraphBuilder, cells: Value, matrix: readonly (readonly number[])[]): Value {
  const [, channels, rows, columns] = cells.shape as [number, number, number, number];
  const width = (matrix[0] as readonly number[]).length;
  const positions = channels / width;
  const weights = g.constant('float32', matrix.flat(), [matrix.length, width]);
  const mixed = g.matrixMultiply(weights, g.reshape(cells, [positions, width, rows * columns]));
  return g.reshape(mixed, [1, positions * matrix.length, rows, columns]);
}
