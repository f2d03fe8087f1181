import type { ParameterDescription, ParameterValue, ParameterValues } from '../../preload/contract.ts';
import type { LabClient } from '../client/lab-client.ts';
import type { EditHistory } from './edit-history.ts';
import { LatestValueSender } from './latest-value-sender.ts';
import { withParameters } from './reduce-event.ts';
import type { Report } from './report.ts';
import { draftChanges, shownValue, withoutKey } from './selectors.ts';
import type { LabStore } from './store.ts';

/** What the editor stands on. `now` is any clock in milliseconds. */
export interface ParameterEditorOptions {
  readonly client: LabClient;
  readonly store: LabStore;
  readonly report: Report;
  /** Takes every finished step. */
  readonly history: EditHistory;
  readonly schedule: (callback: () => void) => unknown;
  readonly now: () => number;
}

/**
 * Every change of a processor's parameters by the user. A runtime value shows at once, leaves with the next animation
 * frame and goes back to the lab's own value when the lab refuses it.
 */
export class ParameterEditor {
  readonly #options: ParameterEditorOptions;
  readonly #senders = new Map<string, LatestValueSender<ParameterValue>>();
  /** Values at the start of the gesture under way, by processor and name. */
  readonly #gestures = new Map<string, ParameterValues>();

  constructor(options: ParameterEditorOptions) {
    this.#options = options;
  }

  /** Shows and sends a value while a gesture is under way; {@link ParameterEditor.commit} ends it. */
  change(processorId: string, name: string, value: ParameterValue): void {
    const started = this.#gestures.get(processorId) ?? {};
    const before = shownValue(this.#options.store.getState(), processorId, name);
    if (!(name in started) && before !== undefined) this.#gestures.set(processorId, { ...started, [name]: before });
    this.#send(processorId, { [name]: value });
  }

  /** Ends a gesture: all its values become one step of the history. */
  commit(processorId: string, origin: 'gesture' | 'keyboard' = 'gesture'): void {
    const before = this.#gestures.get(processorId);
    if (before === undefined) return;
    this.#gestures.delete(processorId);
    const state = this.#options.store.getState();
    const after = Object.fromEntries(Object.keys(before).map((name) => [name, shownValue(state, processorId, name)]));
    this.#options.history.record(
      {
        subject: `processor:${processorId}`,
        before,
        after: after as ParameterValues,
        apply: (values) => this.#send(processorId, values as ParameterValues),
      },
      origin,
      this.#options.now(),
    );
  }

  /** Sets values as one step. */
  set(processorId: string, values: ParameterValues): void {
    for (const [name, value] of Object.entries(values)) this.change(processorId, name, value);
    this.commit(processorId);
  }

  /** Sets every runtime parameter that is not at its default back, as one step. */
  resetAll(processorId: string): void {
    const state = this.#options.store.getState();
    const changed = this.#runtimeParameters(processorId).filter(
      ({ name, defaultValue }) => shownValue(state, processorId, name) !== defaultValue,
    );
    this.set(processorId, Object.fromEntries(changed.map(({ name, defaultValue }) => [name, defaultValue])));
  }

  /** Unlocks the load-time section: from now on its controls write to a draft. */
  editLoadTime(processorId: string): void {
    this.#setDraft(processorId, this.#options.store.getState().drafts[processorId] ?? {});
  }

  draftLoadTime(processorId: string, name: string, value: ParameterValue): void {
    this.#setDraft(processorId, { ...this.#options.store.getState().drafts[processorId], [name]: value });
  }

  /** Drops the draft and locks the section. */
  cancelLoadTime(processorId: string): void {
    const { store } = this.#options;
    store.setState(({ drafts }) => ({ drafts: withoutKey(drafts, processorId) }));
  }

  /** Sends what the draft changes; it stays open when the lab refuses it, so that it can be mended. */
  async applyLoadTime(processorId: string): Promise<void> {
    const { client, store, report } = this.#options;
    const values = draftChanges(store.getState(), processorId);
    await report(async () => {
      const next = await client.call('parameter.applyLoadTime', { processorId, values });
      store.setState((state) => ({ ...withParameters(state, next), drafts: withoutKey(state.drafts, processorId) }));
    });
  }

  #setDraft(processorId: string, draft: ParameterValues): void {
    this.#options.store.setState(({ drafts }) => ({ drafts: { ...drafts, [processorId]: draft } }));
  }

  #runtimeParameters(processorId: string): ParameterDescription[] {
    const processor = this.#options.store.getState().processors.find(({ id }) => id === processorId);
    return processor?.parameters.filter(({ kind }) => kind === 'runtime') ?? [];
  }

  #send(processorId: string, values: ParameterValues): void {
    if (Object.keys(values).length === 0) return;
    this.#options.store.setState(({ edits }) => ({ edits: { ...edits, [processorId]: { ...edits[processorId], ...values } } }));
    this.#senderOf(processorId).queue(values);
  }

  #senderOf(processorId: string): LatestValueSender<ParameterValue> {
    const known = this.#senders.get(processorId);
    if (known) return known;
    const sender = new LatestValueSender<ParameterValue>({
      schedule: this.#options.schedule,
      send: (values) => this.#deliver(processorId, values),
    });
    this.#senders.set(processorId, sender);
    return sender;
  }

  async #deliver(processorId: string, values: ParameterValues): Promise<void> {
    const { client, store, report } = this.#options;
    await report(async () => {
      const next = await client.call('parameter.set', { processorId, values });
      store.setState((state) => withParameters(state, next));
    });
    store.setState(({ edits }) => ({ edits: { ...edits, [processorId]: withoutDelivered(edits[processorId] ?? {}, values) } }));
  }
}

/** Edits that were made again while the delivery was under way stay: they are newer than the answer. */
function withoutDelivered(edits: ParameterValues, delivered: ParameterValues): ParameterValues {
  return Object.fromEntries(Object.entries(edits).filter(([name, value]) => delivered[name] !== value));
}
