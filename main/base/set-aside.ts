import { rename } from 'node:fs/promises';
import { messageOf } from './errors.ts';
import { putUnderFreeName } from './free-path.ts';

/**
 * Gives a file that cannot be understood another name beside it, `PATH.damaged`, then `PATH.damaged-2` and so on, so that neither it nor
 * one that was set aside before is ever overwritten. Returns the new path; rejects with the system's error where the file stays.
 */
export function setAside(path: string): Promise<string> {
  // A file would be renamed over another, but nobody beside the lab makes such names.
  return putUnderFreeName(`${path}.damaged`, '', (aside) => rename(path, aside));
}

/** What a person should know of a file of the data folder that can be neither read nor set aside: it is not written over either. */
export function leftAsItIs(path: string, fault: unknown): { readonly message: string; readonly action: string } {
  return {
    message: `Expected to read ${path} but received: ${messageOf(fault)}; it stays as it is, and changes are not kept`,
    action: 'Mend its permissions or move it away, then start the lab anew.',
  };
}
