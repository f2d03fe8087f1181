import type { ControlReport, ControlValue, ControlValues } from '../../preload/contract.ts';
import type { GestureEditorOptions } from './editor-options.ts';
import { LatestValueSender } from './latest-value-sender.ts';
import { sameValue } from './same-value.ts';
import { shownControlValue } from './selectors.ts';

/**
 * Every write of the user to a device's own controls: shown at once, sent at animation rate, then as the device applied it.
 * While a gesture is under way its control shows what the hand does, whatever the device says meanwhile.
 */
export class ControlEditor {
  readonly #options: GestureEditorOptions;
  readonly #sender: LatestValueSender<ControlValue>;
  /** The value before the gesture under way, by control id. */
  readonly #gestures = new Map<string, ControlValue>();
  /** Newest value that the device has not answered yet, by control id. */
  readonly #unanswered = new Map<string, ControlValue>();

  constructor(options: GestureEditorOptions) {
    this.#options = options;
    this.#sender = new LatestValueSender({ schedule: options.schedule, send: (values) => this.#deliver(values) });
    options.store.subscribe(({ stream }, before) => {
      const closed = before.stream.sourceId;
      if (closed !== undefined && closed !== stream.sourceId) this.#forget(closed);
    });
  }

  /** Shows and sends a value while a gesture is under way; {@link ControlEditor.commit} ends it. */
  change(id: string, value: ControlValue): void {
    const before = shownControlValue(this.#options.store.getState(), id);
    if (!this.#gestures.has(id) && before !== undefined) this.#gestures.set(id, before);
    this.#send({ [id]: value });
  }

  /** Ends a gesture: it becomes one step of the history, and the control shows the device's value again. */
  commit(id: string, origin: 'gesture' | 'keyboard' = 'gesture'): void {
    const before = this.#gestures.get(id);
    const after = shownControlValue(this.#options.store.getState(), id);
    this.#gestures.delete(id);
    if (!this.#unanswered.has(id)) this.#dropEdits((edited) => edited === id);
    if (before !== undefined && after !== undefined) this.#record({ [id]: before }, { [id]: after }, origin);
  }

  /** Sets a value as one step. */
  set(id: string, value: ControlValue): void {
    this.change(id, value);
    this.commit(id);
  }

  /** Writes once what is an act and no state, such as pressing a button: there is nothing to show or to undo. */
  async act(id: string, value: ControlValue): Promise<void> {
    const { client, report } = this.#options;
    await report(async () => this.#take(await client.call('control.set', { values: { [id]: value } })));
  }

  /** Sets controls back to the device's defaults, all of them where no ids are given, as one step. */
  async reset(ids?: readonly string[]): Promise<void> {
    const { client, store, report } = this.#options;
    const before = new Map(store.getState().controls.map(({ id, value }) => [id, value]));
    await report(async () => {
      const reports = await client.call('control.reset', ids === undefined ? {} : { ids: [...ids] });
      this.#take(reports);
      const changed = reports.filter(({ id, applied }) => before.has(id) && !sameValue(before.get(id), applied));
      const previous = Object.fromEntries(changed.map(({ id }) => [id, before.get(id) as ControlValue]));
      this.#record(previous, Object.fromEntries(changed.map(({ id, applied }) => [id, applied])), 'gesture');
    });
  }

  #record(before: ControlValues, after: ControlValues, origin: 'gesture' | 'keyboard'): void {
    const { history, store, now } = this.#options;
    const subject = subjectOf(store.getState().stream.sourceId);
    history.record({ subject, before, after, apply: (values) => this.#send(values as ControlValues) }, origin, now());
  }

  #forget(sourceId: string): void {
    this.#options.history.forget(subjectOf(sourceId));
    this.#gestures.clear();
    this.#unanswered.clear();
  }

  #send(values: ControlValues): void {
    this.#options.store.setState(({ controlEdits }) => ({ controlEdits: { ...controlEdits, ...values } }));
    for (const [id, value] of Object.entries(values)) this.#unanswered.set(id, value);
    this.#sender.queue(values);
  }

  async #deliver(values: ControlValues): Promise<void> {
    const { client, report } = this.#options;
    const write = (written: ControlValues) =>
      report(async () => this.#take(await client.call('control.set', { values: written })));
    const ids = Object.keys(values);
    if (ids.length === 1) await write(values);
    else await this.#writeTogether(values, write);
    for (const id of ids) if (this.#unanswered.get(id) === values[id]) this.#unanswered.delete(id);
    this.#dropEdits((id) => id in values && !this.#unanswered.has(id) && !this.#gestures.has(id));
  }

  /** One write for all; where the device refuses one of them, each on its own, so that the others land. */
  async #writeTogether(values: ControlValues, write: (values: ControlValues) => Promise<boolean>): Promise<void> {
    try {
      this.#take(await this.#options.client.call('control.set', { values }));
    } catch {
      for (const [id, value] of Object.entries(values)) await write({ [id]: value });
    }
  }

  #take(reports: readonly ControlReport[]): void {
    const applied = new Map(reports.map((report) => [report.id, report.applied]));
    this.#options.store.setState(({ controls }) => ({
      writtenControls: [...applied.keys()],
      controls: controls.map((control) => {
        const value = applied.get(control.id);
        return value === undefined || sameValue(value, control.value) ? control : { ...control, value };
      }),
    }));
  }

  #dropEdits(isDone: (id: string) => boolean): void {
    this.#options.store.setState(({ controlEdits }) => ({
      controlEdits: Object.fromEntries(Object.entries(controlEdits).filter(([id]) => !isDone(id))),
    }));
  }
}

function subjectOf(sourceId: string | undefined): string {
  return `device:${sourceId ?? ''}`;
}
