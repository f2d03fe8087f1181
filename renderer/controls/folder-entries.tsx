import { CornerLeftUp, File, FileImage, Folder } from 'lucide-react';
import type { FolderListing } from '../../preload/contract.ts';
import { formatBytes } from './format.ts';

/** A folder's content as a list of buttons, the way up first. `nothing` stands where it is empty. */
export function FolderEntries(props: {
  listing: FolderListing | undefined;
  nothing: string;
  onFolder: (path: string) => void;
  onFile: (path: string) => void;
}) {
  const { listing } = props;
  if (!listing) return <div className="folders" />;
  const { parent } = listing;
  return (
    <div className="folders">
      <p className="folders-path">{listing.path}</p>
      <ul className="folders-list" aria-label={`Content of ${listing.path}`}>
        {parent !== undefined && (
          <li>
            <button type="button" className="folder-entry" onClick={() => props.onFolder(parent)}>
              <CornerLeftUp size={13} aria-hidden /> Parent folder
            </button>
          </li>
        )}
        {listing.entries.map((entry) => (
          <li key={entry.path}>
            <button
              type="button"
              className="folder-entry"
              onClick={() => (entry.kind === 'folder' ? props.onFolder(entry.path) : props.onFile(entry.path))}
            >
              <EntryIcon kind={entry.kind} />
              <span className="folder-name">{entry.name}</span>
              {entry.kind !== 'folder' && <span className="folder-size">{formatBytes(entry.bytes)}</span>}
            </button>
          </li>
        ))}
        {listing.entries.length === 0 && <li className="panel-empty">{props.nothing}</li>}
      </ul>
    </div>
  );
}

function EntryIcon({ kind }: { kind: FolderListing['entries'][number]['kind'] }) {
  if (kind === 'folder') return <Folder size={13} aria-hidden />;
  return kind === 'file' ? <File size={13} aria-hidden /> : <FileImage size={13} aria-hidden />;
}
