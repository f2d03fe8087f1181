import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';
import type { StatusSnapshot } from '../../preload/contract.ts';
import { formatBytes, formatCount, formatMillis, formatPercent, formatRate } from '../controls/format.ts';
import { Tip } from '../controls/tip.tsx';
import { useLabState } from '../panels/panel-context.ts';
import { droppedTotal } from '../store/selectors.ts';
import { dropReasonTexts } from './drop-reasons.ts';
import { MemoryStatus } from './memory-status.tsx';
import { NoticeList } from './notices.tsx';

/** What the lab does now, in numbers. */
export function StatusBar() {
  const status = useLabState((state) => state.status);
  const connection = useLabState((state) => state.connection);
  return (
    <footer className="status-bar" data-connection={connection}>
      <div className="status-items">
        <Connection />
        <Item label="In" tip="Frames per second delivered by the source" testId="status-fps-in" unit="fps">
          {status && formatRate(status.framesPerSecondIn)}
        </Item>
        <Item label="Shown" tip="Frames per second painted by all views" testId="status-fps-shown" unit="fps">
          {status && formatRate(status.framesPerSecondShown)}
        </Item>
        <Dropped />
        <Item label="Latency" tip="Capture to paint: median, 99th percentile" testId="status-latency" unit="ms">
          {pairText(status?.latencyMillis)}
        </Item>
        <Item label="Stage" tip="Run time of the stage: median, 99th percentile" testId="status-stage" unit="ms">
          {pairText(status?.stageMillis)}
        </Item>
        <Item label="Lane" tip="Busy share of the realtime lane since the last half second" testId="status-lane">
          {status && formatPercent(status.laneLoad)}
        </Item>
        <MemoryStatus />
        <Item label="Disk" tip="Free space in the data folder" testId="status-disk">
          {status?.diskFreeBytes !== undefined && `${formatBytes(status.diskFreeBytes)} free`}
        </Item>
      </div>
      <NoticeList />
    </footer>
  );
}

function Item(props: { label: string; tip: string; testId: string; unit?: string; children: ReactNode }) {
  return (
    <Tip text={props.tip}>
      <span className="status-item">
        <span className="status-label">{props.label}</span>
        <span className="status-value" data-testid={props.testId}>
          {props.children || '–'}
        </span>
        {props.unit && <span className="status-unit">{props.unit}</span>}
      </span>
    </Tip>
  );
}

function pairText(pair: { median: number; p99: number } | undefined): string | undefined {
  return pair && `${formatMillis(pair.median)} · p99 ${formatMillis(pair.p99)}`;
}

function Connection() {
  const connection = useLabState((state) => state.connection);
  const phase = useLabState((state) => state.stream.phase);
  return (
    <span className="status-connection" role="status" data-testid="status-connection" data-state={connection}>
      <span className="source-mark" data-phase={connection === 'connected' ? phase : 'failed'} aria-hidden />
      {connection === 'connected' ? phase : connection}
    </span>
  );
}

function Dropped() {
  const dropped = useLabState((state) => state.status?.dropped);
  const total = dropped ? droppedTotal(dropped) : 0;
  return (
    <Popover.Root>
      <Tip text={<span className="tip-lines">{droppedText(dropped)}</span>}>
        <Popover.Trigger className="status-item status-button" data-alert={total > 0 || undefined}>
          <span className="status-label">Dropped</span>
          <span className="status-value" data-testid="status-dropped">
            {formatCount(total)}
          </span>
        </Popover.Trigger>
      </Tip>
      <Popover.Portal>
        <Popover.Content className="popover" side="top" sideOffset={6} collisionPadding={8} aria-label="Dropped frames by reason">
          <h3 className="group-title">Dropped frames by reason</h3>
          <dl className="reasons">
            {dropReasonTexts.map(({ reason, text }) => (
              <div key={reason} className="reason" data-zero={!dropped?.[reason] || undefined}>
                <dt>
                  {text} <code className="reason-code">{reason}</code>
                </dt>
                <dd data-testid={`dropped-${reason}`}>{formatCount(dropped?.[reason] ?? 0)}</dd>
              </div>
            ))}
          </dl>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** The reasons that occurred, one in a line, for the pointer that only passes. */
function droppedText(dropped: StatusSnapshot['dropped'] | undefined): string {
  const lines = dropReasonTexts
    .filter(({ reason }) => dropped?.[reason])
    .map(({ reason, text }) => `${formatCount(dropped?.[reason] ?? 0)} · ${text} (${reason})`);
  return lines.length === 0 ? 'No frame was dropped' : lines.join('\n');
}
