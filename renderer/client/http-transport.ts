import type { CallOutcome } from '../../preload/contract.ts';
import { events } from '../../preload/contract.ts';
import { BackOff } from './back-off.ts';
import { readFrames } from './frame-reader.ts';
import type { FrameListener, LabTransport, TransportListener } from './lab-client.ts';

/** The browser's own means, injectable so that the transport can be tested without a browser. */
export interface HttpMeans {
  fetch: typeof fetch;
  openEventSource(path: string): EventSource;
  setTimeout(callback: () => void, delayMillis: number): unknown;
}

const browserMeans: HttpMeans = {
  fetch: (input, init) => fetch(input, init),
  openEventSource: (path) => new EventSource(path),
  setTimeout: (callback, delayMillis) => setTimeout(callback, delayMillis),
};

/**
 * The lab behind the same origin: calls by POST, announcements by server-sent events, one streamed response per view.
 * The session cookie is HttpOnly, so the page neither holds nor sends a token. Lost streams are opened again with back-off.
 */
export function createHttpTransport(means: HttpMeans = browserMeans): LabTransport {
  return {
    async call(name, payload) {
      const headers = { 'content-type': 'application/json' };
      const response = await means.fetch(`/api/call/${name}`, { method: 'POST', headers, body: JSON.stringify(payload) });
      const text = await response.text();
      const outcome = parseOutcome(text);
      if (outcome !== undefined) return outcome;
      return {
        ok: false,
        error: { code: `http.${response.status}`, message: `The lab answered ${name} with status ${response.status}.` },
      };
    },
    listen: (listener) => listenToEvents(listener, means),
    openView: (viewId, onFrame) => streamView(viewId, onFrame, means),
  };
}

function parseOutcome(text: string): CallOutcome<unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'ok' in value ? (value as CallOutcome<unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function listenToEvents(listener: TransportListener, means: HttpMeans): () => void {
  const backOff = new BackOff();
  let source: EventSource | undefined;
  let closed = false;

  function open(): void {
    if (closed) return;
    const current = means.openEventSource('/api/events');
    source = current;
    current.onopen = () => {
      backOff.reset();
      listener.connection('connected');
    };
    // The browser's own reconnection gives up after some failures and keeps a fixed pace: ours does neither.
    current.onerror = () => {
      current.close();
      if (closed) return;
      listener.connection('disconnected');
      means.setTimeout(open, backOff.nextMillis());
    };
    for (const name of Object.keys(events)) {
      current.addEventListener(name, (message) => listener.event(name, JSON.parse((message as MessageEvent<string>).data)));
    }
  }

  listener.connection('connecting');
  open();
  return () => {
    closed = true;
    source?.close();
  };
}

function streamView(viewId: string, onFrame: FrameListener, means: HttpMeans): () => void {
  const abort = new AbortController();
  const backOff = new BackOff();
  const counted: FrameListener = (header, pixels) => {
    backOff.reset();
    onFrame(header, pixels);
  };

  async function stream(): Promise<void> {
    if (abort.signal.aborted) return;
    try {
      const response = await means.fetch(`/api/view/${viewId}`, { signal: abort.signal });
      if (response.ok && response.body) await readFrames(response.body, counted, abort.signal);
    } catch {
      // Whatever ended the stream, the answer is the same: open it again. The event stream reports a lost connection.
    }
    if (!abort.signal.aborted) means.setTimeout(() => void stream(), backOff.nextMillis());
  }

  void stream();
  return () => abort.abort();
}
