import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastSquares, solveSymmetric } from '../../../main/base/least-squares.ts';

describe('least squares', () => {
  it('has no answer for too few rows, none at all, or rows that say the same', () => {
    expect(leastSquares({ rows: [], targets: [] })).toBeUndefined();
    expect(leastSquares({ rows: [[1, 2]], targets: [3] })).toBeUndefined();
    const same = [
      [1, 2],
      [2, 4],
      [3, 6],
    ];
    expect(leastSquares({ rows: same, targets: [1, 2, 3] })).toBeUndefined();
  });

  it('finds the line of the textbook', () => {
    // Anscombe's first quartet: y = 3.0001 + 0.50009 x.
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    const [offset, slope] = leastSquares({ rows: x.map((value) => [1, value]), targets: y }) as [number, number];
    expect(offset).toBeCloseTo(3.0001, 4);
    expect(slope).toBeCloseTo(0.50009, 5);
  });

  it('counts a row of weight 3 like three rows', () => {
    const rows = [
      [1, 1],
      [1, 2],
      [1, 3],
    ];
    const targets = [1, 4, 4];
    const weighted = leastSquares({ rows, targets, weights: [1, 3, 1] }) as number[];
    const repeated = leastSquares({
      rows: [...rows, [1, 2], [1, 2]],
      targets: [...targets, 4, 4],
    }) as number[];
    expect(weighted).toEqual(repeated.map((value) => expect.closeTo(value, 12)));
  });

  it('leaves residuals that no column can still explain', () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true });
    const rowsOf = fc.array(fc.tuple(number, number, number), { minLength: 5, maxLength: 9 });
    fc.assert(
      fc.property(rowsOf, fc.array(number, { minLength: 9, maxLength: 9 }), (rows, numbers) => {
        const targets = numbers.slice(0, rows.length);
        const found = leastSquares({ rows, targets });
        if (found === undefined) return;
        const residuals = rows.map(
          (row, index) => (targets[index] as number) - row.reduce((sum, value, at) => sum + value * (found[at] as number), 0),
        );
        const size = 1 + Math.max(...found.map(Math.abs)) * 100;
        for (const column of [0, 1, 2]) {
          const product = rows.reduce((sum, row, index) => sum + (row[column] as number) * (residuals[index] as number), 0);
          expect(Math.abs(product) / size).toBeLessThan(1e-9);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('a symmetric system', () => {
  it('has no answer where the matrix is not positive definite', () => {
    expect(solveSymmetric(Float64Array.of(1, 2, 2, 1), [Float64Array.of(1, 1)])).toBeUndefined();
  });

  it('is solved for every right-hand side', () => {
    const matrix = Float64Array.of(4, 2, 0.6, 2, 5, 1.5, 0.6, 1.5, 3.8);
    const sides = [Float64Array.of(1, -2, 3), Float64Array.of(0, 1, 0)];
    const solutions = solveSymmetric(matrix, sides) as Float64Array[];
    for (const [which, side] of sides.entries()) {
      const product = [0, 1, 2].map((row) =>
        [0, 1, 2].reduce((sum, column) => sum + (matrix[row * 3 + column] as number) * (solutions[which]?.[column] as number), 0),
      );
      expect(product).toEqual([...side].map((value) => expect.closeTo(value, 12)));
    }
  });
});
