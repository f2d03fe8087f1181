import type { ChainEntry } from '../../../preload/contract.ts';
import { formatCount, formatMillis } from '../../controls/format.ts';
import { Tip } from '../../controls/tip.tsx';
import { measurementOf, sharesWithAbove } from '../../store/chain-selectors.ts';
import { useLabState } from '../panel-context.ts';

/** The time of the session that an entry runs in; one that shares it with the entry above stands with that one's. */
export function EntryMeasure({ entry }: { entry: ChainEntry }) {
  const measured = useLabState((state) => measurementOf(state, entry.key));
  const shares = useLabState((state) => sharesWithAbove(state.chain, entry.key));
  if (!measured?.millis || entry.state !== 'running') return null;
  const { millis, sharedBy, frames } = measured;
  const shared = sharedBy > 1 ? `, of one session for ${sharedBy} processors` : '';
  const text = `${formatMillis(millis.median)} ms median, ${formatMillis(millis.p99)} ms p99${shared}; ${formatCount(frames)} frames`;
  return (
    <Tip text={text}>
      <output className="chain-time" aria-label={`Time of ${entry.name}: ${text}`}>
        {shares ? (
          <span className="chain-unit">shared ↑</span>
        ) : (
          <>
            {formatMillis(millis.median)}
            <span className="chain-unit"> ms</span>
          </>
        )}
      </output>
    </Tip>
  );
}
