import { z } from 'zod';
import type { CallName, CallOutcome, CallRequest, CallResponse, EventName, EventPayload } from '../../preload/contract.ts';
import { calls, events } from '../../preload/contract.ts';
import type { FrameHeader } from '../../preload/frame-wire.ts';

/** Whether the page hears the lab: `disconnected` means that a new attempt is already planned. */
export type ConnectionState = 'connecting' | 'connected' | 'disconnected';

/** One announcement of the lab, parsed by the contract. */
export type LabEvent = { [N in EventName]: { readonly name: N; readonly payload: EventPayload<N> } }[EventName];

/**
 * Takes one frame: `pixels` are width * height * 4 RGBA bytes. They stay untouched until two further frames have been
 * acknowledged, after which the transport fills the same memory again.
 */
export type FrameListener = (header: FrameHeader, pixels: Uint8Array) => void;

/** What a transport reports beside answers: announcements as they came, unparsed, and the state of its connection. */
export interface TransportListener {
  event(name: string, payload: unknown): void;
  connection(state: ConnectionState): void;
}

/** One way to reach a lab. Transports carry; parsing and error handling are the client's. */
export interface LabTransport {
  /** Rejects only when the lab cannot be reached; every other failure is an outcome with `ok: false`. */
  call(name: CallName, payload: unknown): Promise<CallOutcome<unknown>>;
  /** Starts the flow of announcements until the returned function is called. */
  listen(listener: TransportListener): () => void;
  /** Starts a view's frames until the returned function is called. */
  openView(viewId: string, onFrame: FrameListener): () => void;
}

/** A call that the lab refused or that never reached it. `code` is the lab's own, or `client.unreachable` / `client.contract`. */
export class LabCallError extends Error {
  readonly code: string;
  /** What the user can do next. */
  readonly action: string | undefined;

  constructor(code: string, message: string, action?: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'LabCallError';
    this.code = code;
    this.action = action;
  }
}

/** The {@link LabCallError} behind anything that was thrown. */
export function labCallErrorFrom(thrown: unknown): LabCallError {
  if (thrown instanceof LabCallError) return thrown;
  return new LabCallError('client.unexpected', thrown instanceof Error ? thrown.message : String(thrown));
}

/** The lab as the page sees it: typed calls, parsed events and frames. */
export interface LabClient {
  /** Rejects with {@link LabCallError}, never with anything else. */
  call<N extends CallName>(name: N, payload: CallRequest<N>): Promise<CallResponse<N>>;
  /** Hears announcements and connection changes until the returned function is called. */
  listen(onEvent: (event: LabEvent) => void, onConnection: (state: ConnectionState) => void): () => void;
  openView(viewId: string, onFrame: FrameListener): () => void;
  /** Gives a view's credit back after the paint. A lost acknowledgement means a lost connection, which `listen` reports. */
  acknowledge(viewId: string, frameId: number): void;
}

const reloadAction = 'Reload the page: it and the lab may be of different versions.';

function contractError(what: string, error: z.ZodError): LabCallError {
  return new LabCallError(
    'client.contract',
    `Expected ${what} as the contract names it but received: ${z.prettifyError(error)}`,
    reloadAction,
  );
}

/** A client over one transport. Every payload is parsed by the contract on arrival, here and nowhere else. */
export function createLabClient(transport: LabTransport): LabClient {
  async function call<N extends CallName>(name: N, payload: CallRequest<N>): Promise<CallResponse<N>> {
    let outcome: CallOutcome<unknown>;
    try {
      outcome = await transport.call(name, payload);
    } catch (thrown) {
      throw new LabCallError(
        'client.unreachable',
        `The lab did not answer ${name}.`,
        'Check that the lab is still running.',
        thrown,
      );
    }
    if (!outcome.ok) throw new LabCallError(outcome.error.code, outcome.error.message, outcome.error.action);
    const parsed = calls[name].response.safeParse(outcome.result);
    if (!parsed.success) throw contractError(`the result of ${name}`, parsed.error);
    return parsed.data as CallResponse<N>;
  }

  return {
    call,
    listen: (onEvent, onConnection) =>
      transport.listen({ connection: onConnection, event: (name, payload) => onEvent(parseEvent(name, payload)) }),
    openView: (viewId, onFrame) => transport.openView(viewId, onFrame),
    acknowledge(viewId, frameId) {
      call('view.acknowledge', { viewId, frameId }).catch(() => undefined);
    },
  };
}

function parseEvent(name: string, payload: unknown): LabEvent {
  const schema = events[name as EventName] as z.ZodType | undefined;
  const parsed = schema?.safeParse(payload);
  if (parsed?.success) return { name, payload: parsed.data } as LabEvent;
  const error = parsed ? contractError(`the event ${name}`, parsed.error) : undefined;
  const message = error?.message ?? `Expected an event of the contract but received ${name}`;
  return { name: 'notice', payload: { level: 'error', code: 'client.contract', message, action: reloadAction } };
}
