import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A folder for one test file, removed at its end; `write` puts a file into it and returns its path. */
export function temporaryFiles(): { folder(): string; write(name: string, content: Uint8Array | string): Promise<string> } {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'camera-lab-files-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });
  return {
    folder: () => folder,
    write: async (name, content) => {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
  };
}
