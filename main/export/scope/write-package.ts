import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { describeFolderError, describeWriteError, writeNew } from '../../base/write-whole.ts';
import type { PackageFile } from './scope-source.ts';

/**
 * Writes files into a folder that is whole or not there: in a temporary one beside it, whose name nobody else has, then renamed. Throws
 * InputError as {@link expectNewFolder} does, also where another writer was sooner, else as writing any file does; nothing is left behind
 * then.
 */
export async function writePackage(files: readonly PackageFile[], folder: string): Promise<void> {
  await expectNewFolder(folder);
  const target = resolve(folder);
  const temporary = await mkdtemp(`${target}.partial-`).catch((thrown: unknown) => {
    throw describeFolderError(thrown, folder);
  });
  try {
    // The temporary folder is its maker's alone; the one in it has the permissions of any new folder.
    const unfinished = join(temporary, 'package');
    await mkdir(unfinished);
    for (const file of files) {
      const path = join(unfinished, file.path);
      await mkdir(dirname(path), { recursive: true });
      await writeNew(path, 'text' in file ? file.text : file.bytes);
    }
    await rename(unfinished, target).catch((thrown: unknown) => {
      throw isTaken(thrown) ? occupied(folder, thrown) : thrown;
    });
  } catch (thrown) {
    throw thrown instanceof InputError ? thrown : describeWriteError(thrown, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Whether a folder cannot be renamed because another one, with something in it, has the name. */
function isTaken(thrown: unknown): boolean {
  return ['EEXIST', 'ENOTEMPTY'].includes(String((thrown as NodeJS.ErrnoException).code));
}

/**
 * Throws InputError for a folder that has something in it already, and for one in a folder that is not there: a slip in a path would
 * make folders that nobody looks for.
 */
export async function expectNewFolder(folder: string): Promise<void> {
  const target = resolve(folder);
  if (!existsSync(target)) {
    if (existsSync(dirname(target))) return;
    const message = `Expected an existing folder but received ${dirname(target)}`;
    throw new InputError('file.not-writable', message, 'Create it or choose another one.');
  }
  const held = await readdir(target).catch((thrown: unknown) => {
    throw describeFolderError(thrown, folder);
  });
  if (held.length === 0) return;
  throw occupied(folder);
}

function occupied(folder: string, cause?: unknown): InputError {
  const message = `Expected a new or empty folder but ${folder} has something in it`;
  return new InputError('export.exists', message, 'Choose another name.', cause);
}
