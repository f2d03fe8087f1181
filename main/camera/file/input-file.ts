import { readFile } from 'node:fs/promises';
import { InputError, messageOf } from '../../base/errors.ts';
import { regularFile } from '../../base/regular-file.ts';

/** Larger than any single frame; what lies above is a film or an archive. */
const maximumBytes = 2 ** 30;

/** The whole content of a regular file; an InputError that says what the path is instead where it is none. Reads only. */
export async function readInputFile(path: string): Promise<Uint8Array> {
  try {
    const { size } = await regularFile(path, 'a RAW file');
    if (size === 0) throw new InputError('file.empty', `Expected a RAW file but ${path} is empty`, 'Choose another file.');
    if (size > maximumBytes) {
      throw new InputError('file.too-large', `Expected a single frame of at most ${maximumBytes} bytes but ${path} has ${size}`);
    }
    return await readFile(path);
  } catch (thrown) {
    throw thrown instanceof InputError ? thrown : unreadable(path, thrown);
  }
}

/** The content of a small text file, or undefined where the path does not exist. */
export async function readOptionalText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, thrown);
  }
}

/** What a failed file system call means to the person who gave the path. */
export function unreadable(path: string, thrown: unknown): InputError {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    return new InputError('file.missing', `Expected a file or folder but ${path} does not exist`, 'Check the path.', thrown);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new InputError(
      'file.forbidden',
      `Expected permission to read ${path} but it is denied`,
      'Change its permissions.',
      thrown,
    );
  }
  return new InputError(
    'file.unreadable',
    `Expected to read ${path} but received ${messageOf(thrown)}`,
    'Check the path and the disk.',
    thrown,
  );
}
