import { InputError } from '../../base/errors.ts';
import { type ChainMember, type ChainModel, chainModel } from '../../export/processor-model.ts';
import type { ExportSubject } from '../../export/scope/processor-source.ts';
import { keysOf } from '../../processor/chain/chain-document.ts';
import { ParameterStore } from '../../processor/parameter-store.ts';
import { frameSizeIn, withSubjects } from './export-subjects.ts';
import { setFromArguments } from './parameter-arguments.ts';

/**
 * Processors as one model, from the arguments of `lab export-onnx`: `list` is ids with commas between, `entries` are `name=value`, with
 * `key.` before the name where several processors have it: the key is the id, `id-2` of the second processor with that id. Rejects with an
 * InputError for ids, names and values that there are none of.
 */
export async function modelOfProcessors(list: string, entries: readonly string[], size: string | undefined): Promise<ChainModel> {
  const ids = list.split(',').map((id) => id.trim());
  if (ids.includes(''))
    throw new InputError('cli.processor', `Expected ids with commas between but received ${list.trim() || 'nothing'}`);
  const frame = size === undefined ? undefined : frameSizeIn(size);
  return withSubjects(ids, (subjects) => chainModel(membersOf(ids, subjects, entries), frame));
}

function membersOf(ids: readonly string[], subjects: readonly ExportSubject[], entries: readonly string[]): ChainMember[] {
  const keys = keysOf(ids);
  const stores = subjects.map(({ params }, index) => new ParameterStore(keys[index] as string, params));
  for (const entry of entries) {
    const [, key, name = '', rest = ''] = /^(?:([a-z0-9-]+)\.)?([^=]+)(=.*)?$/.exec(entry) ?? [];
    const fitting = stores.filter((store, index) =>
      key === undefined ? Object.hasOwn(subjects[index]?.params ?? {}, name) : store.processorId === key,
    );
    const [store] = fitting;
    if (fitting.length !== 1 || !store) throw unclear(entry, key, fitting.length === 0 ? stores : fitting);
    setFromArguments(store, [`${name}${rest}`], { option: '--param' });
  }
  return subjects.map((subject, index) => ({ ...subject, values: stores[index]?.current.values ?? {} }));
}

/** A key or a name that none has, or a name that several have: `candidates` are those that it may have been meant for. */
function unclear(entry: string, key: string | undefined, candidates: readonly ParameterStore[]): InputError {
  const isShared = key === undefined && candidates.every((store) => isOf(store, entry));
  const ofNone = key === undefined ? 'which none has' : `and ${key} is the key of none`;
  const received = `${entry}, ${isShared ? `which ${candidates.length} have` : ofNone}`;
  const message = `Expected a parameter of one of the processors for --param but received ${received}`;
  const keys = candidates.map(({ processorId }) => processorId).join(' or ');
  return new InputError('cli.param', message, `Write key.name=value, where the key is ${keys}.`);
}

function isOf(store: ParameterStore, entry: string): boolean {
  const [name] = entry.split('=', 1);
  return store.descriptions().some((one) => one.name === name);
}
