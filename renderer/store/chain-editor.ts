import type { ChainEntry, ChainPrompt, ChainState, ParameterValues } from '../../preload/contract.ts';
import type { LabClient } from '../client/lab-client.ts';
import { withChain } from './chain-reducers.ts';
import type { ChainPosition } from './chain-selectors.ts';
import { entryOf, positionOf } from './chain-selectors.ts';
import type { HistoryStep } from './edit-history.ts';
import type { GestureEditorOptions } from './editor-options.ts';
import { LatestValueSender } from './latest-value-sender.ts';
import { withParameters } from './reduce-event.ts';
import type { EditedValues } from './same-value.ts';
import { shownPrompts } from './selectors.ts';

type Origin = 'gesture' | 'keyboard';
type Change = (client: LabClient) => Promise<ChainState>;

/** Every change of the chain by the user. Each is a step to undo; a refused one is told as a notice and changes nothing. */
export class ChainEditor {
  readonly #options: GestureEditorOptions;
  readonly #prompts: LatestValueSender<readonly ChainPrompt[]>;
  /** Prompts of an entry before the gesture under way, by key. */
  readonly #gestures = new Map<string, readonly ChainPrompt[]>();

  constructor(options: GestureEditorOptions) {
    this.#options = options;
    this.#prompts = new LatestValueSender({ schedule: options.schedule, send: (values) => this.#deliverPrompts(values) });
  }

  /** Adds a processor, by default last where it may stand; resolves to the new entry's key, undefined where it was refused. */
  async add(processorId: string, at: Partial<ChainPosition> = {}): Promise<string | undefined> {
    const key = await this.#added(processorId, at);
    const step = key === undefined ? undefined : this.#presenceOf(key);
    if (key !== undefined && step) this.#record(key, { present: false }, { present: true }, step, 'gesture');
    return key;
  }

  async remove(key: string): Promise<void> {
    const step = this.#presenceOf(key);
    if (!step) return;
    const removed = await this.#change((client) => client.call('chain.remove', { key }));
    if (removed) this.#record(key, { present: true }, { present: false }, step, 'gesture');
  }

  /** Moves an entry; one that stands there already stays. */
  async move(key: string, to: ChainPosition, origin: Origin = 'gesture'): Promise<void> {
    const from = positionOf(this.#chain, key);
    if (!from || (from.place === to.place && from.index === to.index)) return;
    const move = ({ place, index }: EditedValues) =>
      this.#change((client) => client.call('chain.move', { key, place: place as ChainPosition['place'], index: Number(index) }));
    if (await move({ ...to })) this.#record(key, { ...from }, { ...to }, move, origin);
  }

  async setBypass(key: string, bypass: boolean): Promise<void> {
    await this.#switch(key, 'bypass', bypass, (on) => (client) => client.call('chain.setBypass', { key, bypass: on }));
  }

  async setSolo(key: string, solo: boolean): Promise<void> {
    await this.#switch(key, 'solo', solo, (on) => (client) => client.call('chain.setSolo', { key, solo: on }));
  }

  /** Gives a suspended or failed entry another chance; nothing to undo. */
  async resume(key: string): Promise<void> {
    await this.#change((client) => client.call('chain.resume', { key }));
  }

  /** Shows and sends prompts while a gesture is under way; {@link ChainEditor.commitPrompts} ends it. */
  changePrompts(key: string, prompts: readonly ChainPrompt[]): void {
    const { store } = this.#options;
    if (!this.#gestures.has(key)) this.#gestures.set(key, shownPrompts(store.getState(), key));
    this.#sendPrompts(key, prompts);
  }

  commitPrompts(key: string, origin: Origin = 'gesture'): void {
    const before = this.#gestures.get(key);
    if (before === undefined) return;
    this.#gestures.delete(key);
    const after = shownPrompts(this.#options.store.getState(), key);
    // As text, which the history can compare.
    const apply = ({ prompts }: EditedValues) => this.#sendPrompts(key, JSON.parse(String(prompts)) as ChainPrompt[]);
    this.#record(key, { prompts: JSON.stringify(before) }, { prompts: JSON.stringify(after) }, apply, origin);
  }

  get #chain(): ChainState {
    return this.#options.store.getState().chain;
  }

  async #switch(key: string, name: 'bypass' | 'solo', on: boolean, changeTo: (on: boolean) => Change): Promise<void> {
    const before = entryOf(this.#chain, key)?.[name];
    if (before === undefined || before === on) return;
    const apply = (values: EditedValues) => this.#change(changeTo(values[name] === true));
    if (await this.#change(changeTo(on))) this.#record(key, { [name]: before }, { [name]: on }, apply, 'gesture');
  }

  /** Resolves to whether the lab took it. */
  #change(change: Change): Promise<boolean> {
    const { client, store, report } = this.#options;
    return report(async () => {
      const chain = await change(client);
      store.setState((state) => withChain(state, chain));
    });
  }

  async #added(processorId: string, at: Partial<ChainPosition> & { readonly key?: string }): Promise<string | undefined> {
    const known = new Set(this.#chain.entries.map(({ key }) => key));
    let added: ChainEntry | undefined;
    await this.#change(async (client) => {
      const chain = await client.call('chain.add', { processorId, ...at });
      added = chain.entries.find(({ key }) => !known.has(key));
      return chain;
    });
    return added?.key;
  }

