import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { makeFolder } from '../../base/folder.ts';
import { describeFolderError, describeWriteError, writeNew } from '../../base/write-whole.ts';
import type { PackageFile } from './scope-source.ts';

/**
 * Writes files into a folder that is whole or not there: under a temporary name beside it, then renamed. Throws InputError where the
 * folder has something in it already, and as writing any file does; nothing is left behind then.
 */
export async function writePackage(files: readonly PackageFile[], folder: string): Promise<void> {
  const target = resolve(folder);
  await expectEmpty(target, folder);
  const temporary = `${target}.${process.pid}.partial`;
  try {
    makeFolder(temporary);
  } catch (thrown) {
    throw describeFolderError(thrown, folder);
  }
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

async function expectEmpty(target: string, shown: string): Promise<void> {
  if (!existsSync(target)) return;
  const held = await readdir(target).catch((thrown: unknown) => {
    throw describeFolderError(thrown, shown);
  });
  if (held.length === 0) return;
  throw new InputError(
    'export.exists',
    `Expected a new or empty folder but ${shown} has something in it`,
    'Choose another name.',
  );
}
