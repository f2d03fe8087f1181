import { z } from 'zod';
import { prompt } from '../../../preload/contract/chain.ts';
import { parameterValues } from '../../../preload/contract/parameters.ts';
import { InputError, messageOf } from '../../base/errors.ts';
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
  try {
    return stored.parse(JSON.parse(text));
  } catch (cause) {
    const [issue] = cause instanceof z.ZodError ? cause.issues : [];
    const reason = issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : messageOf(cause);
    const action = 'Give a file as the lab keeps it: chain.json of its data folder.';
    throw new InputError('chain.file', `Expected a chain in ${path} but received ${reason}`, action, cause);
  }
}

/** The file of the chain; an empty chain where there is none. */
export function chainKeptAt(path: string): KeptFile<StoredChain> {
  return new KeptFile<StoredChain>({ path, schema: stored, initial: { schemaVersion: 1, entries: [] } });
}
