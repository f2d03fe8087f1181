import type { IncomingMessage } from 'node:http';
import net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventPayload } from '../../../../preload/contract.ts';
import { decodeFrameHeader, type FrameHeader, frameHeaderBytes } from '../../../../preload/frame-wire.ts';
import { StandingTimer } from '../../../support/standing-timer.ts';
import type { FakeView } from './fake-lab-service.ts';
import { ServedLab } from './served-lab.ts';

let lab: ServedLab;
/** The time of clients that take nothing. */
let clock: StandingTimer;

beforeEach(async () => {
  clock = new StandingTimer();
  lab = await ServedLab.start({ timer: clock.timer });
});

afterEach(async () => {
  vi.useRealTimers();
  await lab[Symbol.asyncDispose]();
});

/** More than the kernel's buffers of a loopback connection hold. */
const hugeBytes = 48 << 20;
/** Turns of the event loop that a promise is given to settle wrongly. */
const manyTurns = 50;

/** A stream of which the client has read nothing but the headers; that it breaks off is for a test to expect, not an accident. */
async function openStream(path: string): Promise<IncomingMessage> {
  const response = await lab.open({ path, headers: lab.bearer });
  return response.on('error', () => undefined);
}

async function openView(viewId = 'main'): Promise<{ view: FakeView; response: IncomingMessage }> {
  const response = await openStream(`/api/view/${viewId}`);
  return { view: lab.service.views.at(-1) as FakeView, response };
}

function headerOf(frameId: number, payloadBytes: number): FrameHeader {
  const base = { sequence: frameId + 100, width: payloadBytes / 4, height: 1, parameterVersion: 7 };
  return { ...base, frameId, payloadBytes, capturedNs: 123_456_789_012_345n, finishedNs: 123_456_789_999_999n };
}

function sharedPixels(byteLength: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(byteLength));
}

/** Fills pixels with a pattern that no other frame has at any place. */
function paint(pixels: Uint8Array, frameId: number): void {
  for (let at = 0; at < pixels.length; at++) pixels[at] = at * 7 + (at >> 8) + frameId * 31;
}

/** Takes exactly as many bytes as asked for, one turn of the event loop per piece. */
class SlowReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(response: IncomingMessage) {
    this.#pieces = response[Symbol.asyncIterator]();
  }

  async take(byteLength: number): Promise<Buffer> {
    const taken = [this.#rest];
    let bytes = this.#rest.length;
    while (bytes < byteLength) {
      const { done, value } = await this.#pieces.next();
      if (done) throw new Error(`The stream ended ${byteLength - bytes} bytes early`);
      taken.push(value);
      bytes += value.length;
      await turn();
    }
    const all = Buffer.concat(taken);
    this.#rest = all.subarray(byteLength);
    return all.subarray(0, byteLength);
  }
}

async function settlesWithin(turns: number, promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  promise.then(settle, settle);
  for (let count = 0; count < turns; count++) await turn();
  return isSettled;
}

/** Waits until no socket takes anything more: whatever one takes gives its client its time anew. */
async function quiet(): Promise<void> {
  for (let placed = -1; placed !== clock.placed; ) {
    placed = clock.placed;
    for (let count = 0; count < manyTurns; count++) await turn();
  }
}

const notice: EventPayload<'notice'> = { level: 'info', code: 'lab.test', message: 'Line one\nline two' };

