import type { ParameterValues, Preset } from '../../preload/contract.ts';
import type { LabClient } from '../client/lab-client.ts';
import type { EditorOptions } from './editor-options.ts';
import type { ParameterEditor } from './parameter-editor.ts';
import { shownValue } from './selectors.ts';

/** What the editor stands on. */
export interface PresetEditorOptions extends EditorOptions {
  /** Makes a step of the values that a preset sets. */
  readonly parameters: ParameterEditor;
}

/** The user's presets of processors. `processorId` is a stage's id or the key of an entry; those of one processor are shared. */
export class PresetEditor {
  readonly #options: PresetEditorOptions;

  constructor(options: PresetEditorOptions) {
    this.#options = options;
  }

  /** Asks for a processor's presets: another page may have changed them. */
  async refresh(processorId: string): Promise<void> {
    await this.#take(processorId, (client) => client.call('preset.list', { processorId }));
  }

  /** Keeps the values that hold now; one of the same name is replaced. Resolves to whether the lab took it. */
  save(processorId: string, name: string): Promise<boolean> {
    return this.#take(processorId, (client) => client.call('preset.save', { processorId, name }));
  }

  /** Sets a preset's values: the runtime ones are one step to undo. */
  async apply(processorId: string, preset: Preset): Promise<void> {
    const before = this.#runtimeValues(processorId, (name) => name in preset.values);
    const applied = await this.#take(processorId, (client) => client.call('preset.apply', { processorId, name: preset.name }));
    if (!applied) return;
    const after = Object.fromEntries(Object.entries(preset.values).filter(([name]) => name in before));
    this.#options.parameters.recordStep(processorId, before, after);
  }

  async rename(processorId: string, name: string, newName: string): Promise<boolean> {
    return this.#take(processorId, (client) => client.call('preset.rename', { processorId, name, newName }));
  }

  async delete(processorId: string, name: string): Promise<void> {
    await this.#take(processorId, (client) => client.call('preset.delete', { processorId, name }));
  }

  #take(processorId: string, ask: (client: LabClient) => Promise<Preset[]>): Promise<boolean> {
    const { client, store, report } = this.#options;
    return report(async () => {
      const presets = await ask(client);
      store.setState((state) => ({ presets: { ...state.presets, [processorId]: presets } }));
    });
  }

  #runtimeValues(processorId: string, isMeant: (name: string) => boolean): ParameterValues {
    const state = this.#options.store.getState();
    const parameters = state.processors.find(({ id }) => id === processorId)?.parameters ?? [];
    const meant = parameters.filter(({ name, kind }) => kind === 'runtime' && isMeant(name));
    const values = meant.map(({ name }) => [name, shownValue(state, processorId, name)] as const);
    return Object.fromEntries(values.filter((pair): pair is [string, ParameterValues[string]] => pair[1] !== undefined));
  }
}
