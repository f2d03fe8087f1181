import type { DarkStatistics } from '../../frame/dark-statistics.ts';
import type { Intent } from './intent.ts';

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

/** Samples of a position that a level needs. */
const fewestSamples = 64;

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
