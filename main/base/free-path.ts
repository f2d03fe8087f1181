import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from './folder.ts';
import { describeFolderError } from './write-whole.ts';

/**
 * Puts something under the first name that nothing has: `name` with the ending, then with -2, -3 and so on between them. Returns the path.
 * Others may take a name between the look and the deed: the next one is tried then.
 * @param put makes a file or folder of exactly this path; rejects where there is one, and leaves nothing of its own then. What it rejects
 * with comes out as it is where the name is still free.
 */
export async function putUnderFreeName(name: string, ending: string, put: (path: string) => Promise<void>): Promise<string> {
  for (let number = 1; ; number++) {
    const path = `${name}${number === 1 ? '' : `-${number}`}${ending}`;
    if (await isTaken(path)) continue;
    try {
      await put(path);
      return path;
    } catch (thrown) {
      if (!(await isTaken(path))) throw thrown;
    }
  }
}

/** As {@link putUnderFreeName}, in a folder that is made where it is missing. Throws InputError for one that cannot be made. */
export async function putInFolder(
  folder: string,
  name: string,
  ending: string,
  put: (path: string) => Promise<void>,
): Promise<string> {
  try {
    makeFolder(folder);
  } catch (thrown) {
    throw describeFolderError(thrown, folder);
  }
  return putUnderFreeName(join(folder, name), ending, put);
}

/** A link that leads nowhere has a name as well. */
function isTaken(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
