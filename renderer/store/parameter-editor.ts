import type {
  ChainEntry,
  ChainState,
  ChosenValues,
  ParameterDescription,
  ParameterValue,
  ParameterValues,
} from '../../preload/contract.ts';
import { labCallErrorFrom } from '../client/lab-client.ts';
import type { GestureEditorOptions } from './editor-options.ts';
import { LatestValueSender } from './latest-value-sender.ts';
import { withNotice, withParameters } from './reduce-event.ts';
import type { EditedValues } from './same-value.ts';
import { draftChanges, shownValue, withoutKey } from './selectors.ts';
import type { Refusal } from './store.ts';

/** What is under way for one processor. */
interface Hand {
  readonly sender: LatestValueSender<ParameterValue | null>;
  /** Values at the start of the gesture, by name, null for none; absent between gestures. */
  gesture?: ChosenValues | undefined;
  /** The newest value of each name that the lab has not answered yet. */
  readonly unanswered: Map<string, ParameterValue | null>;
}

/**
 * Every change of a processor's parameters by the user. A runtime value shows at once, leaves with the next animation frame and
 * goes back to the lab's own value when the lab refuses it. While a gesture is under way its controls show what the hand does,
 * whatever the lab says meanwhile, and a refusal is told beside the control; it becomes a notice if the hand leaves it there.
 */
export class ParameterEditor {
  readonly #options: GestureEditorOptions;
  readonly #hands = new Map<string, Hand>();
  /** Keys of entries that were in the chain and cannot be set now; their steps stay, since undoing may bring them back. */
  readonly #gone = new Set<string>();

  constructor(options: GestureEditorOptions) {
    this.#options = options;
    options.store.subscribe(({ chain }, before) => {
      if (chain !== before.chain) this.#follow(chain, before.chain);
    });
  }

  /** Shows and sends a value, null for none, while a gesture is under way; {@link ParameterEditor.commit} ends it. */
  change(processorId: string, name: string, value: ParameterValue | null): void {
    const hand = this.#handOf(processorId);
    const state = this.#options.store.getState();
    const before = shownValue(state, processorId, name) ?? null;
    hand.gesture ??= {};
    const isKnown = before !== null || state.parameters[processorId] !== undefined;
    if (isKnown && !Object.hasOwn(hand.gesture, name)) hand.gesture = { ...hand.gesture, [name]: before };
    this.#send(processorId, { [name]: value });
  }

  /** Ends a gesture: all its values become one step of the history. */
  commit(processorId: string, origin: 'gesture' | 'keyboard' = 'gesture'): void {
    const hand = this.#handOf(processorId);
    const before = hand.gesture;
    if (before === undefined) return;
    hand.gesture = undefined;
    this.#dropEdits(processorId);
    this.#tellRefusal(processorId);
    const state = this.#options.store.getState();
    const after = Object.fromEntries(Object.keys(before).map((name) => [name, shownValue(state, processorId, name) ?? null]));
    this.recordStep(processorId, before, after, origin);
  }

  /** Makes a step to undo of values that the lab has already. */
  recordStep(processorId: string, before: ChosenValues, after: ChosenValues, origin: 'gesture' | 'keyboard' = 'gesture'): void {
    const apply = (values: EditedValues) => this.#send(processorId, values as ChosenValues);
    const canApply = (): boolean => !this.#gone.has(processorId);
    const step = { subject: subjectOf(processorId), before, after, apply, canApply };
    this.#options.history.record(step, origin, this.#options.now());
  }

  /** Drops the steps and the gesture of a processor that is gone: there is nothing to undo any more. */
  forget(processorId: string): void {
    this.#options.history.forget(subjectOf(processorId));
    this.#hands.delete(processorId);
  }

  /** Sets values, null for none, as one step. */
  set(processorId: string, values: ChosenValues): void {
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

  #follow(chain: ChainState, before: ChainState): void {
    for (const { key } of before.entries) this.#gone.add(key);
    for (const entry of chain.entries) {
      if (isIdle(entry)) this.#gone.add(entry.key);
      else this.#gone.delete(entry.key);
    }
    for (const key of this.#gone) this.#hands.delete(key);
  }

  #setDraft(processorId: string, draft: ParameterValues): void {
    this.#options.store.setState(({ drafts }) => ({ drafts: { ...drafts, [processorId]: draft } }));
  }

