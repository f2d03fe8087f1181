import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Expression, type Field, partsOf } from '../../../main/kernel/expression.ts';
import { ExpressionPool } from '../../../main/kernel/expression-pool.ts';
import { evaluate } from '../../support/evaluate-expression.ts';

const field: Field = { id: 1, name: 'light', rows: 9, columns: 9, kind: 'computed', planes: [], isShared: false };

const sampleAt = (pool: ExpressionPool, plane: number, columns = 0, rows = 0): Expression =>
  pool.sample(field, plane, { rows, columns });

/** All expressions that one is made of, itself included, each once. */
function everyPart(expression: Expression): ReadonlySet<Expression> {
  const seen = new Set<Expression>();
  const visit = (next: Expression): void => {
    if (seen.has(next)) return;
    seen.add(next);
    partsOf(next).forEach(visit);
  };
  visit(expression);
  return seen;
}

/** Each sample is another integer, so that sums are exact in any order. */
const read = (_: Field, plane: number, row: number, column: number): number => ((plane * 31 + row * 17 + column * 7) % 23) - 9;

describe('expressions', () => {
  it('are the same object where they are the same, and another where they are not', () => {
    const pool = new ExpressionPool();
    expect(sampleAt(pool, 0, 1)).toBe(sampleAt(pool, 0, 1));
    expect(pool.call('add', sampleAt(pool, 0), sampleAt(pool, 1))).toBe(pool.call('add', sampleAt(pool, 0), sampleAt(pool, 1)));
    expect(pool.uniform('gain', 1)).toBe(pool.uniform('gain', 1));
    const all = [
      sampleAt(pool, 0, 1),
      sampleAt(pool, 1, 0),
      sampleAt(pool, 0, 0, 1),
      pool.uniform('gain', 1),
      pool.uniform('gain', 11),
      pool.uniform('1 gain', 1),
      pool.constant(0),
      pool.constant(-0),
      pool.call('subtract', sampleAt(pool, 0), sampleAt(pool, 1)),
      pool.call('subtract', sampleAt(pool, 1), sampleAt(pool, 0)),
      pool.choice(pool.call('greater', sampleAt(pool, 0), sampleAt(pool, 1)), sampleAt(pool, 0), sampleAt(pool, 1)),
      pool.choice(pool.call('greater', sampleAt(pool, 0), sampleAt(pool, 1)), sampleAt(pool, 1), sampleAt(pool, 0)),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('of constants are constants', () => {
    const pool = new ExpressionPool();
    const folded = (operation: Parameters<ExpressionPool['call']>[0], ...values: readonly number[]): unknown => {
      const made = pool.call(operation, ...values.map((value) => pool.constant(value)));
      return made.kind === 'constant' ? made.value : made.kind;
    };
    expect([folded('add', 2, 3), folded('subtract', 2, 3), folded('multiply', 2, 3), folded('divide', 1, 3)]).toEqual([
      5,
      -1,
      6,
      Math.fround(1 / 3),
    ]);
    expect([folded('minimum', 2, 3), folded('maximum', 2, 3), folded('negate', 2), folded('absolute', -2)]).toEqual([
      2, 3, -2, 2,
    ]);
    expect(folded('squareRoot', 2)).toBe(Math.fround(Math.SQRT2));
  });

  it('leave out what changes nothing, and nothing else', () => {
    const pool = new ExpressionPool();
    const [x, zero, one] = [sampleAt(pool, 0), pool.constant(0), pool.constant(1)];
    const same = [
      pool.call('multiply', x, one),
      pool.call('multiply', one, x),
      pool.call('add', x, zero),
      pool.call('add', zero, x),
    ];
    expect(new Set([...same, pool.call('subtract', x, zero)])).toEqual(new Set([x]));
    const others = [pool.call('subtract', zero, x), pool.call('divide', one, x), pool.call('maximum', x, zero)];
    expect(others.map(({ kind }) => kind)).toEqual(['call', 'call', 'call']);
  });
});

describe('a weighted sum', () => {
  const term = fc.record({
    plane: fc.nat({ max: 2 }),
    rows: fc.nat({ max: 2 }),
    columns: fc.nat({ max: 2 }),
    weight: fc.integer({ min: -3, max: 3 }),
  });

  it('is the sum of its terms, whatever their weights and order', () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 12 }), (terms) => {
        const pool = new ExpressionPool();
        const sum = pool.weightedSum(
          terms.map(({ plane, rows, columns, weight }) => ({ expression: sampleAt(pool, plane, columns, rows), weight })),
        );
        const expected = terms.reduce(
          (total, { plane, rows, columns, weight }) => total + weight * read(field, plane, rows, columns),
          0,
        );
        // No sum is the same as a sum of nothing, whichever sign its 0 has.
        expect(evaluate(sum, read) + 0).toBe(expected + 0);
      }),
    );
  });

  it('does not read what has no weight', () => {
    const pool = new ExpressionPool();
    const terms = [0, 1, 2].map((plane) => ({ expression: sampleAt(pool, plane), weight: plane === 1 ? 0 : 0.5 }));
    expect(everyPart(pool.weightedSum(terms))).not.toContain(sampleAt(pool, 1));
    expect(pool.weightedSum(terms.map((each) => ({ ...each, weight: 0 })))).toBe(pool.constant(0));
  });

  it('multiplies once what has one weight, in whichever order its terms come', () => {
    const pool = new ExpressionPool();
    const terms = [0, 1, 2, 3].map((columns) => ({ expression: sampleAt(pool, 0, columns), weight: 0.125 }));
    const sum = pool.weightedSum(terms);
    const products = [...everyPart(sum)].filter((part) => part.kind === 'call' && part.operation === 'multiply');
    expect(products.length).toBe(1);
    expect(pool.weightedSum(terms.toReversed())).toBe(sum);
  });

  it('has in common with another one what both add up', () => {
    const pool = new ExpressionPool();
    const inner = [0, 1, 2].map((columns) => ({ expression: sampleAt(pool, 0, columns), weight: 0.25 }));
    const [one, other] = [0.5, -0.75].map((weight) => pool.weightedSum([...inner, { expression: sampleAt(pool, 1), weight }]));
    const shared = [...everyPart(one as Expression)].filter((part) => everyPart(other as Expression).has(part));
    expect(shared).toContain(pool.weightedSum(inner));
  });
});
