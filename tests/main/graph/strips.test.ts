import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addHalos, planStrips, type Strip, type StripPlan } from '../../../main/graph/strips.ts';

describe('a strip plan', () => {
  it('refuses a height that the cell does not divide', () => {
    expect(() => planStrips(75, 16, { above: 2, below: 2 })).toThrow('Expected a height in multiples of 2 but received 75');
  });

  it('adds the halos of operators that follow each other', () => {
    expect(addHalos({ above: 2, below: 1 }, { above: 0, below: 3 })).toEqual({ above: 2, below: 4 });
    expect(addHalos()).toEqual({ above: 0, below: 0 });
  });

  it('makes one strip of a frame that fits', () => {
    const { rowsPerStrip, strips } = planStrips(16, 4096, { above: 2, below: 2 });
    expect(rowsPerStrip).toBe(16);
    expect(strips).toEqual([{ inputRow: 0, inputRows: 16, missingAbove: 2, missingBelow: 2, firstRow: 0 }]);
  });
});

const anyRequest = fc
  .record({
    cells: fc.integer({ min: 1, max: 600 }),
    requestedRows: fc.integer({ min: 1, max: 1300 }),
    above: fc.integer({ min: 0, max: 9 }),
    below: fc.integer({ min: 0, max: 9 }),
    rowMultiple: fc.constantFrom(1, 2, 4),
  })
  .map(({ cells, rowMultiple, ...rest }) => ({ ...rest, rowMultiple, height: cells * rowMultiple }))
  // A mirror needs one row more than it shows.
  .filter(({ height, above, below }) => height > above && height > below);

type Request = typeof anyRequest extends fc.Arbitrary<infer R> ? R : never;

function planOf({ height, requestedRows, above, below, rowMultiple }: Request): StripPlan {
  return planStrips(height, requestedRows, { above, below }, rowMultiple);
}

function mirrored(row: number, height: number): number {
  const reflected = Math.abs(row);
  return reflected >= height ? 2 * height - 2 - reflected : reflected;
}

/** The source row behind each row that a graph sees, its mirrored ones included. */
function rowsSeen({ inputRow, inputRows, missingAbove, missingBelow }: Strip): number[] {
  return Array.from({ length: missingAbove + inputRows + missingBelow }, (_, index) => {
    return inputRow + mirrored(index - missingAbove, inputRows);
  });
}

describe('for any height, strip height and halo', () => {
  it('makes every row, in strips of one height that start at whole cells', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { rowsPerStrip, strips } = planOf(request);
        const made = new Set(strips.flatMap(({ firstRow }) => Array.from({ length: rowsPerStrip }, (_, row) => firstRow + row)));
        expect(made.size).toBe(request.height);
        expect(Math.max(...made)).toBe(request.height - 1);
        expect(strips.filter(({ firstRow }) => firstRow % request.rowMultiple !== 0)).toEqual([]);
        expect(rowsPerStrip % request.rowMultiple).toBe(0);
      }),
    );
  });

  it('shows every strip the rows that the whole frame would show it', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { rowsPerStrip, strips } = planOf(request);
        for (const strip of strips) {
          const expected = Array.from({ length: rowsPerStrip + request.above + request.below }, (_, index) =>
            mirrored(strip.firstRow - request.above + index, request.height),
          );
          expect(rowsSeen(strip)).toEqual(expected);
        }
      }),
    );
  });

  it('reads only rows that exist, and enough of them to mirror from', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        for (const { inputRow, inputRows, missingAbove, missingBelow } of planOf(request).strips) {
          expect(inputRow).toBeGreaterThanOrEqual(0);
          expect(inputRow + inputRows).toBeLessThanOrEqual(request.height);
          expect(inputRows).toBeGreaterThan(Math.max(missingAbove, missingBelow));
        }
      }),
    );
  });

  it('never makes a strip much higher than asked for, nor more strips than needed', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { rowsPerStrip, strips } = planOf(request);
        const least = Math.max(request.requestedRows, request.above + 1, request.below + 1, request.rowMultiple);
        expect(rowsPerStrip).toBeLessThan(least + request.rowMultiple);
        expect(strips.length).toBe(Math.ceil(request.height / rowsPerStrip));
      }),
    );
  });
});
