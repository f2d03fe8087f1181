import { assert } from '../../base/errors.ts';
import { decideRaw, type RawAlgoInputs, type RawAlgoIntents } from '../raw-algo.ts';

/** Names of RawAlgo's decisions in telemetry begin so. */
const prefix = 'raw:';

/** One decision as telemetry keeps it: plain JSON data. */
export interface RawRecord {
  /** `raw:` and what it is about. */
  readonly algorithm: string;
  readonly inputs: object;
  /** Empty where nothing could be decided. */
  readonly intents: object;
}

/** What stands for the lists of numbers that inputs and decisions hold, by their names. */
const lists = { histogram: Uint32Array, suspects: Uint32Array, sightings: Uint16Array, known: Uint32Array } as const;

/** Inputs or a decision as plain JSON data, typed arrays as arrays. */
export function plainOf(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, ArrayBuffer.isView(part) ? [...(part as Uint32Array)] : part]),
  );
}

/** Inputs as they were before {@link plainOf}. */
export function revived<K extends keyof RawAlgoInputs>(plain: object): RawAlgoInputs[K] {
  const entries = Object.entries(plain).map(([name, part]) => {
    const List = lists[name as keyof typeof lists];
    return [name, List ? List.from(part as number[]) : part] as const;
  });
  return Object.fromEntries(entries) as unknown as RawAlgoInputs[K];
}

/** Every decision with its inputs. */
export function recordsOf(intents: RawAlgoIntents): RawRecord[] {
  return Object.entries(intents).map(([name, { decision, inputs }]) => ({
    algorithm: `${prefix}${name}`,
    inputs: plainOf(inputs),
    intents: plainOf(decision ?? {}),
  }));
}

/** Makes a recorded decision again, from its algorithm and inputs alone. */
export function decideRawAgain({ algorithm, inputs }: Pick<RawRecord, 'algorithm' | 'inputs'>): object {
  assert(algorithm.startsWith(prefix), `Expected a decision of RawAlgo but received ${algorithm}`);
  const name = algorithm.slice(prefix.length) as keyof RawAlgoInputs;
  const intent = decideRaw({ [name]: revived(inputs) })[name];
  assert(intent, `Expected a decision of RawAlgo but received ${algorithm}`);
  return plainOf(intent.decision ?? {});
}
