import type { BenchResult } from './measurement.ts';

/** Medians of a bench's cases as ratios to the median of its reference workload, which the machine of the day divides out of. */
export type Baseline = Readonly<Record<string, number>>;

/** How a case stands against the committed ratio. */
export interface Comparison {
  readonly name: string;
  /** Median over the reference workload's median of the same run. */
  readonly ratio: number;
  /** The committed ratio; undefined for a case that the baseline does not know. */
  readonly baseline: number | undefined;
  /** Ratio over baseline, minus 1; positive is slower. */
  readonly change: number | undefined;
  readonly isRegression: boolean;
}

/** Part by which a ratio may grow before it counts as a regression. */
export const regressionLimit = 0.1;

/**
 * Compares results with a baseline. The first result is the reference workload; peers (`peer: …`) are shown and never judged. Throws
 * where there is no reference, or one that took no time.
 */
export function compareWithBaseline(results: readonly BenchResult[], baseline: Baseline): Comparison[] {
  const [reference, ...others] = results;
  if (!reference || !(reference.medianMs > 0)) {
    throw new Error(`Expected a reference workload that takes time but received ${reference?.medianMs ?? 'no result'}`);
  }
  return others.map(({ name, medianMs }) => {
    const ratio = medianMs / reference.medianMs;
    const known = baseline[name];
    const change = known === undefined ? undefined : ratio / known - 1;
    const isRegression = change !== undefined && change > regressionLimit && !name.startsWith('peer:');
    return { name, ratio, baseline: known, change, isRegression };
  });
}

/** The baseline that a run would leave behind: its ratios, to four digits. */
export function baselineOf(comparisons: readonly Comparison[]): Baseline {
  const own = comparisons.filter(({ name }) => !name.startsWith('peer:'));
  return Object.fromEntries(own.map(({ name, ratio }) => [name, Number(ratio.toPrecision(4))]));
}

/** One line for each case that has a baseline, regressions marked. */
export function comparisonText(comparisons: readonly Comparison[]): string {
  const lines = comparisons.flatMap(({ name, ratio, baseline, change, isRegression }) => {
    if (baseline === undefined || change === undefined) return [];
    const percent = `${change >= 0 ? '+' : ''}${(change * 100).toFixed(1)} %`;
    const mark = isRegression ? `  REGRESSION, more than ${regressionLimit * 100} %` : '';
    return [`${name}: ${ratio.toFixed(3)} of the reference, committed ${baseline.toFixed(3)}, ${percent}${mark}`];
  });
  return lines.join('\n');
}
