import { InputError } from '../../base/errors.ts';
import { type ChainMember, type ChainModel, chainModel } from '../../export/processor-model.ts';
import type { ExportSubject } from '../../export/scope/processor-source.ts';
import { ParameterStore } from '../../processor/parameter-store.ts';
import { frameSizeIn, withSubjects } from './export-subjects.ts';
import { setFromArguments } from './parameter-arguments.ts';

/**
 * Processors as one model, from the arguments of `lab export-onnx`: `list` is ids with commas between, `entries` are `name=value`, with
 * `id.` before the name where several processors have it. Rejects with an InputError for ids, names and values that there are none of.
 */
export async function modelOfProcessors(list: string, entries: readonly string[], size: string | undefined): Promise<ChainModel> {
  const ids = list.split(',').map((id) => id.trim());
  if (ids.includes('')) throw new InputError('cli.processor', `Expected ids with commas between but received ${list}`);
  const frame = size === undefined ? undefined : frameSizeIn(size);
  return withSubjects(ids, (subjects) => chainModel(membersOf(ids, subjects, entries), frame));
}

function membersOf(ids: readonly string[], subjects: readonly ExportSubject[], entries: readonly string[]): ChainMember[] {
  const stores = subjects.map(({ params }, index) => new ParameterStore(ids[index] as string, params));
  for (const entry of entries) {
    const [, id, name = '', rest = ''] = /^(?:([a-z0-9-]+)\.)?([^=]+)(=.*)?$/.exec(entry) ?? [];
    const fitting = stores.filter((store, index) =>
      id === undefined ? name in (subjects[index]?.params ?? {}) : store.processorId === id,
    );
    const [store] = fitting;
    if (fitting.length !== 1 || !store) throw unclear(entry, fitting.length);
    setFromArguments(store, [`${name}${rest}`], { option: '--param' });
  }
  return subjects.map((subject, index) => ({ ...subject, values: stores[index]?.current.values ?? {} }));
}

function unclear(entry: string, count: number): InputError {
  const received = count === 0 ? 'which none has' : `which ${count} have`;
  const message = `Expected a parameter of one of the processors for --param but received ${entry}, ${received}`;
  return new InputError('cli.param', message, 'Write id.name=value, see `lab processors`.');
}
