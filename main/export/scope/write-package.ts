import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { describeFolderError, describeWriteError, writeNew } from '../../base/write-whole.ts';
import type { PackageFile } from './scope-source.ts';

/**
 * Writes files into a folder that is whole or not there: under a temporary name beside it, then renamed. Throws InputError as
 * {@link expectNewFolder} does, else as writing any file does; nothing is left behind then.
 */
export async function writePackage(files: readonly PackageFile[], folder: string): Promise<void> {
  await expectNewFolder(folder);
  const target = resolve(folder);
  const temporary = `${target}.${process.pid}.partial`;
  await mkdir(temporary).catch((thrown: unknown) => {
    throw describeFolderError(thrown, folder);
  });
  try {
    for (const file of files) {
      const path = join(temporary, file.path);
      await mkdir(dirname(path), { recursive: true });
      await writeNew(path, 'text' in file ? file.text : file.bytes);
    }
    await rename(temporary, target);
  } catch (thrown) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw thrown instanceof InputError ? thrown : describeWriteError(thrown, folder);
  }
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
  throw new InputError(
    'export.exists',
    `Expected a new or empty folder but ${folder} has something in it`,
    'Choose another name.',
  );
}
