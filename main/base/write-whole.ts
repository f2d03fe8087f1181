import { existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, messageOf, ResourceError } from './errors.ts';

/** Sentences for the system errors that a user can mend. */
const mendable: Readonly<Record<string, (path: string) => [string, string]>> = {
  ENOENT: (path) =>
    existsSync(dirname(path))
      ? [`Expected a folder that takes new files but received ${dirname(path)}`, 'Choose another one.']
      : [`Expected an existing folder but received ${dirname(path)}`, 'Create it or choose another one.'],
  ENOTDIR: (path) => [`Expected a folder but received ${dirname(path)}`, 'Choose another one.'],
  EEXIST: (path) => [`Expected a new file but ${path} exists already`, 'Choose another name or folder.'],
  EISDIR: (path) => [`Expected a file to write but received the folder ${path}`, 'Give a file name.'],
  EACCES: (path) => [`Expected a writable folder but received ${dirname(path)}`, 'Choose another one or change its permissions.'],
  EROFS: (path) => [
    `Expected a writable file system but received ${dirname(path)}, which is read-only`,
    'Choose another folder.',
  ],
  ELOOP: (path) => [`Expected a file to write but ${path} is a link that leads to itself`, 'Choose another name.'],
  ENAMETOOLONG: (path) => [`Expected a shorter file name but received ${path}`, 'Choose another name.'],
};

/**
 * Writes a file that is either whole or not there, also after a power cut: under a temporary name beside it, then renamed. An
 * existing file of that name is replaced only by a whole one. Throws InputError or ResourceError with what to do.
 */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.partial`;
  try {
    await writeDurably(temporary, bytes);
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw describeWriteError(thrown, path);
  }
}

/** The bytes reach the disk before the name does: a rename may be stored sooner than the content of what it names. */
async function writeDurably(path: string, bytes: Uint8Array | string): Promise<void> {
  await using file = await open(path, 'w');
  await file.writeFile(bytes);
  await file.sync();
}

/**
 * Writes a file that is not there yet, in one go and for bulk data: after a failure none is left behind. Throws InputError where
 * the name is taken, which stays as it is, else as {@link writeWhole} does.
 */
export async function writeNew(path: string, bytes: Uint8Array | string): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (thrown) {
    // Whatever bears the name was there before, and is not ours to remove.
    throw describeWriteError(thrown, path);
  }
  try {
    await file.writeFile(bytes);
    await file.close();
  } catch (thrown) {
    await file.close().catch(() => undefined);
    await unlink(path).catch(() => undefined);
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

/** As {@link describeWriteError}, for a folder that could not be made. */
export function describeFolderError(thrown: unknown, folder: string): Error {
  const code = String((thrown as { code?: unknown }).code);
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    const message =
      code === 'EEXIST' ? `Expected a folder but ${folder} is a file` : `Expected a folder but ${folder} leads through a file`;
    return new InputError('file.not-writable', message, 'Choose another name.', thrown);
  }
  if (code === 'ENOENT') {
    const message = `Expected a place for the folder ${folder} but the system makes none there`;
    return new InputError('file.not-writable', message, 'Choose another one.', thrown);
  }
  return describeWriteError(thrown, folder);
}
