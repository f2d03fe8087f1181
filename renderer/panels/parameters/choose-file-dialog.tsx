import { useEffect, useState } from 'react';
import type { FolderListing } from '../../../preload/contract.ts';
import type { LabCallError } from '../../client/lab-client.ts';
import { labCallErrorFrom } from '../../client/lab-client.ts';
import { FolderEntries } from '../../controls/folder-entries.tsx';
import { Modal } from '../../controls/modal.tsx';
import { faultText } from '../../store/fault-text.ts';
import { useLab } from '../panel-context.ts';

/** Chooses a file of the lab's machine by walking its folders; `fileTypes` are the endings that are shown, all where it is empty. */
export function ChooseFileDialog(props: {
  title: string;
  fileTypes: readonly string[];
  /** The file chosen now: its folder is where the walk begins. */
  path: string;
  onClose: () => void;
  onChoose: (path: string) => void;
}) {
  const { fileTypes, path, onClose } = props;
  const { listing, error, browse } = useFolder(fileTypes);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the dialog opens
  useEffect(() => void browse(folderOf(path)), []);
  const endings = fileTypes.length === 0 ? 'A file' : `A ${fileTypes.map((type) => `.${type}`).join(' or ')} file`;

  return (
    <Modal open onClose={onClose} title={props.title} description={`${endings} on the machine where the lab runs.`}>
      <FolderEntries
        listing={listing}
        nothing="No folders and no such files here."
        onFolder={(folder) => void browse(folder)}
        onFile={(file) => {
          props.onChoose(file);
          onClose();
        }}
      />
      {error && (
        <p className="form-error" role="alert">
          {faultText(error)}
        </p>
      )}
    </Modal>
  );
}

function useFolder(fileTypes: readonly string[]) {
  const { client } = useLab();
  const [listing, setListing] = useState<FolderListing | undefined>(undefined);
  const [error, setError] = useState<LabCallError | undefined>(undefined);

  async function browse(folder: string) {
    try {
      setListing(await client.call('file.browse', { path: folder, fileTypes: [...fileTypes] }));
      setError(undefined);
    } catch (thrown) {
      setError(labCallErrorFrom(thrown));
      // A file whose folder is gone must not be the end of the walk.
      if (listing === undefined && folder !== '') await browse('');
    }
  }

  return { listing, error, browse };
}

/** The folder of a file by its path, in the separators of either system; empty where the path names none. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), 0));
}
