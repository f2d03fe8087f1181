import { FolderOpen, RefreshCw } from 'lucide-react';
import type { SourceEntry, StreamState } from '../../../preload/contract.ts';
import { Choice } from '../../controls/choice.tsx';
import { Tip } from '../../controls/tip.tsx';
import { faultText } from '../../store/fault-text.ts';
import { useLab, useLabState } from '../panel-context.ts';

/** Cameras to choose from; below them, whatever their number, the open one's modes and the way to a RAW file. */
export function SourcePanel() {
  const { page } = useLab();
  const sources = useLabState((state) => state.sources);
  return (
    <div className="source-panel">
      <ul className="source-list" aria-label="Sources">
        {sources.map((source) => (
          <SourceRow key={source.id} source={source} />
        ))}
      </ul>
      <ModeChoice />
      <div className="source-actions">
        <button type="button" className="button" data-testid="open-file" onClick={() => page.setState({ openFileOpen: true })}>
          <FolderOpen size={13} aria-hidden />
          Open RAW file…
        </button>
        <RefreshButton />
      </div>
    </div>
  );
}

function SourceRow({ source }: { source: SourceEntry }) {
  const { actions } = useLab();
  const stream = useLabState((state) => state.stream);
  const connected = useLabState((state) => state.connection === 'connected');
  const isOpen = stream.sourceId === source.id;
  return (
    <li>
      <button
        type="button"
        className="source"
        data-testid={`source-${source.id}`}
        aria-current={isOpen}
        disabled={!source.available}
        onClick={() => void actions.openSource(source.id)}
      >
        <span className="source-mark" data-phase={isOpen && connected ? stream.phase : undefined} aria-hidden />
        <span className="source-name">{source.name}</span>
        <span className="source-detail" title={source.detail}>
          {source.available ? source.detail : source.reason}
        </span>
      </button>
      {isOpen && stream.error && <SourceError error={stream.error} />}
    </li>
  );
}

function SourceError({ error }: { error: NonNullable<StreamState['error']> }) {
  return (
    <p className="source-error" role="alert">
      {faultText(error)}
    </p>
  );
}

function RefreshButton() {
  const { actions } = useLab();
  return (
    <Tip text="Look for cameras again">
      <button
        type="button"
        className="icon-button"
        aria-label="Look for cameras again"
        onClick={() => void actions.refreshSources()}
      >
        <RefreshCw size={13} aria-hidden />
      </button>
    </Tip>
  );
}

function ModeChoice() {
  const { actions } = useLab();
  const { modes, modeId, phase } = useLabState((state) => state.stream);
  if (modes.length === 0) return null;
  const options = modes.map((mode) => ({
    value: mode.id,
    label: `${mode.width} × ${mode.height} · ${Number(mode.framesPerSecond.toFixed(2))} fps · ${mode.pixelFormat}`,
  }));
  return (
    <div className="source-mode">
      <span className="setting-label">Mode</span>
      <Choice
        label="Mode"
        testId="mode-select"
        value={modeId ?? modes[0]?.id}
        options={options}
        disabled={phase === 'opening' || phase === 'reloading'}
        onChoose={(chosen) => void actions.start(chosen)}
      />
    </div>
  );
}
