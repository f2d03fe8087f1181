import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and what is missing above it, from the top down. Node's own recursive way never returns where the system
 * answers ENOENT for a folder whose parent exists, as it does below /proc. Throws the system's error.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder) && dirname(folder) !== folder; folder = dirname(folder)) {
    missing.unshift(folder);
  }
  // Existing already: a file in the place of a folder is refused as such.
  if (missing.length === 0) missing.push(resolve(path));
  for (const folder of missing) makeOne(folder);
}

/** Another program may make the same folder at the same time. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (thrown) {
    const isThere = (thrown as NodeJS.ErrnoException).code === 'EEXIST' && existsSync(`${folder}/.`);
    if (!isThere) throw thrown;
  }
}
