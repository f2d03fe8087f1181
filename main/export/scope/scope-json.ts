import { readFile } from 'node:fs/promises';
import { type JsonSource, mostJsonLength } from '../../../preload/contract.ts';
import { InputError, messageOf } from '../../base/errors.ts';
import { regularFile } from '../../base/regular-file.ts';

/**
 * What JSON about a pipeline of Scope says, unchecked. Throws InputError for a path that is no file of at most {@link mostJsonLength}
 * bytes, and for text that is no JSON.
 */
export async function scopeJson(source: JsonSource): Promise<unknown> {
  const what = 'path' in source ? source.path : 'the text';
  const text = 'path' in source ? await textOf(source.path) : source.text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const action = 'Save what get_schema_with_metadata() gives with json.dumps().';
    throw new InputError('scope.json', `Expected JSON but received ${what}: ${messageOf(cause)}`, action, cause);
  }
}

async function textOf(path: string): Promise<string> {
  try {
    const { size } = await regularFile(path, 'a file of JSON');
    if (size > mostJsonLength) throw new Error(`it has ${size} bytes, more than ${mostJsonLength}`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError('scope.file', `Expected a file of JSON but received ${path}: ${messageOf(cause)}`, undefined, cause);
  }
}
