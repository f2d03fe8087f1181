import type { ChainEntry, ChainMeasurement } from '../../../preload/contract.ts';
import { formatCount, formatMillis } from '../../controls/format.ts';
import { Tip } from '../../controls/tip.tsx';
import { measurementOf, sharesWithAbove } from '../../store/chain-selectors.ts';
import { useLabState } from '../panel-context.ts';

/**
 * What an entry takes of a frame. In a session that it shares that is its part by what all of them took alone; until these have been compared
 * it is the session's time, which stands with the first of them.
 */
export function EntryMeasure({ entry }: { entry: ChainEntry }) {
  const measured = useLabState((state) => measurementOf(state, entry.key));
  const shares = useLabState((state) => sharesWithAbove(state.chain, entry.key));
  if (!measured?.millis || entry.state !== 'running') return null;
  const text = measureText(measured);
  const { millis, shareMillis } = measured;
  return (
    <Tip text={text}>
      <output className="chain-time" aria-label={`Time of ${entry.name}: ${text}`}>
        {shareMillis === undefined && shares ? (
          <span className="chain-unit">shared ↑</span>
        ) : (
          <>
            {shareMillis !== undefined && <span className="chain-unit">≈</span>}
            {formatMillis(shareMillis ?? millis.median)}
            <span className="chain-unit"> ms</span>
          </>
        )}
      </output>
    </Tip>
  );
}

function measureText({ millis, sharedBy, shareMillis, frames }: ChainMeasurement): string {
  if (!millis) return '';
  const shared = sharedBy > 1 ? `, of one session for ${sharedBy} processors` : '';
  const whole = `${formatMillis(millis.median)} ms median, ${formatMillis(millis.p99)} ms p99${shared}; ${formatCount(frames)} frames`;
  if (shareMillis === undefined) return whole;
  return `About ${formatMillis(shareMillis)} ms, its part by what each of them takes alone; ${whole}`;
}
