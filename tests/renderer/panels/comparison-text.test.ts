import { expect, test } from 'vitest';
import { comparisonText } from '../../../renderer/panels/chain/comparison-text.ts';

const told = (togetherMillis: number, oneByOneMillis: number) =>
  comparisonText(3, { togetherMillis, oneByOneMillis, aloneMillis: [1, 1, 1], turns: 5 });

test('a session that is slower than its parts is told to be, as plainly as a faster one', () => {
  expect(told(10, 25)).toMatchObject({ verdict: '2.5 × faster', times: '10.0, not 25.0 ms' });
  expect(told(25, 10)).toMatchObject({ verdict: '2.5 × slower', times: '25.0, not 10.0 ms' });
  expect(told(25, 10).whole).toContain('3 in one session: 25.0 ms, one by one 10.0 ms, 2.5 times slower.');
});

test('what does not differ by a twentieth has no factor', () => {
  for (const [together, oneByOne] of [
    [100, 104],
    [104, 100],
    [100, 100],
  ] as const) {
    expect(told(together, oneByOne).verdict).toBe('as fast');
  }
  expect(told(100, 104).whole).toContain('one by one 104 ms, as fast.');
  expect(told(100, 106).verdict).toBe('1.1 × faster');
});
