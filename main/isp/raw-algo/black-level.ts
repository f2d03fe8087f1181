import type { MosaicArea } from '../../frame/frame-meta.ts';
import { type AlgoMosaic, type Intent, phaseOf } from './intent.ts';

/** Statistics of what is dark, per position of the 2x2 cell, DN. */
export interface DarkStatistics {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  readonly counts: readonly number[];
}

/** What a black level was decided from. */
export interface BlackLevelInputs {
  readonly measured: DarkStatistics;
  /** Levels in effect, DN. */
  readonly current: readonly number[];
  /** Share of the difference that one frame may take away, 0 to 1. */
  readonly damping: number;
}

/** Black levels to take from the next frame on, one for each position of the cell, DN; and how far the measured ones are away. */
export interface BlackLevelDecision {
  readonly blackLevels: readonly [number, number, number, number];
  readonly driftDn: readonly [number, number, number, number];
}

/** Deviations from the middle beyond which a sample is a defect and not dark. */
const clipSigmas = 4;

/** Samples of a position that a level needs. */
const fewestSamples = 64;

/**
 * Means of each position of the cell over optical-black areas, or over a whole frame with the cap on. Each position has its own, and so
 * has each parity of rows: readout chains differ. Hot samples are left out: those four deviations beyond the median, the deviation
 * being that of the middle half.
 */
export function measureDark(
  { width, height, samples }: Omit<AlgoMosaic, 'sensor'>,
  areas: readonly MosaicArea[],
): DarkStatistics {
  const counts = [0, 1, 2, 3].map((): number[] => []);
  for (const { top, left, rows, columns } of areas) {
    for (let row = Math.max(0, top); row < Math.min(height, top + rows); row++) {
      for (let column = Math.max(0, left); column < Math.min(width, left + columns); column++) {
        const histogram = counts[phaseOf(row, column)] as number[];
        const dn = samples[row * width + column] as number;
        histogram[dn] = (histogram[dn] ?? 0) + 1;
      }
    }
  }
  const perPosition = counts.map(clippedStatistics);
  return {
    means: perPosition.map(({ mean }) => mean),
    deviations: perPosition.map(({ deviation }) => deviation),
    counts: perPosition.map(({ count }) => count),
  };
}

/** `histogram` holds at each DN how many samples have it, and nothing where none has. */
function clippedStatistics(histogram: readonly number[]): { mean: number; deviation: number; count: number } {
  const levels: (readonly [dn: number, count: number])[] = [];
  histogram.forEach((count, dn) => {
    levels.push([dn, count]);
  });
  const total = levels.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return { mean: Number.NaN, deviation: Number.NaN, count: 0 };
  const quantile = (share: number): number => {
    let below = 0;
    for (const [dn, count] of levels) {
      below += count;
      if (below >= share * total) return dn;
    }
    return Number.NaN;
  };
  const middle = quantile(0.5);
  // The middle half of a normal distribution is 1.349 deviations wide; whole numbers are never narrower than one.
  const sigma = Math.max(1, (quantile(0.75) - quantile(0.25)) / 1.349);
  const kept = levels.filter(([dn]) => Math.abs(dn - middle) <= clipSigmas * sigma);
  const count = kept.reduce((sum, [, n]) => sum + n, 0);
  const mean = kept.reduce((sum, [dn, n]) => sum + dn * n, 0) / count;
  const deviation = Math.sqrt(kept.reduce((sum, [dn, n]) => sum + n * (dn - mean) ** 2, 0) / count);
  return { mean, deviation, count };
}

/**
 * Moves black levels towards what dark samples say, by `damping` of the difference where it is more than their mean scatters (three
 * standard errors), else not at all, so that levels at rest stay. Undecided where a position has fewer than 64 dark samples.
 */
export function decideBlackLevel(inputs: BlackLevelInputs): Intent<BlackLevelDecision, BlackLevelInputs> {
  const { measured, current, damping } = inputs;
  if (measured.counts.some((count) => count < fewestSamples)) return { decision: undefined, inputs };
  const drift = measured.means.map((mean, phase) => mean - (current[phase] as number));
  const levels = drift.map((difference, phase) => {
    const standardError = (measured.deviations[phase] as number) / Math.sqrt(measured.counts[phase] as number);
    const level = current[phase] as number;
    return Math.abs(difference) > 3 * standardError ? level + damping * difference : level;
  });
  type Levels = BlackLevelDecision['blackLevels'];
  return { decision: { blackLevels: levels as unknown as Levels, driftDn: drift as unknown as Levels }, inputs };
}
