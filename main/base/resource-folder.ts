import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from './errors.ts';

/** A folder of the project's `resources`, by its path below it: the same from source and from a bundle. */
export function resourceFolder(pathBelowResources: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'resources', pathBelowResources))) {
    assert(folder !== dirname(folder), `Expected resources/${pathBelowResources} beside the program but there is none`);
    folder = dirname(folder);
  }
  return join(folder, 'resources', pathBelowResources);
}
