import { assert } from '../base/errors.ts';
import { quantile } from '../base/statistics.ts';

/** What one turn took of a core: the composed session, and each of its parts as a session of its own, in their order. Milliseconds. */
export interface ComparisonTurn {
  readonly togetherMillis: number;
  readonly aloneMillis: readonly number[];
}

/**
 * Parts that are composed into one session against the same parts one by one. Medians over the turns, in milliseconds of one core for a
 * frame: the time that the thread was on a processor. Time for which others run is not in it; what they take of shared caches and of memory
 * still makes it somewhat longer.
 */
export interface SessionComparison {
  readonly togetherMillis: number;
  /** All parts one after the other: the median of the turns' sums, which need not be the sum of the medians. */
  readonly oneByOneMillis: number;
  /** Each part as a session of its own, in their order. */
  readonly aloneMillis: readonly number[];
  /** Turns behind the medians: in each, all were run once. */
  readonly turns: number;
}

/** The medians of turns. Each turn has as many parts; there is at least one turn. */
export function comparisonOf(turns: readonly ComparisonTurn[]): SessionComparison {
  const [first] = turns;
  assert(first, 'Expected at least one turn of a comparison but received none');
  const median = (of: (turn: ComparisonTurn) => number): number => quantile(turns.map(of), 0.5);
  return {
    togetherMillis: median(({ togetherMillis }) => togetherMillis),
    oneByOneMillis: median(({ aloneMillis }) => aloneMillis.reduce((sum, millis) => sum + millis, 0)),
    aloneMillis: first.aloneMillis.map((_, part) => median(({ aloneMillis }) => aloneMillis[part] as number)),
    turns: turns.length,
  };
}

/** Turns of a comparison: as few as tell an outlier from the rest, as many as a median gains from. */
const leastTurns = 3;
const mostTurns = 15;
/** Time of a core after which no further turn is begun, beyond the least. */
const enoughMillis = 2000;

/** Whether a comparison that has had these turns is to go on. */
export function wantsTurn(turns: readonly ComparisonTurn[]): boolean {
  const { length } = turns;
  if (length < leastTurns || length >= mostTurns) return length < leastTurns;
  const spent = turns.reduce((all, { togetherMillis, aloneMillis }) => {
    return aloneMillis.reduce((sum, millis) => sum + millis, all + togetherMillis);
  }, 0);
  return spent < enoughMillis;
}
