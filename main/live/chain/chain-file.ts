import { z } from 'zod';
import { prompt } from '../../../preload/contract/chain.ts';
import { parameterValues } from '../../../preload/contract/parameters.ts';
import { InputError, messageOf } from '../../base/errors.ts';
import { schemaFault } from '../../base/schema-fault.ts';
import { chainPlaces } from '../../processor/chain/chain-document.ts';
import { KeptFile } from './kept-file.ts';

const stored = z.strictObject({
  schemaVersion: z.literal(1),
  entries: z.array(
    z.strictObject({
      /** As the lab makes them: a failing graph names its entry by it. */
      key: z.string().regex(/^[a-z0-9-]+$/),
      processorId: z.string(),
      place: z.enum(chainPlaces),
      bypass: z.boolean(),
      solo: z.boolean(),
      prompts: z.array(prompt),
      /** Of its parameters; those that the processor no longer takes are left out. */
      values: parameterValues,
    }),
  ),
});

/** The chain as it is kept over restarts. */
export type StoredChain = z.infer<typeof stored>;

/** The chain in a file that a user names. Throws InputError for text that is none. */
export function parseStoredChain(text: string, path: string): StoredChain {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw noChain(`Expected a chain in ${path} but received ${messageOf(cause)}`, cause);
  }
  const parsed = stored.safeParse(data);
  if (parsed.success) return parsed.data;
  const { field, expected, received } = schemaFault(parsed.error, data);
  throw noChain(`Expected ${expected} for ${field || 'the chain'} in ${path} but received ${received}`, parsed.error);
}

function noChain(message: string, cause: unknown): InputError {
  return new InputError('chain.file', message, 'Give a file as the lab keeps it: chain.json of its data folder.', cause);
}

/** The file of the chain; an empty chain where there is none. */
export function chainKeptAt(path: string): KeptFile<StoredChain> {
  return new KeptFile<StoredChain>({ path, schema: stored, initial: { schemaVersion: 1, entries: [] } });
}