describe('events', () => {
  it('are frames of the event stream, in order, none before the client listens', async () => {
    lab.service.announce('notice', notice);
    const response = await openStream('/api/events');
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/event-stream']);
    lab.service.announce('notice', notice);
    lab.service.announce('parameter.applied', { processorId: 'fast-isp', version: 3, frameId: 9, sequence: 8 });
    const expected =
      ': connected\n\n' +
      'event: notice\ndata: {"level":"info","code":"lab.test","message":"Line one\\nline two"}\n\n' +
      'event: parameter.applied\ndata: {"processorId":"fast-isp","version":3,"frameId":9,"sequence":8}\n\n';
    expect((await new SlowReader(response).take(expected.length)).toString()).toBe(expected);
    response.destroy();
  });

  it('are kept alive while nothing happens, and no longer than the client stays', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const response = await openStream('/api/events');
    const reader = new SlowReader(response);
    await reader.take(': connected\n\n'.length);
    vi.advanceTimersByTime(30_000);
    const beats = ': still here\n\n'.repeat(2);
    expect((await reader.take(beats.length)).toString()).toBe(beats);
    expect(vi.getTimerCount()).toBe(1);
    const left = lab.service.next('unsubscribed');
    response.destroy();
    await left;
    expect([vi.getTimerCount(), lab.service.listeners.size]).toEqual([0, 0]);
  });

  it('disconnect a client that does not read them, and only that one', async () => {
    const stuck = await openStream('/api/events');
    const reading = await openStream('/api/events');
    let bytesRead = 0;
    reading.on('data', (piece: Buffer) => {
      bytesRead += piece.length;
    });
    const message = 'x'.repeat(256 << 10);
    let announced = 0;
    while (lab.service.listeners.size === 2 && announced < 1000) {
      lab.service.announce('notice', { ...notice, message });
      announced++;
      await turn();
    }
    expect(lab.service.listeners.size).toBe(1);
    await new Promise((resolve) => stuck.once('close', resolve).resume());
    expect(stuck.complete).toBe(false);
    while (bytesRead < announced * message.length) await turn();
    expect(reading.destroyed).toBe(false);
    reading.destroy();
  });
});

describe('events that wait for their client', () => {
  it('disconnect it ten seconds after it last took something, and stop waiting when it takes them', async () => {
    const silent = await openStream('/api/events');
    const reading = await openStream('/api/events');
    reading.resume();
    const message = 'x'.repeat(256 << 10);
    // What the kernel takes is no memory of the lab: only what it does not take waits.
    do {
      lab.service.announce('notice', { ...notice, message });
      await quiet();
    } while (clock.pending === 0);
    expect(lab.service.listeners.size).toBe(2);
    const left = lab.service.next('unsubscribed');
    clock.advance(10_000);
    await left;
    expect([lab.service.listeners.size, clock.pending, reading.destroyed]).toEqual([1, 0, false]);
    expect(silent.complete).toBe(false);
    reading.destroy();
  });
});

describe('a view whose client does not take its frames', () => {
  it('keeps the pixels until the socket has taken the last byte', async () => {
    const { view, response } = await openView();
    const sent = view.sink.send(headerOf(1, hugeBytes), sharedPixels(hugeBytes));
    expect(await settlesWithin(manyTurns, sent)).toBe(false);
    response.resume();
    await expect(sent).resolves.toBeUndefined();
    expect(view.isClosed).toBe(false);
    response.destroy();
  });

  it('is closed ten seconds after it last took something, and its pixels are given back', async () => {
    const { view } = await openView();
    const rejected = expect(view.sink.send(headerOf(1, hugeBytes), sharedPixels(hugeBytes))).rejects.toThrow(
      'The view was closed',
    );
    await quiet();
    const closed = lab.service.next('view-closed');
    clock.advance(9_999);
    await settlesWithin(manyTurns, rejected);
    expect(view.isClosed).toBe(false);
    clock.advance(1);
    await Promise.all([rejected, closed]);
    expect([view.isClosed, clock.pending]).toEqual([true, 0]);
  });

  it('is kept while it takes something every ten seconds, however long a frame takes', async () => {
    const { view, response } = await openView();
    const reader = new SlowReader(response);
    const sent = view.sink.send(headerOf(1, hugeBytes), sharedPixels(hugeBytes));
    const halfBytes = hugeBytes / 2;
    let readBytes = 0;
    let waitedMillis = 0;
    while (readBytes < halfBytes) {
      await quiet();
      clock.advance(9_999);
      waitedMillis += 9_999;
      for (const { placed } = clock; placed === clock.placed; readBytes += 65_536) await reader.take(65_536);
    }
    expect(waitedMillis).toBeGreaterThan(30_000);
    expect(view.isClosed).toBe(false);
    await reader.take(frameHeaderBytes + hugeBytes - readBytes);
    await sent;
    expect([view.isClosed, clock.pending]).toEqual([false, 0]);
    response.destroy();
  });

  it('harms no other view', async () => {
    const idle = await openView('left');
    const reading = await openView('right');
    reading.response.resume();
    const rejected = expect(idle.view.sink.send(headerOf(1, hugeBytes), sharedPixels(hugeBytes))).rejects.toThrow();
    await reading.view.sink.send(headerOf(1, hugeBytes), sharedPixels(hugeBytes));
    await quiet();
    clock.advance(10_000);
    await rejected;
    await reading.view.sink.send(headerOf(2, hugeBytes), sharedPixels(hugeBytes));
    expect([idle.view.isClosed, reading.view.isClosed]).toEqual([true, false]);
    reading.response.destroy();
  });
});

