import { rename, rm, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, messageOf, ResourceError } from './errors.ts';

/** Sentences for the system errors that a user can mend. */
const mendable: Readonly<Record<string, (path: string) => [string, string]>> = {
  ENOENT: (path) => [`Expected an existing folder but received ${dirname(path)}`, 'Create it or choose another one.'],
  ENOTDIR: (path) => [`Expected a folder but received ${dirname(path)}`, 'Choose another one.'],
  EEXIST: (path) => [`Expected a new file but ${path} exists already`, 'Choose another name or folder.'],
  EISDIR: (path) => [`Expected a file to write but received the folder ${path}`, 'Give a file name.'],
  EACCES: (path) => [`Expected a writable folder but received ${dirname(path)}`, 'Choose another one or change its permissions.'],
  EROFS: (path) => [
    `Expected a writable file system but received ${dirname(path)}, which is read-only`,
    'Choose another folder.',
  ],
};

/**
 * Writes a file that is either whole or not there: under a temporary name beside it, then renamed. An existing file of
 * that name is replaced only by a whole one. Throws InputError or ResourceError with what to do.
 */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.partial`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw describeWriteError(thrown, path);
  }
}

/**
 * Writes a file that is not there yet, in one go and for bulk data: after a failure none is left behind. Throws InputError where
 * the name is taken, which stays as it is, else as {@link writeWhole} does.
 */
export async function writeNew(path: string, bytes: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, bytes, { flag: 'wx' });
  } catch (thrown) {
    const isTaken = (thrown as { code?: unknown }).code === 'EEXIST';
    if (!isTaken) await unlink(path).catch(() => undefined);
    throw describeWriteError(thrown, path);
  }
}

/** What a failed write to `path` means to a person: an InputError for what the user can mend, else a ResourceError. */
export function describeWriteError(thrown: unknown, path: string): Error {
  const code = String((thrown as { code?: unknown }).code);
  const sentence = mendable[code]?.(path);
  if (sentence) return new InputError('file.not-writable', sentence[0], sentence[1], thrown);
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const action = full ? 'Free some space or choose another disk.' : undefined;
  return new ResourceError(
    'file.write-failed',
    `Expected to write ${path} but received: ${full ? 'the disk is full' : messageOf(thrown)}`,
    action,
    thrown,
  );
}
