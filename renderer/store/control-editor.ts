import type { LabClient } from '../client/lab-client.ts';
import { LatestValueSender } from './latest-value-sender.ts';
import type { Report } from './report.ts';
import type { LabStore } from './store.ts';

/** What the editor stands on. */
export interface ControlEditorOptions {
  readonly client: LabClient;
  readonly store: LabStore;
  readonly report: Report;
  readonly schedule: (callback: () => void) => unknown;
}

/** Every write of the user to a device's own controls: shown at once, sent at animation rate, then as the device applied it. */
export class ControlEditor {
  readonly #options: ControlEditorOptions;
  readonly #sender: LatestValueSender<number>;

  constructor(options: ControlEditorOptions) {
    this.#options = options;
    this.#sender = new LatestValueSender({ schedule: options.schedule, send: (values) => this.#deliver(values) });
  }

  set(id: string, value: number): void {
    this.#options.store.setState(({ controlEdits }) => ({ controlEdits: { ...controlEdits, [id]: value } }));
    this.#sender.queue({ [id]: value });
  }

  async #deliver(values: Record<string, number>): Promise<void> {
    const { client, store, report } = this.#options;
    for (const [id, value] of Object.entries(values)) {
      await report(async () => {
        const { applied } = await client.call('control.set', { id, value });
        store.setState(({ controls }) => ({
          controls: controls.map((control) => (control.id === id ? { ...control, value: applied } : control)),
        }));
      });
    }
    store.setState(({ controlEdits }) => ({
      controlEdits: Object.fromEntries(Object.entries(controlEdits).filter(([id, value]) => values[id] !== value)),
    }));
  }
}
