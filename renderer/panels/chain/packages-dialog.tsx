import { FolderPlus, RefreshCw, X } from 'lucide-react';
import { useState } from 'react';
import type { ProcessorCatalogue, ProcessorPackage } from '../../../preload/contract.ts';
import { CodeText } from '../../controls/code-text.tsx';
import { Modal } from '../../controls/modal.tsx';
import { Tip } from '../../controls/tip.tsx';
import { faultText } from '../../store/fault-text.ts';
import { useLab, useLabState, usePageState } from '../panel-context.ts';
import { AddFolderForm } from './add-folder-form.tsx';

/** Packages of processors on disk: what is ready, what waits for trust, what failed and why, and the folders they are looked for in. */
export function PackagesDialog() {
  const { page } = useLab();
  const open = usePageState((state) => state.packagesOpen);
  const catalogue = useLabState((state) => state.catalogue);
  return (
    <Modal
      open={open}
      onClose={() => page.setState({ packagesOpen: false })}
      title="Packages of processors"
      description="A package is a folder with a processor.json. Packages of data load at once; code runs only after you have trusted it."
    >
      {catalogue && <Packages catalogue={catalogue} />}
      {catalogue && <Folders catalogue={catalogue} />}
    </Modal>
  );
}

function Packages({ catalogue }: { catalogue: ProcessorCatalogue }) {
  const { packages } = catalogue;
  if (packages.length === 0) {
    return (
      <p className="panel-empty">
        No packages yet. <code>lab new-processor NAME</code> on the command line makes one in {catalogue.userFolder}.
      </p>
    );
  }
  return (
    <ul className="package-list" aria-label="Packages">
      {packages.map((one) => (
        <PackageRow key={one.folder} entry={one} name={catalogue.processors.find(({ folder }) => folder === one.folder)?.name} />
      ))}
    </ul>
  );
}

const stateWords: Readonly<Record<ProcessorPackage['state'], string>> = {
  ready: 'ready',
  untrusted: 'waiting for trust',
  failed: 'failed',
  disabled: 'switched off',
};

function PackageRow({ entry, name }: { entry: ProcessorPackage; name: string | undefined }) {
  const { folder, state, isOutdated, findings, error } = entry;
  const warnings = findings.filter(({ level }) => level === 'warning');
  return (
    <li className="package" data-testid={`package-${entry.id ?? folder}`} data-state={state}>
      <div className="package-line">
        <span className="package-name">{name ?? entry.id ?? folder.split('/').at(-1)}</span>
        <span className="package-state">{stateWords[state]}</span>
        <PackageActions entry={entry} />
      </div>
      <p className="package-folder">{folder}</p>
      {isOutdated && <p className="package-note">The version before runs on meanwhile.</p>}
      {error && (
        <p className="package-error" role="alert">
          <CodeText text={faultText(error)} />
        </p>
      )}
      {warnings.map((finding) => (
        <p key={`${finding.rule} ${finding.field}`} className="package-note">
          <CodeText text={faultText({ message: finding.message, action: finding.fix })} />
        </p>
      ))}
    </li>
  );
}

function PackageActions({ entry }: { entry: ProcessorPackage }) {
  const { page, catalogue } = useLab();
  const { folder, state, isOwn, id = folder } = entry;
  const disabled = state === 'disabled';
  return (
    <span className="package-actions">
      {state === 'untrusted' && (
        <button
          type="button"
          className="button button-small"
          aria-label={`Trust the code of ${id}`}
          onClick={() => page.setState({ trustFolder: folder })}
        >
          Trust…
        </button>
      )}
      <button
        type="button"
        className="button button-small"
        aria-label={`Switch ${disabled ? 'on' : 'off'} ${id}`}
        onClick={() => void catalogue.setDisabled(folder, !disabled)}
      >
        {disabled ? 'Switch on' : 'Switch off'}
      </button>
      {isOwn && <RemoveButton id={id} folder={folder} />}
    </span>
  );
}

/** Deletes from disk, so it asks once more, in its own place. */
function RemoveButton({ id, folder }: { id: string; folder: string }) {
  const { catalogue } = useLab();
  const [asking, setAsking] = useState(false);
  return (
    <button
      type="button"
      className="button button-small"
      data-asking={asking || undefined}
      aria-label={asking ? `Delete ${id} from disk` : `Remove ${id}`}
      onClick={() => (asking ? void catalogue.remove(folder) : setAsking(true))}
      onBlur={() => setAsking(false)}
    >
      {asking ? 'Delete from disk' : 'Remove'}
    </button>
  );
}

function Folders({ catalogue: { userFolder, folders } }: { catalogue: ProcessorCatalogue }) {
  const { catalogue } = useLab();
  const [adding, setAdding] = useState(false);
  return (
    <section className="package-folders" aria-label="Folders">
      <h3 className="package-folders-title">
        Folders that are looked through
        <Tip text="Look through all folders again">
          <button
            type="button"
            className="icon-button"
            aria-label="Look through all folders again"
            onClick={() => void catalogue.refresh()}
          >
            <RefreshCw size={12} aria-hidden />
          </button>
        </Tip>
      </h3>
      <ul>
        <li className="package-root">
          <span className="package-folder">{userFolder}</span>
          <span className="package-state">your own</span>
        </li>
        {folders.map((folder) => (
          <li key={folder} className="package-root">
            <span className="package-folder">{folder}</span>
            <button
              type="button"
              className="icon-button"
              aria-label={`Leave out ${folder}`}
              onClick={() => void catalogue.setFolder(folder, false)}
            >
              <X size={12} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {adding ? (
        <AddFolderForm onDone={() => setAdding(false)} />
      ) : (
        <button type="button" className="button button-small" onClick={() => setAdding(true)}>
          <FolderPlus size={12} aria-hidden />
          Add a folder…
        </button>
      )}
    </section>
  );
}
