import { describe, expect, it } from 'vitest';
import { baselineOf, compareWithBaseline, comparisonText } from '../../bench/baseline.ts';
import { summarise } from '../../bench/measurement.ts';

const result = (name: string, millis: number): ReturnType<typeof summarise> => summarise(name, { samplesMillis: [millis] });

describe('a comparison with committed ratios', () => {
  it('needs a reference workload that takes time', () => {
    expect(() => compareWithBaseline([], {})).toThrow('received no result');
    expect(() => compareWithBaseline([result('reference', 0), result('core', 8)], {})).toThrow('but received 0');
  });

  it('divides the speed of the machine out', () => {
    const baseline = { core: 2 };
    const quiet = compareWithBaseline([result('reference', 5), result('core', 10)], baseline);
    const busy = compareWithBaseline([result('reference', 15), result('core', 30)], baseline);
    expect(quiet).toEqual([{ name: 'core', ratio: 2, baseline: 2, change: 0, isRegression: false }]);
    expect(busy).toEqual(quiet);
  });

  it.each([
    [10.9, false],
    [11.2, true],
    [5, false],
  ])('judges %d ms against 10 ms: regression %s', (millis, isRegression) => {
    const [comparison] = compareWithBaseline([result('reference', 10), result('core', millis)], { core: 1 });
    expect(comparison?.isRegression).toBe(isRegression);
  });

  it('shows peers and unknown cases without judging them', () => {
    const results = [result('reference', 1), result('peer: other', 9), result('new', 3)];
    const comparisons = compareWithBaseline(results, { 'peer: other': 1 });
    expect(comparisons.map((comparison) => comparison.isRegression)).toEqual([false, false]);
    expect(baselineOf(comparisons)).toEqual({ new: 3 });
  });

  it('marks the regressions in its text', () => {
    const results = [result('reference', 10), result('core', 12), result('chain', 20)];
    expect(comparisonText(compareWithBaseline(results, { core: 1, chain: 2.5 }))).toBe(
      'core: 1.200 of the reference, committed 1.000, +20.0 %  REGRESSION, more than 10 %\n' +
        'chain: 2.000 of the reference, committed 2.500, -20.0 %',
    );
  });
});