describe('a view that ends', () => {
  it('is closed when the client leaves, and a frame under way or after is refused', async () => {
    const { view, response } = await openView();
    const sent = view.sink.send(headerOf(1, hugeBytes), sharedPixels(hugeBytes));
    const rejected = expect(sent).rejects.toThrow('The view was closed');
    const closed = lab.service.next('view-closed');
    response.destroy();
    await Promise.all([rejected, closed]);
    expect(view.isClosed).toBe(true);
    await expect(view.sink.send(headerOf(2, 64), sharedPixels(64))).rejects.toThrow('The view was closed');
  });

  it.each(['the client leaves', 'its time is over'])('is closed when %s before its turn on a shared connection', async (what) => {
    const opened = lab.service.next('view-opened');
    const socket = net.connect(lab.shell.port, '127.0.0.1');
    const request = (path: string): string =>
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${lab.token}\r\n\r\n`;
    socket.write(request('/api/events') + request('/api/view/main'));
    await opened;
    const view = lab.service.views[0] as FakeView;
    const rejected = expect(view.sink.send(headerOf(1, 64), sharedPixels(64))).rejects.toThrow('The view was closed');
    const closed = lab.service.next('view-closed');
    if (what === 'the client leaves') socket.destroy();
    else clock.advance(10_000);
    await Promise.all([rejected, closed]);
    expect([view.isClosed, lab.service.listeners.size, clock.pending]).toEqual([true, 0, 0]);
  });

  it('does not hold up the end of the lab', async () => {
    const { view } = await openView();
    const rejected = expect(view.sink.send(headerOf(1, hugeBytes), sharedPixels(hugeBytes))).rejects.toThrow(
      'The view was closed',
    );
    await lab.shell.close();
    await rejected;
    expect(view.isClosed).toBe(true);
    await expect(view.sink.send(headerOf(2, 64), sharedPixels(64))).rejects.toThrow('The view was closed');
  });
});

describe('a view', () => {
  it('sends its headers before its first frame, to the view that the address names', async () => {
    const { view, response } = await openView('left%20eye');
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/octet-stream']);
    expect(view.viewId).toBe('left eye');
    const closed = lab.service.next('view-closed');
    response.destroy();
    await closed;
    expect(view.isClosed).toBe(true);
  });

  it('brings a slow reader every byte of every frame, from one slot that is written again as soon as it is given back', async () => {
    const { view, response } = await openView();
    const reader = new SlowReader(response);
    const payloadBytes = 4 * 321 * 241;
    const slot = sharedPixels(payloadBytes + 128);
    const pixels = slot.subarray(64, 64 + payloadBytes);
    const frames = 60;
    const sendAll = async (): Promise<void> => {
      for (let frameId = 1; frameId <= frames; frameId++) {
        paint(pixels, frameId);
        await view.sink.send(headerOf(frameId, payloadBytes), pixels);
        slot.fill(0);
      }
    };
    const sending = sendAll();
    const expected = new Uint8Array(payloadBytes);
    for (let frameId = 1; frameId <= frames; frameId++) {
      expect(decodeFrameHeader(await reader.take(frameHeaderBytes))).toEqual(headerOf(frameId, payloadBytes));
      paint(expected, frameId);
      expect((await reader.take(payloadBytes)).equals(expected)).toBe(true);
    }
    await sending;
    response.destroy();
  });

  it('leaves no listener and no timer behind a frame that was taken', async () => {
    const warned = vi.spyOn(process, 'emitWarning');
    const { view, response } = await openView();
    response.resume();
    for (let frameId = 1; frameId <= 20; frameId++) await view.sink.send(headerOf(frameId, 64), sharedPixels(64));
    expect([clock.pending, clock.placed >= 20]).toEqual([0, true]);
    expect(warned).not.toHaveBeenCalled();
    response.destroy();
  });
});
