import { EventEmitter, once } from 'node:events';
import type { Closeable } from '../../../../main/base/lifetime.ts';
import type { LabService, ViewSink } from '../../../../main/shell/service.ts';
import { type CallOutcome, calls, type EventName, type EventPayload } from '../../../../preload/contract.ts';

/** A view that a shell has opened. */
export interface FakeView {
  readonly viewId: string;
  readonly sink: ViewSink;
  isClosed: boolean;
}

type Listener = (name: EventName, payload: unknown) => void;

/** A lab that answers what it is told to and lets a test wait for what its shell does. */
export class FakeLabService implements LabService {
  readonly received: { readonly name: string; readonly payload: unknown }[] = [];
  readonly views: FakeView[] = [];
  readonly listeners = new Set<Listener>();
  outcome: CallOutcome<unknown> | Promise<CallOutcome<unknown>> = { ok: true, result: {} };
  readonly #happenings = new EventEmitter();

  async call(name: string, payload: unknown): Promise<CallOutcome<unknown>> {
    this.received.push({ name, payload });
    this.#happenings.emit('called');
    if (Object.hasOwn(calls, name)) return this.outcome;
    return {
      ok: false,
      error: { code: 'contract.unknown-call', message: `Expected a call of the contract but received ${name}` },
    };
  }

  subscribe<N extends EventName>(listener: (name: N, payload: EventPayload<N>) => void): () => void {
    const entry = listener as unknown as Listener;
    this.listeners.add(entry);
    this.#happenings.emit('subscribed');
    return () => {
      this.listeners.delete(entry);
      this.#happenings.emit('unsubscribed');
    };
  }

  openView(viewId: string, sink: ViewSink): Closeable {
    const view: FakeView = { viewId, sink, isClosed: false };
    const close = (): void => {
      view.isClosed = true;
      this.#happenings.emit('view-closed');
    };
    this.views.push(view);
    this.#happenings.emit('view-opened');
    return { close, [Symbol.dispose]: close };
  }

  announce<N extends EventName>(name: N, payload: EventPayload<N>): void {
    for (const listener of this.listeners) listener(name, payload);
  }

  /** Resolves the next time that it happens. */
  async next(happening: 'called' | 'subscribed' | 'unsubscribed' | 'view-opened' | 'view-closed'): Promise<void> {
    await once(this.#happenings, happening);
  }
}
