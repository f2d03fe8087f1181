import type { ServerResponse } from 'node:http';
import { encodeFrameHeader } from '../../../preload/frame-wire.ts';
import type { LabService, ViewSink } from '../service.ts';
import { securityHeaders } from './access.ts';

/** A client whose unread events exceed this is disconnected: it would only ever see the past. */
const mostUnreadBytes = 1 << 20;
const heartbeatMillis = 15_000;

/** Sends every event of the lab as a server-sent event until the client leaves. */
export function streamEvents(service: LabService, response: ServerResponse): void {
  response.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': connected\n\n');
  const send = (text: string): void => {
    if (response.writableLength > mostUnreadBytes) response.destroy();
    else response.write(text);
  };
  const unsubscribe = service.subscribe((name, payload) => send(`event: ${name}\ndata: ${JSON.stringify(payload)}\n\n`));
  const heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMillis);
  response.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
}

/** Sends a view's frames, header and pixels one after the other, until the client leaves. */
export function streamView(service: LabService, viewId: string, response: ServerResponse): void {
  response.writeHead(200, { ...securityHeaders, 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
  response.socket?.setNoDelay(true);
  response.flushHeaders();
  const view = service.openView(viewId, responseSink(response));
  response.on('close', () => view.close());
}

/**
 * Hands pixels to the socket where they lie: the kernel's copy is the only one. The promise settles when the socket has
 * taken the last byte, and rejects when the client has left.
 */
function responseSink(response: ServerResponse): ViewSink {
  return {
    send: (header, pixels) =>
      new Promise((resolve, reject) => {
        const leave = (): void => reject(new Error('The view was closed'));
        if (response.destroyed) return leave();
        response.once('close', leave);
        response.cork();
        response.write(encodeFrameHeader(header));
        response.write(Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength), (error) => {
          response.off('close', leave);
          if (error) reject(error);
          else resolve();
        });
        response.uncork();
      }),
  };
}
