import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './folder.ts';
import { describeFolderError } from './write-whole.ts';

/**
 * A path in a folder, which is made where it is missing, that nothing has yet: `name` with the ending, or with the next free number
 * between them. Throws InputError for a folder that cannot be made.
 */
export function freePath(folder: string, name: string, ending: string): string {
  try {
    makeFolder(folder);
  } catch (thrown) {
    throw describeFolderError(thrown, folder);
  }
  for (let number = 1; ; number++) {
    const path = join(folder, `${name}${number === 1 ? '' : `-${number}`}${ending}`);
    if (!existsSync(path)) return path;
  }
}
