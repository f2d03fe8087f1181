import type { ChainEntry } from '../../../preload/contract.ts';
import { Tip } from '../../controls/tip.tsx';
import { comparisonOf } from '../../store/chain-selectors.ts';
import { useLabState } from '../panel-context.ts';
import { comparisonText } from './comparison-text.ts';

/** What neighbours gain or lose by sharing one session, in a line below the last of them; nothing until it is known. */
export function SessionComparison({ entry }: { entry: ChainEntry }) {
  const comparison = useLabState((state) => comparisonOf(state, entry));
  if (!comparison || comparison.keys.at(-1) !== entry.key) return null;
  const { keys, measured, failure } = comparison;
  const subject = `Session of ${keys.length}`;
  if (measured) {
    const { verdict, times, whole } = comparisonText(keys.length, measured);
    return <Line brief={`${subject}: ${verdict}`} times={times} whole={whole} />;
  }
  if (!failure) return null;
  return (
    <Line
      brief={`${subject}: not compared`}
      whole={`${subject}, which could not be compared with one session each: ${failure.message}`}
    />
  );
}

function Line({ brief, times, whole }: { brief: string; times?: string; whole: string }) {
  return (
    <Tip text={whole}>
      <output className="chain-comparison" aria-label={whole}>
        <span className="chain-comparison-brief">{brief}</span>
        {times !== undefined && <span className="chain-comparison-times">{times}</span>}
      </output>
    </Tip>
  );
}
