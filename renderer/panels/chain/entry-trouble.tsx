import { Copy } from 'lucide-react';
import type { ChainEntry } from '../../../preload/contract.ts';
import { formatCount } from '../../controls/format.ts';
import { measurementOf, packageOf } from '../../store/chain-selectors.ts';
import { faultBrief, faultText } from '../../store/fault-text.ts';
import { useLab, useLabState } from '../panel-context.ts';

/** Frames without a failure after which an entry counts as recovered: a second at 30 a second. */
const framesUntilRecovered = 30;

/** What is wrong with an entry in one line, and on demand all of it with what to do about it; nothing where all is well. */
export function EntryTrouble({ entry }: { entry: ChainEntry }) {
  const measured = useLabState((state) => measurementOf(state, entry.key));
  const failures = measured?.failures ?? 0;
  const isOver = entry.state === 'running' && (measured?.goodFrames ?? 0) >= framesUntilRecovered;
  const fault = entry.reason ?? measured?.lastError;
  const isTold = fault !== undefined && (failures > 0 || entry.state !== 'bypassed');
  if (!isTold && failures === 0) return null;
  const counted = failures > 0 ? countText(failures, isOver) : undefined;
  const heading = [headings[entry.state], counted];
  return (
    <div className="chain-trouble" data-state={isOver ? 'recovered' : entry.state}>
      <TroubleText heading={heading.filter(Boolean).join(', ')} counted={counted} fault={fault} />
      <TroubleAction entry={entry} />
    </div>
  );
}

function countText(failures: number, isOver: boolean): string {
  const text = `${formatCount(failures)} ${failures === 1 ? 'failure' : 'failures'}`;
  return isOver ? `${text}, now recovered` : text;
}

function TroubleText(props: { heading: string; counted: string | undefined; fault: ChainEntry['reason'] }) {
  const { heading, counted, fault } = props;
  const { copyText } = useLab();
  if (!fault) return <p className="chain-trouble-text chain-trouble-head">{heading}</p>;
  const text = heading === '' ? faultText(fault) : `${heading}. ${faultText(fault)}`;
  return (
    <details className="chain-trouble-text">
      <summary className="chain-trouble-head" title={text}>
        {counted === undefined ? faultBrief(fault) : `${counted}: ${faultBrief(fault)}`}
      </summary>
      <div className="chain-trouble-whole">
        <p>{text}</p>
        <button type="button" className="icon-button" aria-label="Copy the message" onClick={() => void copyText(text)}>
          <Copy size={11} aria-hidden />
        </button>
      </div>
    </details>
  );
}

const headings: Readonly<Record<ChainEntry['state'], string | undefined>> = {
  running: undefined,
  bypassed: undefined,
  suspended: 'Suspended',
  failed: 'Cannot be built',
  'waiting-for-trust': 'Waiting for trust',
  missing: 'Missing',
};

function TroubleAction({ entry }: { entry: ChainEntry }) {
  const { chain, page } = useLab();
  const folder = useLabState((state) => packageOf(state.catalogue, entry.processorId)?.folder);
  if (entry.state === 'suspended' || entry.state === 'failed') {
    return (
      <button
        type="button"
        className="button button-small"
        aria-label={`Resume ${entry.name}`}
        onClick={() => void chain.resume(entry.key)}
      >
        Resume
      </button>
    );
  }
  if (entry.state === 'waiting-for-trust' && folder !== undefined) {
    return (
      <button
        type="button"
        className="button button-small"
        aria-label={`Trust the code of ${entry.name}`}
        onClick={() => page.setState({ trustFolder: folder })}
      >
        Trust this code…
      </button>
    );
  }
  if (entry.state !== 'missing' || folder === undefined) return null;
  return (
    <button type="button" className="button button-small" onClick={() => page.setState({ packagesOpen: true })}>
      Packages…
    </button>
  );
}
