import { defaultDataFolder, packageSettingsFile, processorsFolder } from '../../base/data-folder.ts';
import { InputError } from '../../base/errors.ts';
import type { ExportSubject } from '../../export/scope/processor-source.ts';
import type { FrameSize } from '../../export/sized-graph.ts';
import { stages } from '../../isp/stages.ts';
import { builtinProcessors } from '../../processor/builtin/builtin-processors.ts';
import { PackageLibrary } from '../../processor/packages/package-library.ts';
import { PackageSettings } from '../../processor/packages/package-settings.ts';
import { inlineHandle } from '../../processor/processor-handle.ts';

/** Ids that no package can have: those of the stages and of the lab's own processors. */
export const ownIds: readonly string[] = [
  ...Object.values(stages).map(({ declaration }) => declaration.id),
  ...builtinProcessors.map(({ id }) => id),
];

/**
 * Hands processors of the lab or of packages over by their ids; packages are opened only where one is asked for, and closed when
 * `use` has ended. Rejects with an InputError for an id that none has or that cannot be used, and with what `use` rejects with.
 */
export async function withSubjects<T>(
  ids: readonly string[],
  use: (subjects: readonly ExportSubject[]) => Promise<T>,
): Promise<T> {
  const own = (id: string): ExportSubject | undefined => {
    const processor = builtinProcessors.find((candidate) => candidate.id === id);
    return processor && { handle: inlineHandle(processor), params: processor.params };
  };
  if (ids.every((id) => own(id))) return use(ids.flatMap((id) => own(id) ?? []));
  const settings = await PackageSettings.open(packageSettingsFile(defaultDataFolder()));
  const userFolder = processorsFolder(defaultDataFolder());
  const library = new PackageLibrary({ userFolder, settings, takenIds: ownIds, watch: () => undefined });
  try {
    await library.refresh();
    return await use(ids.map((id) => own(id) ?? packaged(library, id)));
  } finally {
    await library.close();
  }
}

function packaged({ entries }: PackageLibrary, id: string): ExportSubject {
  const entry = entries.find((candidate) => candidate.id === id);
  if (entry?.state === 'ready' && entry.ready) return entry.ready;
  const known = [...builtinProcessors.map((one) => one.id), ...entries.flatMap((one) => one.id ?? [])];
  const received = entry ? `${id}, which is ${entry.state}` : id;
  const action = entry ? 'See `lab processors` for the reason.' : 'See `lab processors`.';
  throw new InputError('cli.processor', `Expected a processor (${known.join(', ')}) but received ${received}`, action);
}

/** A size of frames from its text. Throws InputError for anything else. */
export function frameSizeIn(text: string): FrameSize {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  const size = { width: Number(width), height: Number(height) };
  if (Object.values(size).every((extent) => extent >= 8 && extent <= 65_534)) return size;
  throw new InputError('cli.size', `Expected WIDTHxHEIGHT from 8x8 to 65534x65534 for --size but received ${text}`);
}
