import { FolderOpen, X } from 'lucide-react';
import { TypedEntry } from './typed-entry.tsx';

/** The path of a file on the lab's machine: typed, chosen from its folders, or taken away. */
export function PathEntry(props: {
  label: string;
  path: string;
  /** Stands in the field where there is no path; `none` by default. */
  empty?: string | undefined;
  disabled: boolean;
  onCommit: (path: string) => void;
  onChoose: () => void;
}) {
  const { label, path, disabled } = props;
  const fileName = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const parse = (text: string) => ({ ok: true, value: text.trim() }) as const;
  return (
    <>
      <span className="path-entry" title={path === '' ? undefined : path}>
        <TypedEntry
          label={label}
          text={path}
          restText={fileName}
          parse={parse}
          kind="text"
          empty={props.empty ?? 'none'}
          disabled={disabled}
          onCommit={props.onCommit}
        />
      </span>
      {path !== '' && !disabled && (
        <button type="button" className="icon-button" aria-label={`No file for ${label}`} onClick={() => props.onCommit('')}>
          <X size={12} aria-hidden />
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={`Choose a file for ${label}`}
        disabled={disabled}
        onClick={props.onChoose}
      >
        <FolderOpen size={13} aria-hidden />
      </button>
    </>
  );
}
