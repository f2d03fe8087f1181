import type {
  CallResponse,
  ChosenValues,
  JsonSource,
  ParameterDescription,
  ParameterValue,
  ParameterValues,
  ScopePanel,
} from '../../preload/contract.ts';
import type { LabClient } from '../client/lab-client.ts';
import type { ParameterEditor } from './parameter-editor.ts';
import { withParameters } from './reduce-event.ts';
import type { Report } from './report.ts';
import { scopePanelOf } from './scope-selectors.ts';
import { shownValue } from './selectors.ts';
import type { LabStore } from './store.ts';

/** What the editor stands on. */
export interface ScopeEditorOptions {
  readonly client: LabClient;
  readonly store: LabStore;
  readonly report: Report;
  /** Makes a step to undo of the values that change, and forgets those of a pipeline that is gone. */
  readonly parameters: ParameterEditor;
  readonly inform: (message: string, path?: string) => void;
  readonly copyText: (text: string) => Promise<void>;
}

type Exchange = CallResponse<'scope.exchange'>;

/** What the user does with pipelines of Daydream Scope that were imported by their schemas. Refusals are notices, except where said otherwise. */
export class ScopeEditor {
  readonly #options: ScopeEditorOptions;

  constructor(options: ScopeEditorOptions) {
    this.#options = options;
    // Whoever closed it: this page, another one, or the end of the lab.
    options.store.subscribe(({ scopePanels }, before) => {
      if (scopePanels === before.scopePanels) return;
      const gone = before.scopePanels.filter((panel) => scopePanelOf({ scopePanels }, panel.processor.id) === undefined);
      for (const { processor } of gone) options.parameters.forget(processor.id);
    });
  }

  /** Rejects with the lab's error: the dialog shows it in place. */
  async import(from: JsonSource): Promise<ScopePanel> {
    const { client, store } = this.#options;
    const panel = await client.call('scope.import', { from });
    const [panels, values] = await Promise.all([
      client.call('scope.list', {}),
      client.call('parameter.get', { processorId: panel.processor.id }),
    ]);
    store.setState((state) => ({ scopePanels: panels, ...withParameters(state, values) }));
    return panel;
  }

  /** As {@link ScopeEditor.import}, where no dialog is open: a refusal, or a text that rejects, is a notice, and there is no panel then. */
  async importDropped(text: Promise<string>): Promise<ScopePanel | undefined> {
    let panel: ScopePanel | undefined;
    await this.#options.report(async () => {
      panel = await this.import({ text: await text });
    });
    return panel;
  }

  async close(processorId: string): Promise<void> {
    const { client, store, report } = this.#options;
    await report(async () => store.setState({ scopePanels: await client.call('scope.close', { processorId }) }));
  }

  /** Puts the values on the clipboard as JSON. */
  async copyValues({ processor }: ScopePanel): Promise<void> {
    const { client, report, copyText, inform } = this.#options;
    await report(async () => {
      const { text } = await client.call('scope.values', { processorId: processor.id });
      await copyText(text);
      inform(`Copied: values of ${processor.name}`);
    });
  }

  /** Writes the values into a file of the lab's exports. */
  async saveValues({ processor }: ScopePanel): Promise<void> {
    const { client, report, inform } = this.#options;
    await report(async () => {
      const { path } = await client.call('scope.saveValues', { processorId: processor.id });
      inform(`Saved values of ${processor.name}: ${path}`, path);
    });
  }

  /** Sets values from JSON, as one step to undo. Rejects with the lab's error: the dialog shows it in place. */
  async loadValues({ processor }: ScopePanel, from: JsonSource): Promise<void> {
    const { client, store } = this.#options;
    await this.#asStep(processor.id, async () => {
      const next = await client.call('scope.setValues', { processorId: processor.id, from });
      store.setState((state) => withParameters(state, next));
    });
  }

  /** Every value back at its default, or not set as it was at first, as one step to undo. */
  resetAll({ processor, fixed }: ScopePanel): void {
    const state = this.#options.store.getState();
    const shown = (name: string) => shownValue(state, processor.id, name) ?? null;
    const changed = processor.parameters.filter((one) => !fixed.includes(one.name) && shown(one.name) !== firstValue(one));
    this.#options.parameters.set(processor.id, Object.fromEntries(changed.map((one) => [one.name, firstValue(one)])));
  }

  /** Hands the values to a processor of the lab, or takes its own; `other` is the stage's id or the entry's key. One step to undo. */
  async exchange(
    panel: ScopePanel,
    other: { readonly id: string; readonly name: string },
    direction: 'apply' | 'take',
  ): Promise<void> {
    const { client, report, inform, store } = this.#options;
    const { processor } = panel;
    const changedId = direction === 'apply' ? other.id : processor.id;
    await report(async () => {
      await this.#asStep(changedId, async () => {
        const exchanged = await client.call('scope.exchange', { processorId: processor.id, with: other.id, direction });
        const next = await client.call('parameter.get', { processorId: changedId });
        store.setState((state) => withParameters(state, next));
        inform(exchangeText(exchanged, direction === 'apply' ? other.name : processor.name));
      });
    });
  }

  async #asStep(processorId: string, change: () => Promise<void>): Promise<void> {
    const before = this.#valuesOf(processorId);
    await change();
    const after = this.#valuesOf(processorId);
    if (before === undefined || after === undefined) return;
    const isRuntime = this.#runtimeNames(processorId);
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    const valueIn = (values: ParameterValues, name: string): ParameterValue | null =>
      Object.hasOwn(values, name) ? (values[name] as ParameterValue) : null;
    const changed = [...names].filter((name) => isRuntime(name) && valueIn(before, name) !== valueIn(after, name));
    if (changed.length === 0) return;
    const only = (values: ParameterValues): ChosenValues =>
      Object.fromEntries(changed.map((name) => [name, valueIn(values, name)]));
    this.#options.parameters.recordStep(processorId, only(before), only(after));
  }

  /** Load-time values of a processor that runs are built anew and no step; a panel has nothing to build. */
  #runtimeNames(processorId: string): (name: string) => boolean {
    const processor = this.#options.store.getState().processors.find(({ id }) => id === processorId);
    return (name) => processor?.parameters.some((one) => one.name === name && one.kind === 'runtime') ?? true;
  }

  #valuesOf(processorId: string): ParameterValues | undefined {
    return this.#options.store.getState().parameters[processorId]?.values;
  }
}

/** What a parameter is reset to; null where it is not set at first. */
function firstValue({ defaultValue, unset }: ParameterDescription): ParameterValue | null {
  return unset === 'at-first' ? null : defaultValue;
}

function exchangeText({ count, left }: Exchange, name: string): string {
  const set = count === 0 ? `${name} has these values already.` : `Set ${count} ${count === 1 ? 'value' : 'values'} of ${name}.`;
  const kept = left.map((one) => `${one.name}: ${one.reason}`).join('; ');
  return kept === '' ? set : `${set} Left as they are: ${kept}.`;
}
