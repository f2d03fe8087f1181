import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import {
  centredStencil,
  combineStencils,
  convolutionWeights,
  type Stencil,
  weightAt,
} from '../../../main/graph/linear-stencil.ts';
import { runGraph } from '../../support/run-graph.ts';

type Raster = (row: number, column: number) => number;

function applied(stencil: Stencil, raster: Raster): Raster {
  return (row, column) => {
    let sum = 0;
    for (let r = -stencil.centreRow; r < stencil.rows - stencil.centreRow; r++) {
      for (let c = -stencil.centreColumn; c < stencil.columns - stencil.centreColumn; c++) {
        sum += weightAt(stencil, r, c) * raster(row + r, column + c);
      }
    }
    return sum;
  };
}

/** Integers, so that sums are exact in any order. */
const anyStencil: fc.Arbitrary<Stencil> = fc
  .record({ rows: fc.integer({ min: 1, max: 4 }), columns: fc.integer({ min: 1, max: 4 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      centreRow: fc.integer({ min: 0, max: rows - 1 }),
      centreColumn: fc.integer({ min: 0, max: columns - 1 }),
      weights: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: rows * columns, maxLength: rows * columns }),
    }),
  );

const raster: Raster = (row, column) => ((row * 31 + column * 17) % 23) - 7;

describe('a stencil', () => {
  it('has a middle only with odd extents', () => {
    expect(() => centredStencil([[1, 2]])).toThrow('Expected an odd number of rows and columns');
    expect(centredStencil([[1], [2], [3]])).toEqual({ rows: 3, columns: 1, centreRow: 1, centreColumn: 0, weights: [1, 2, 3] });
  });

  it('weighs nothing outside', () => {
    const stencil = centredStencil([[1, 2, 3]]);
    expect([weightAt(stencil, 0, 1), weightAt(stencil, 0, 2), weightAt(stencil, 1, 0)]).toEqual([3, 0, 0]);
  });

  it('must fit the window that it is laid into', () => {
    const high = { stencil: centredStencil([[1], [1], [1], [1], [1]]), row: 0, column: 0 };
    expect(() => convolutionWeights([high], 2, 1)).toThrow('Expected a stencil within 1 rows of its cell but received 5 rows');
    const wide = { stencil: centredStencil([[1, 1, 1, 1, 1]]), row: 0, column: 0 };
    expect(() => convolutionWeights([wide], 2, 1)).toThrow(
      'Expected a stencil within 1 columns of its cell but received 5 columns',
    );
  });
});

describe('any stencils', () => {
  it('combine into one that does what they do together', () => {
    const terms = fc.array(fc.record({ factor: fc.integer({ min: -5, max: 5 }), stencil: anyStencil }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(terms, fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }), (list, row, column) => {
        const expected = list.reduce((sum, { factor, stencil }) => sum + factor * applied(stencil, raster)(row, column), 0);
        expect(applied(combineStencils(list), raster)(row, column)).toBe(expected + 0);
      }),
    );
  });

  it('become the channels of one strided convolution', async () => {
    const [cell, margin] = [2, 3];
    const stencils = fc.sample(anyStencil, { numRuns: 8, seed: 7 });
    const placed = stencils.map((stencil, index) => ({ stencil, row: index & 1, column: (index >> 1) & 1 }));
    const size = 12;
    const g = new GraphBuilder('cells');
    const window = cell + 2 * margin;
    const weights = g.constant('float32', convolutionWeights(placed, cell, margin), [placed.length, 1, window, window]);
    const x = g.input('x', 'float32', [1, 1, size, size], 'raster');
    g.output('y', g.convolve(x, weights, [cell, cell]), 'channels');
    const samples = Float32Array.from({ length: size * size }, (_, at) => raster(Math.floor(at / size), at % size));
    const cells = (size - window) / cell + 1;
    const expected = placed.flatMap(({ stencil, row, column }) =>
      Array.from({ length: cells * cells }, (_, at) => {
        const [cellRow, cellColumn] = [Math.floor(at / cells) * cell, (at % cells) * cell];
        return applied(stencil, raster)(margin + cellRow + row, margin + cellColumn + column);
      }),
    );
    const { y } = await runGraph(g.build(), { x: samples });
    expect(y?.map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
  });
});