  /** What puts the entry there again as it is now, or takes it away. It comes back under its key, which other steps name it by. */
  #presenceOf(key: string): ((values: EditedValues) => Promise<unknown>) | undefined {
    const [entry, position] = [entryOf(this.#chain, key), positionOf(this.#chain, key)];
    if (!entry || !position) return undefined;
    let kept = { entry, position, values: this.#valuesOf(key) };
    return ({ present }) => {
      if (present === true) return this.#restore(kept.entry, kept.position, kept.values);
      const last = entryOf(this.#chain, key);
      if (last) kept = { entry: last, position: positionOf(this.#chain, key) ?? position, values: this.#valuesOf(key) };
      return this.#change((client) => client.call('chain.remove', { key }));
    };
  }

  #valuesOf(key: string): ParameterValues {
    return this.#options.store.getState().parameters[key]?.values ?? {};
  }

  /** Adds an entry that was taken out, with all that it was. */
  async #restore(
    { key, processorId, bypass, solo, prompts }: ChainEntry,
    position: ChainPosition,
    values: ParameterValues,
  ): Promise<void> {
    const { client, report } = this.#options;
    if ((await this.#added(processorId, { ...position, key })) === undefined) return;
    if (bypass) await this.#change(() => client.call('chain.setBypass', { key, bypass }));
    if (solo) await this.#change(() => client.call('chain.setSolo', { key, solo }));
    if (prompts.length > 0) await this.#change(() => client.call('chain.setPrompts', { key, prompts }));
    await report(() => this.#restoreValues(key, values));
  }

  /** Sets what differs from the defaults. Announcements may come later than answers, so the lab is asked what the entry has. */
  async #restoreValues(key: string, values: ParameterValues): Promise<void> {
    const { client, store } = this.#options;
    const processors = await client.call('processor.list', {});
    const present = await client.call('parameter.get', { processorId: key });
    const parameters = processors.find(({ id }) => id === key)?.parameters ?? [];
    for (const [call, kind] of [['parameter.set', 'runtime'] as const, ['parameter.applyLoadTime', 'load-time'] as const]) {
      const wanted = parameters.flatMap((parameter) => {
        const value = values[parameter.name];
        const differs = parameter.kind === kind && value !== undefined && value !== present.values[parameter.name];
        return differs ? [[parameter.name, value] as const] : [];
      });
      if (wanted.length === 0) continue;
      const next = await client.call(call, { processorId: key, values: Object.fromEntries(wanted) });
      store.setState((state) => withParameters(state, next));
    }
  }

  #sendPrompts(key: string, prompts: readonly ChainPrompt[]): void {
    this.#options.store.setState(({ promptEdits }) => ({ promptEdits: { ...promptEdits, [key]: prompts } }));
    this.#prompts.queue({ [key]: prompts });
  }

  async #deliverPrompts(values: Readonly<Record<string, readonly ChainPrompt[]>>): Promise<void> {
    const { store } = this.#options;
    for (const [key, prompts] of Object.entries(values)) {
      await this.#change((client) => client.call('chain.setPrompts', { key, prompts: [...prompts] }));
      // Prompts that were changed again meanwhile are newer than the answer.
      store.setState(({ promptEdits }) => ({
        promptEdits: Object.fromEntries(
          Object.entries(promptEdits).filter(([other, edited]) => other !== key || edited !== prompts),
        ),
      }));
    }
  }

  #record(key: string, before: EditedValues, after: EditedValues, apply: HistoryStep['apply'], origin: Origin): void {
    const { history, now } = this.#options;
    const isThere = (): boolean => entryOf(this.#chain, key) !== undefined;
    // What is to be there must not be there yet; everything else is done to an entry that is.
    const canApply = ({ present }: EditedValues): boolean => (present === true ? !isThere() : isThere());
    history.record({ subject: `chain:${key}`, before, after, apply, canApply }, origin, now());
  }
}
