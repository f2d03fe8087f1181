import { useEffect } from 'react';
import type { FileProbe } from '../../../preload/contract.ts';
import { FolderEntries } from '../../controls/folder-entries.tsx';
import { formatBytes } from '../../controls/format.ts';
import { Modal } from '../../controls/modal.tsx';
import { faultText } from '../../store/fault-text.ts';
import { useLab, usePageState } from '../panel-context.ts';
import { geometryText } from './geometry-entry.ts';
import { GeometryForm } from './geometry-form.tsx';
import { useOpenFile } from './use-open-file.ts';

/** Opens a RAW file or DNG of the lab's machine as a camera. */
export function OpenFileDialog() {
  const { page } = useLab();
  const open = usePageState((state) => state.openFileOpen);
  const close = () => page.setState({ openFileOpen: false });
  return (
    <Modal
      open={open}
      onClose={close}
      title="Open RAW file"
      description="A headerless .raw file or a CFA DNG on the machine where the lab runs."
    >
      <OpenFileForm onClose={close} />
    </Modal>
  );
}

function OpenFileForm({ onClose }: { onClose: () => void }) {
  const { state, setPath, setGeometry, browse, probe, open } = useOpenFile(onClose);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the dialog opens; an empty path is the home folder
  useEffect(() => void browse(''), []);

  return (
    <form
      className="open-file"
      onSubmit={(event) => {
        event.preventDefault();
        void (state.probe ? open() : probe(state.path));
      }}
    >
      <label className="open-file-path">
        <span>Path</span>
        <input
          type="text"
          className="path-input"
          aria-label="Path"
          data-testid="open-file-path"
          data-initial-focus
          autoComplete="off"
          spellCheck={false}
          value={state.path}
          onChange={(event) => setPath(event.target.value)}
        />
      </label>
      {state.probe ? (
        <ProbeResult probe={state.probe} />
      ) : (
        <FolderEntries
          listing={state.listing}
          nothing="No folders, .raw or .dng files here."
          onFolder={(path) => void browse(path)}
          onFile={(path) => void probe(path)}
        />
      )}
      {state.probe && state.probe.geometry === undefined && (
        <GeometryForm draft={state.geometry} suggestions={state.probe.suggestions} onChange={setGeometry} />
      )}
      {state.error && (
        <p className="form-error" role="alert">
          {faultText(state.error)}
        </p>
      )}
      <footer className="modal-actions">
        {state.probe && (
          <button type="button" className="button" onClick={() => setPath(state.path)}>
            Choose another
          </button>
        )}
        <button
          type="submit"
          className="button button-strong"
          data-testid="open-file-submit"
          disabled={state.busy || state.path.trim() === ''}
        >
          {state.probe ? 'Open' : 'Look at file'}
        </button>
      </footer>
    </form>
  );
}

function ProbeResult({ probe }: { probe: FileProbe }) {
  return (
    <p className="probe">
      {probe.kind === 'dng' ? 'DNG' : 'RAW'}, {formatBytes(probe.bytes)}
      {probe.geometry ? `: ${geometryText(probe.geometry)}` : '. The file does not say its geometry: please do.'}
    </p>
  );
}
