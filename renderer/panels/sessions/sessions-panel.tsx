import { Copy, Download } from 'lucide-react';
import type { SessionEntry } from '../../../preload/contract.ts';
import { formatCount, formatInstant } from '../../controls/format.ts';
import { Tip } from '../../controls/tip.tsx';
import type { ExportResult } from '../../store/store.ts';
import { useLab, useLabState } from '../panel-context.ts';
import { sessionDuration } from './session-duration.ts';
import { sessionLoss } from './session-loss.ts';

/** Every recorded session, newest first, with the way to its telemetry. */
export function SessionsPanel() {
  const sessions = useLabState((state) => state.sessions);
  if (sessions.length === 0) {
    return <p className="panel-empty">No sessions yet. Press R while a source plays to record one.</p>;
  }
  return (
    <div className="panel-scroll sessions-panel">
      <table className="table" data-testid="sessions-table">
        <thead>
          <tr>
            <th scope="col">Session</th>
            <th scope="col" className="cell-source">
              Source
            </th>
            <th scope="col" className="cell-start">
              Start
            </th>
            <th scope="col" className="cell-number cell-duration">
              Duration
            </th>
            <th scope="col" className="cell-number">
              Frames
            </th>
            <th scope="col" className="cell-number cell-events">
              Stage events
            </th>
            <th scope="col">Export</th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SessionRow({ session }: { session: SessionEntry }) {
  const recording = useLabState((state) => state.stream.recordingSessionId === session.id);
  const result = useLabState((state) => state.exports[session.id]);
  const started = formatInstant(session.startedAt);
  const duration = sessionDuration(session, recording);
  return (
    <tr data-recording={recording || undefined}>
      <td className="cell-name" title={`${session.name}\n${session.source}, ${started}, ${duration}`}>
        {session.name}
      </td>
      <td className="cell-source" title={session.source}>
        {session.source}
      </td>
      <td className="cell-start">{started}</td>
      <td className="cell-number cell-duration">{duration}</td>
      <td className="cell-number" title={`${formatCount(session.stageEvents)} stage events`}>
        <SessionLoss session={session} />
        {formatCount(session.frames)}
      </td>
      <td className="cell-number cell-events">{formatCount(session.stageEvents)}</td>
      <td className="cell-export">
        <div className="export">
          <ExportButton sessionId={session.id} name={session.name} />
          {result && <ExportPlace result={result} />}
        </div>
      </td>
    </tr>
  );
}

/** What is missing stands before the count, so that the counts stay below each other. */
function SessionLoss({ session }: { session: SessionEntry }) {
  const loss = sessionLoss(session);
  if (!loss) return null;
  return (
    <Tip text={<span className="tip-lines">{loss.long}</span>}>
      <span className="cell-lost">{loss.short}</span>
    </Tip>
  );
}

function ExportButton({ sessionId, name }: { sessionId: number; name: string }) {
  const { actions } = useLab();
  return (
    <button
      type="button"
      className="button button-small"
      data-testid={`export-session-${sessionId}`}
      aria-label={`Export ${name} as CSV`}
      onClick={() => void actions.exportSession(sessionId)}
    >
      <Download size={11} aria-hidden />
      CSV
    </button>
  );
}

function ExportPlace({ result }: { result: ExportResult }) {
  const { copyText, actions } = useLab();
  const rows = result.files.reduce((sum, file) => sum + file.rows, 0);
  const files = [result.folder, ...result.files.map((file) => `${file.path}: ${formatCount(file.rows)} rows`)].join('\n');

  async function copy() {
    await copyText(result.folder);
    actions.inform(`Copied: ${result.folder}`);
  }

  return (
    <>
      <Tip text={<span className="tip-lines">{files}</span>}>
        <span className="export-place">{result.folder}</span>
      </Tip>
      <span className="export-rows">{formatCount(rows)} rows</span>
      <button type="button" className="icon-button" aria-label="Copy the export's path" onClick={() => void copy()}>
        <Copy size={11} aria-hidden />
      </button>
    </>
  );
}
