import { z } from 'zod';
import { preset } from '../../../preload/contract/chain.ts';
import type { ParameterValues, Preset } from '../../../preload/contract.ts';
import { InputError } from '../../base/errors.ts';
import { KeptFile } from './kept-file.ts';

const stored = z.strictObject({ schemaVersion: z.literal(1), presets: z.array(preset) });

type StoredPresets = z.infer<typeof stored>;

/** Presets of processors' parameters, in one file of the data folder. */
export class Presets {
  readonly file: KeptFile<StoredPresets>;

  constructor(path: string) {
    this.file = new KeptFile<StoredPresets>({ path, schema: stored, initial: { schemaVersion: 1, presets: [] } });
  }

  /** Those of a processor, by name. */
  of(processorId: string): Preset[] {
    const own = this.file.content.presets.filter((one) => one.processorId === processorId);
    return own.sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Keeps values under a name, in place of a preset that had it. */
  keep(processorId: string, name: string, values: ParameterValues): void {
    const savedAt = new Date().toISOString();
    this.#replace([...this.#without(processorId, name), { processorId, name, values: { ...values }, savedAt }]);
  }

  /** Throws InputError for a name that there is not. */
  delete(processorId: string, name: string): void {
    this.valuesOf(processorId, name);
    this.#replace(this.#without(processorId, name));
  }

  /** The values of a preset. Throws InputError with the names that there are. */
  valuesOf(processorId: string, name: string): ParameterValues {
    const found = this.of(processorId).find((one) => one.name === name);
    if (found) return found.values;
    const known = this.of(processorId)
      .map((one) => one.name)
      .join(', ');
    throw new InputError('preset.unknown', `Expected a preset of ${processorId} (${known || 'none'}) but received ${name}`);
  }

  #without(processorId: string, name: string): Preset[] {
    return this.file.content.presets.filter((one) => one.processorId !== processorId || one.name !== name);
  }

  #replace(presets: Preset[]): void {
    this.file.set({ schemaVersion: 1, presets });
  }
}
