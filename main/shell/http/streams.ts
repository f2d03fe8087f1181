import type { ServerResponse } from 'node:http';
import { encodeFrameHeader } from '../../../preload/frame-wire.ts';
import type { Closeable } from '../../base/lifetime.ts';
import { systemTimer, type Timer } from '../../base/timer.ts';
import type { LabService, ViewSink } from '../service.ts';
import { securityHeaders } from './access.ts';
import { StallGuard } from './stall-guard.ts';

/** A client whose unread events exceed this is disconnected: it would only ever see the past. */
const mostUnreadBytes = 1 << 20;
/**
 * Pixels are handed to the socket in pieces, so that a client is seen to read long before it has taken a whole frame. In smaller ones
 * a frame takes longer.
 */
const pieceBytes = 1 << 20;
const heartbeatMillis = 15_000;

/** The responses of a served lab that do not end: its events and its views' frames. Used on the lab's thread only. */
export class LabStreams implements Closeable {
  readonly #service: LabService;
  readonly #timer: Timer;
  readonly #endings = new Set<() => void>();

  constructor(service: LabService, timer: Timer = systemTimer) {
    this.#service = service;
    this.#timer = timer;
  }

  /** Sends every event of the lab as a server-sent event until the client leaves. */
  sendEvents(response: ServerResponse): void {
    response.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream' });
    const guard = new StallGuard(response, this.#timer);
    const send = (text: string): void => {
      if (response.writableLength > mostUnreadBytes) response.destroy();
      else guard.write(text);
    };
    send(': connected\n\n');
    const unsubscribe = this.#service.subscribe((name, payload) => {
      send(`event: ${name}\ndata: ${JSON.stringify(payload)}\n\n`);
    });
    const heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMillis);
    this.#keep(response, () => {
      clearInterval(heartbeat);
      unsubscribe();
    });
  }

  /** Sends a view's frames, header and pixels one after the other, until the client leaves. */
  sendView(viewId: string, response: ServerResponse): void {
    response.writeHead(200, { ...securityHeaders, 'content-type': 'application/octet-stream' });
    response.flushHeaders();
    const view = this.#service.openView(viewId, responseSink(response, new StallGuard(response, this.#timer)));
    this.#keep(response, () => view.close());
  }

  /** Ends every response: its client sees the end of the stream, not a failure. */
  close(): void {
    for (const end of [...this.#endings]) end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Calls `release` once, when the client has left or the stream is ended. */
  #keep(response: ServerResponse, release: () => void): void {
    const end = (): void => {
      if (!this.#endings.delete(end)) return;
      release();
      response.end();
    };
    this.#endings.add(end);
    response.on('close', end);
  }
}

/**
 * Hands pixels to the socket where they lie: the kernel's copy is the only one. The promise settles when the socket has
 * taken the last byte, and rejects when the client has left or has stopped reading.
 */
function responseSink(response: ServerResponse, guard: StallGuard): ViewSink {
  const write = (chunk: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      guard.write(chunk, (cause) => (cause ? reject(new Error('The view was closed', { cause })) : resolve()));
    });
  return {
    send: async (header, pixels) => {
      const piece = (begin: number): Uint8Array =>
        Buffer.from(pixels.buffer, pixels.byteOffset + begin, Math.min(pieceBytes, pixels.length - begin));
      response.cork();
      const first = [write(encodeFrameHeader(header)), write(piece(0))];
      response.uncork();
      await Promise.all(first);
      for (let begin = pieceBytes; begin < pixels.length; begin += pieceBytes) await write(piece(begin));
    },
  };
}