  #runtimeParameters(processorId: string): ParameterDescription[] {
    const processor = this.#options.store.getState().processors.find(({ id }) => id === processorId);
    return processor?.parameters.filter(({ kind }) => kind === 'runtime') ?? [];
  }

  #send(processorId: string, values: ChosenValues): void {
    if (Object.keys(values).length === 0) return;
    this.#options.store.setState(({ edits }) => ({ edits: { ...edits, [processorId]: { ...edits[processorId], ...values } } }));
    const { unanswered, sender } = this.#handOf(processorId);
    for (const [name, value] of Object.entries(values)) unanswered.set(name, value);
    sender.queue(values);
  }

  #handOf(processorId: string): Hand {
    const known = this.#hands.get(processorId);
    if (known) return known;
    const { schedule } = this.#options;
    const sender = new LatestValueSender<ParameterValue | null>({
      schedule,
      send: (values) => this.#deliver(processorId, values),
    });
    const hand: Hand = { sender, unanswered: new Map() };
    this.#hands.set(processorId, hand);
    return hand;
  }

  async #deliver(processorId: string, values: ChosenValues): Promise<void> {
    const { client, store } = this.#options;
    // It was taken out of the chain since: nobody is to be told that it takes no values.
    if (this.#gone.has(processorId)) return;
    const { unanswered } = this.#handOf(processorId);
    // Names that were refused before and are not in this delivery still show what the lab does not have.
    const refused = store.getState().refusals[processorId];
    const others = refused?.names.filter((name) => !Object.hasOwn(values, name)) ?? [];
    try {
      const next = await client.call('parameter.set', { processorId, values });
      store.setState((state) => withParameters(state, next));
      this.#setRefusal(processorId, refused && { ...refused, names: others });
    } catch (thrown) {
      const { code, message, action } = labCallErrorFrom(thrown);
      const names = [...others, ...Object.keys(values)];
      this.#setRefusal(processorId, { names, code, message, ...(action === undefined ? {} : { action }) });
    }
    for (const [name, value] of Object.entries(values)) if (unanswered.get(name) === value) unanswered.delete(name);
    this.#dropEdits(processorId);
    this.#tellRefusal(processorId);
  }

  /** What is answered shows the lab's own value again, unless the hand still holds it. */
  #dropEdits(processorId: string): void {
    const { unanswered, gesture = {} } = this.#handOf(processorId);
    this.#options.store.setState(({ edits }) => {
      const held = Object.entries(edits[processorId] ?? {}).filter(
        ([name]) => unanswered.has(name) || Object.hasOwn(gesture, name),
      );
      return { edits: { ...edits, [processorId]: Object.fromEntries(held) } };
    });
  }

  #setRefusal(processorId: string, refusal: Refusal | undefined): void {
    const isOne = refusal !== undefined && refusal.names.length > 0;
    this.#options.store.setState(({ refusals }) => ({
      refusals: isOne ? { ...refusals, [processorId]: refusal } : withoutKey(refusals, processorId),
    }));
  }

  /** A refusal becomes a notice once the hand has let go and nothing newer is on its way. */
  #tellRefusal(processorId: string): void {
    const { store } = this.#options;
    const { gesture, unanswered } = this.#handOf(processorId);
    const refusal = store.getState().refusals[processorId];
    if (refusal === undefined || gesture !== undefined || unanswered.size > 0) return;
    const { names: _names, ...error } = refusal;
    store.setState((state) => ({
      ...withNotice(state, { level: 'error', ...error }),
      refusals: withoutKey(state.refusals, processorId),
    }));
  }
}

/** Entries of the chain that have no parameters now: their processor is not there. */
function isIdle({ state }: ChainEntry): boolean {
  return state === 'missing' || state === 'waiting-for-trust';
}

function subjectOf(processorId: string): string {
  return `processor:${processorId}`;
}
