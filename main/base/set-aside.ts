import { rename } from 'node:fs/promises';
import { putUnderFreeName } from './free-path.ts';

/**
 * Gives a file that cannot be understood another name beside it, `PATH.damaged`, then `PATH.damaged-2` and so on, so that neither it nor
 * one that was set aside before is ever overwritten. Returns the new path; rejects with the system's error where the file stays.
 */
export function setAside(path: string): Promise<string> {
  // A file would be renamed over another, but nobody beside the lab makes such names.
  return putUnderFreeName(`${path}.damaged`, '', (aside) => rename(path, aside));
}
