import { describe, expect, it } from 'vitest';
import { type ComparisonTurn, comparisonOf, wantsTurn } from '../../../main/runtime/session-comparison.ts';

const turn = (togetherMillis: number, ...aloneMillis: number[]): ComparisonTurn => ({ togetherMillis, aloneMillis });

describe('the comparison of turns', () => {
  it('cannot be made of none', () => {
    expect(() => comparisonOf([])).toThrow('Expected at least one turn');
  });

  it('is the medians of the session, of each part, and of the sums of the parts', () => {
    // By hand: together 10 12 90 -> 12; first part 1 9 5 -> 5; second 8 2 3 -> 3; sums 9 11 8 -> 9, which is not 5 + 3.
    expect(comparisonOf([turn(12, 1, 8), turn(90, 9, 2), turn(10, 5, 3)])).toEqual({
      togetherMillis: 12,
      aloneMillis: [5, 3],
      oneByOneMillis: 9,
      turns: 3,
    });
  });

  it('lies between the middle two of an even number of turns', () => {
    expect(comparisonOf([turn(4, 1, 1), turn(6, 3, 2)])).toEqual({
      togetherMillis: 5,
      aloneMillis: [2, 1.5],
      oneByOneMillis: 3.5,
      turns: 2,
    });
  });
});

describe('a further turn', () => {
  const turns = (count: number, millis: number): ComparisonTurn[] =>
    Array.from({ length: count }, () => turn(millis, millis, millis));

  it('is wanted until there are three, however long they take', () => {
    expect([0, 1, 2, 3].map((count) => wantsTurn(turns(count, 10_000)))).toEqual([true, true, true, false]);
  });

  it('is wanted while the two seconds are not spent, up to fifteen', () => {
    // Three milliseconds a turn, or 300.
    expect([3, 14, 15].map((count) => wantsTurn(turns(count, 1)))).toEqual([true, true, false]);
    expect([6, 7].map((count) => wantsTurn(turns(count, 100)))).toEqual([true, false]);
  });
});
