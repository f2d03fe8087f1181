import type { ServerResponse } from 'node:http';
import { encodeFrameHeader } from '../../../preload/frame-wire.ts';
import type { Closeable } from '../../base/lifetime.ts';
import type { LabService, ViewSink } from '../service.ts';
import { securityHeaders } from './access.ts';

/** A client whose unread events exceed this is disconnected: it would only ever see the past. */
const mostUnreadBytes = 1 << 20;
/** A client that takes no frame for so long is disconnected: until it has, the frame holds a slot of the pool. */
const mostStallMillis = 10_000;
const heartbeatMillis = 15_000;

/** The responses of a served lab that do not end: its events and its views' frames. Used on the lab's thread only. */
export class LabStreams implements Closeable {
  readonly #service: LabService;
  readonly #endings = new Set<() => void>();

  constructor(service: LabService) {
    this.#service = service;
  }

  /** Sends every event of the lab as a server-sent event until the client leaves. */
  sendEvents(response: ServerResponse): void {
    response.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream' });
    response.write(': connected\n\n');
    const send = (text: string): void => {
      if (response.writableLength > mostUnreadBytes) response.destroy();
      else response.write(text);
    };
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
    const view = this.#service.openView(viewId, responseSink(response));
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
 * taken the last byte, and rejects when the client has left or has taken too long.
 */
function responseSink(response: ServerResponse): ViewSink {
  return {
    send: (header, pixels) =>
      new Promise((resolve, reject) => {
        if (response.writableEnded) return reject(new Error('The view was closed'));
        const stall = setTimeout(() => response.destroy(), mostStallMillis);
        const settle = (error: Error | null | undefined): void => {
          clearTimeout(stall);
          response.off('close', leave);
          if (error) reject(new Error('The view was closed', { cause: error }));
          else resolve();
        };
        const leave = (): void => settle(new Error('The client has left'));
        response.once('close', leave);
        response.cork();
        response.write(encodeFrameHeader(header));
        response.write(Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength), settle);
        response.uncork();
      }),
  };
}
