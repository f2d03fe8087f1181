import type { Closeable } from '../../main/base/lifetime.ts';
import type { LabService, ViewSink } from '../../main/shell/service.ts';
import type { CallOutcome, EventName, EventPayload } from '../../preload/contract.ts';

/** A lab that keeps what its shell asks for. `journal` is shared with the Electron double, to see the order of both. */
export class LabDouble implements LabService {
  readonly calls: unknown[][] = [];
  readonly views = new Map<string, { readonly sink: ViewSink; closed: boolean }>();
  readonly #listeners = new Set<(name: EventName, payload: never) => void>();
  readonly #journal: string[];

  constructor(journal: string[]) {
    this.#journal = journal;
  }

  async call(name: string, payload: unknown): Promise<CallOutcome<unknown>> {
    this.calls.push([name, payload]);
    return { ok: true, result: 'called' };
  }

  subscribe<N extends EventName>(listener: (name: N, payload: EventPayload<N>) => void): () => void {
    const heard = listener as unknown as (name: EventName, payload: never) => void;
    this.#listeners.add(heard);
    return () => this.#listeners.delete(heard);
  }

  openView(viewId: string, sink: ViewSink): Closeable {
    const view = { sink, closed: false };
    this.views.set(viewId, view);
    const close = () => {
      view.closed = true;
      this.#journal.push(`view ${viewId} closed`);
    };
    return { close, [Symbol.dispose]: close };
  }

  async close(): Promise<void> {
    this.#journal.push('lab closing');
    await Promise.resolve();
    this.#journal.push('lab closed');
  }

  announce<N extends EventName>(name: N, payload: EventPayload<N>): void {
    for (const listener of this.#listeners) listener(name, payload as never);
  }
}
