import type { FormEvent } from 'react';
import { useState } from 'react';
import { useLab } from '../panel-context.ts';

/** Asks for one more folder to look for packages in. It closes when the lab has taken the folder. */
export function AddFolderForm({ onDone }: { onDone: () => void }) {
  const { catalogue } = useLab();
  const [folder, setFolder] = useState('');

  async function add(event: FormEvent) {
    event.preventDefault();
    if (await catalogue.setFolder(folder.trim(), true)) onDone();
  }

  return (
    <form className="package-add" onSubmit={(event) => void add(event)}>
      <input
        type="text"
        className="path-input"
        aria-label="Folder with packages"
        placeholder="/path/of/a/folder"
        autoComplete="off"
        spellCheck={false}
        // biome-ignore lint/a11y/noAutofocus: it opens because the user wants to type
        autoFocus
        value={folder}
        onChange={(event) => setFolder(event.target.value)}
      />
      <button type="submit" className="button" disabled={folder.trim() === ''}>
        Add
      </button>
      <button type="button" className="button" onClick={onDone}>
        Cancel
      </button>
    </form>
  );
}
