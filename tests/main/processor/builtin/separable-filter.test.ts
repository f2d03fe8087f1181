import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../../main/graph/graph-builder.ts';
import { acrossInPhases, downInPhases, planeOfPhases } from '../../../../main/processor/builtin/separable-filter.ts';
import { randomNumbers } from '../../../support/random.ts';
import { runGraph } from '../../../support/run-graph.ts';

describe('a separable filter', () => {
  it.each([
    [1, 5, 'fewer columns than phases'],
    [16, 3, 'as many'],
    [37, 6, 'more, of which the last are not all there'],
    [64, 2, 'several times as many'],
  ])('is the double sum over both weights with the border repeated: %i columns', async (columns, rows) => {
    const [across, down] = [
      [0.5, -1, 0.25, 2, 0.125],
      [1, 0.5, -0.75],
    ] as const;
    const plane = Float32Array.from({ length: rows * columns }, randomNumbers(columns));
    const g = new GraphBuilder('filter');
    const x = g.input('x', 'float32', [1, 1, rows, columns], 'A plane');
    g.output('made', planeOfPhases(g, downInPhases(g, acrossInPhases(g, x, across), padded(down)), columns), 'Filtered');
    const { made } = await runGraph(g.build(), { x: plane });
    const at = (row: number, column: number): number => {
      const [r, c] = [Math.min(rows - 1, Math.max(0, row)), Math.min(columns - 1, Math.max(0, column))];
      return plane[r * columns + c] as number;
    };
    const expected = Array.from(plane, (_, index) => {
      let sum = 0;
      for (const [y, v] of down.entries()) {
        for (const [z, h] of across.entries()) sum += v * h * at(Math.floor(index / columns) + y - 1, (index % columns) + z - 2);
      }
      return sum;
    });
    expect(made?.length).toBe(expected.length);
    expect(Math.max(...expected.map((value, index) => Math.abs(value - (made?.[index] as number))))).toBeLessThan(2e-6);
  });
});

/** As many weights as the other filter has, so that the plane's own rows are left. */
function padded(weights: readonly number[]): readonly number[] {
  return [0, ...weights, 0];
}
