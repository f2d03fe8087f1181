import type { z } from 'zod';
import {
  type CallName,
  type CallOutcome,
  type CallRequest,
  type CallResponse,
  calls,
  type EventName,
  type EventPayload,
} from '../../preload/contract.ts';
import { errorRecordFrom, InputError } from '../base/errors.ts';
import { Announcer, type Closeable } from '../base/lifetime.ts';
import type { PublishedFrame } from '../runtime/completion-dispatcher.ts';
import { FrameFates } from '../runtime/frame-fates.ts';
import { type ShownFrame, ViewPort } from '../runtime/view-port.ts';
import { payloadError } from './payload-error.ts';
import type { LabService, ViewSink } from './service.ts';

type Parsed<N extends CallName> = z.output<(typeof calls)[N]['request']>;

/** One handler per call of the contract, given a parsed payload. */
export type CallHandlers = { readonly [N in CallName]: (request: Parsed<N>) => Promise<CallResponse<N>> | CallResponse<N> };

/** An event with its payload. */
export interface LabEvent<N extends EventName = EventName> {
  readonly name: N;
  readonly payload: EventPayload<N>;
}

/** What views report back to the lab. */
export interface ViewListener {
  shown(frame: ShownFrame): void;
  /** Views replaced a frame and none showed it; once, however many views there are. */
  replaced(frameId: number): void;
}

/** The lab behind its contract: parses, calls, announces and keeps the views. */
export class ContractService implements LabService {
  readonly #handlers: CallHandlers;
  readonly #events = new Announcer<LabEvent>();
  readonly #views = new Map<string, ViewPort>();
  readonly #fates = new FrameFates();
  readonly #listener: ViewListener;

  constructor(handlers: Omit<CallHandlers, 'view.acknowledge'>, listener: ViewListener) {
    this.#listener = listener;
    this.#fates.lost.subscribe((frameId) => listener.replaced(frameId));
    const acknowledge: CallHandlers['view.acknowledge'] = ({ viewId, frameId }) => {
      this.#views.get(viewId)?.acknowledge(frameId);
      return {};
    };
    this.#handlers = { ...handlers, 'view.acknowledge': acknowledge };
  }

  async call(name: string, payload: unknown): Promise<CallOutcome<unknown>> {
    try {
      if (!isCallName(name))
        throw new InputError('contract.unknown-call', `Expected a call of the contract but received ${name}`);
      return { ok: true, result: await this.#answer(name, payload) };
    } catch (thrown) {
      return { ok: false, error: errorRecordFrom(thrown) };
    }
  }

  subscribe<N extends EventName>(listener: (name: N, payload: EventPayload<N>) => void): () => void {
    return this.#events.subscribe(({ name, payload }) => listener(name as N, payload as EventPayload<N>));
  }

  openView(viewId: string, sink: ViewSink): Closeable {
    this.#views.get(viewId)?.close();
    const view = new ViewPort(viewId, (header, pixels) => sink.send(header, pixels));
    view.shown.subscribe((frame) => this.#listener.shown(frame));
    view.settled.subscribe(({ frameId, fate }) => this.#fates.settle(frameId, fate));
    this.#views.set(viewId, view);
    const close = (): void => {
      view.close();
      if (this.#views.get(viewId) === view) this.#views.delete(viewId);
    };
    return { close, [Symbol.dispose]: close };
  }

  /** Tells every shell. */
  announce<N extends EventName>(name: N, payload: EventPayload<N>): void {
    this.#events.announce({ name, payload });
  }

  /** Offers a finished picture to every view. */
  publish(frame: PublishedFrame): void {
    this.#fates.offer(frame.event.frameId, this.#views.size);
    for (const view of this.#views.values()) view.offer(frame);
  }

  /** Closes every view. */
  closeViews(): void {
    for (const view of this.#views.values()) view.close();
    this.#views.clear();
  }

  async #answer<N extends CallName>(name: N, payload: unknown): Promise<CallResponse<N>> {
    const parsed = calls[name].request.safeParse(payload);
    if (!parsed.success) throw payloadError(name, payload, parsed.error);
    const handler = this.#handlers[name] as (request: CallRequest<N>) => Promise<CallResponse<N>>;
    return handler(parsed.data as CallRequest<N>);
  }
}

function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}
