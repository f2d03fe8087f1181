import { stat } from 'node:fs/promises';
import { InputError } from './errors.ts';

/**
 * The size in bytes of a file that can be read to its end: a pipe may never have one, and of a device the size is 0. Throws InputError
 * that says what the path is instead, the system's error where it cannot be looked at.
 * @param wanted what a person would call it, with its article, such as "a RAW file".
 */
export async function regularFile(path: string, wanted: string): Promise<{ readonly size: number }> {
  const status = await stat(path);
  if (status.isDirectory()) {
    throw new InputError('file.is-folder', `Expected ${wanted} but ${path} is a folder`, 'Choose a file in it.');
  }
  if (!status.isFile()) throw new InputError('file.not-regular', `Expected ${wanted} but ${path} is a device, pipe or socket`);
  return status;
}
