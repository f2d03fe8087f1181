import type { ChainComparison } from '../../../preload/contract.ts';
import { formatMillis } from '../../controls/format.ts';

/** What composing is worth: in a few words for the panel, and all of it. */
export interface ComparisonText {
  /** `1.6 × faster`, or `1.2 × slower`. */
  readonly verdict: string;
  /** The two times behind it: `67.0, not 107 ms`. */
  readonly times: string;
  /** Both as sentences, with what was measured and how. */
  readonly whole: string;
}

/** Says whether neighbours are faster as one session, by how much, and how that was found; that they are slower is said as plainly. */
export function comparisonText(processors: number, measured: NonNullable<ChainComparison['measured']>): ComparisonText {
  const { togetherMillis, oneByOneMillis, turns } = measured;
  const [together, oneByOne] = [formatMillis(togetherMillis), formatMillis(oneByOneMillis)];
  const { factor, direction } = verdictOf(oneByOneMillis / togetherMillis);
  const how = `Milliseconds of one core for a frame of the stream's size, medians of ${turns} runs by turns beside the stream.`;
  return {
    verdict: factor === undefined ? direction : `${factor} × ${direction}`,
    times: `${together}, not ${oneByOne} ms`,
    whole: `${processors} in one session: ${together} ms, one by one ${oneByOne} ms, ${factor === undefined ? '' : `${factor} times `}${direction}. ${how}`,
  };
}

/** How many times, to a tenth; without a number where that is 1. */
function verdictOf(ratio: number): { readonly factor?: string; readonly direction: 'faster' | 'slower' | 'as fast' } {
  const factor = Math.max(ratio, 1 / ratio).toFixed(1);
  return factor === '1.0' ? { direction: 'as fast' } : { factor, direction: ratio > 1 ? 'faster' : 'slower' };
}
