import { expect, test } from 'vitest';
import { encodeFrameHeader } from '../../../preload/frame-wire.ts';
import type { HttpMeans } from '../../../renderer/client/http-transport.ts';
import { createHttpTransport } from '../../../renderer/client/http-transport.ts';

class FakeEventSource extends EventTarget {
  onopen: (() => void) | undefined;
  onerror: (() => void) | undefined;
  closed = false;
  close(): void {
    this.closed = true;
  }
}

function means(answer: (path: string, init?: RequestInit) => Promise<Response>) {
  const sources: FakeEventSource[] = [];
  const timers: { callback: () => void; delayMillis: number }[] = [];
  const fake: HttpMeans = {
    fetch: (input, init) => answer(String(input), init),
    openEventSource() {
      const source = new FakeEventSource();
      sources.push(source);
      return source as unknown as EventSource;
    },
    setTimeout: (callback, delayMillis) => timers.push({ callback, delayMillis }),
  };
  return { fake, sources, timers };
}

const nothing = () => Promise.resolve(new Response('{"ok":true,"result":{}}'));

test('an answer that is no outcome becomes one with the status', async () => {
  const { fake } = means(() => Promise.resolve(new Response('Forbidden', { status: 403 })));
  const outcome = await createHttpTransport(fake).call('stream.state', {});
  expect(outcome).toMatchObject({ ok: false, error: { code: 'http.403' } });
});

test('a call posts its payload as JSON and returns the outcome', async () => {
  const asked: unknown[] = [];
  const { fake } = means((path, init) => {
    asked.push([path, init?.method, init?.body]);
    return nothing();
  });
  expect(await createHttpTransport(fake).call('source.open', { sourceId: 'a' })).toEqual({ ok: true, result: {} });
  expect(asked).toEqual([['/api/call/source.open', 'POST', '{"sourceId":"a"}']]);
});

test('a lost event stream is reported and opened again, later and later, until one opens', () => {
  const { fake, sources, timers } = means(nothing);
  const states: string[] = [];
  createHttpTransport(fake).listen({ event: () => undefined, connection: (state) => states.push(state) });
  for (let attempt = 0; attempt < 3; attempt++) {
    sources.at(-1)?.onerror?.();
    timers.at(-1)?.callback();
  }
  expect(timers.map(({ delayMillis }) => delayMillis)).toEqual([250, 500, 1000]);
  sources.at(-1)?.onopen?.();
  sources.at(-1)?.onerror?.();
  expect(timers.at(-1)?.delayMillis).toBe(250);
  expect(states).toEqual(['connecting', 'disconnected', 'disconnected', 'disconnected', 'connected', 'disconnected']);
});

test('events arrive with their names and parsed payloads; none after closing', () => {
  const { fake, sources, timers } = means(nothing);
  const heard: unknown[] = [];
  const close = createHttpTransport(fake).listen({
    event: (name, payload) => heard.push([name, payload]),
    connection: () => undefined,
  });
  sources[0]?.dispatchEvent(new MessageEvent('notice', { data: '{"level":"info"}' }));
  expect(heard).toEqual([['notice', { level: 'info' }]]);
  close();
  sources[0]?.onerror?.();
  expect(sources[0]?.closed).toBe(true);
  expect(timers).toEqual([]);
});

test('a view that ended is opened again', async () => {
  const header = { width: 2, height: 2, sequence: 0, parameterVersion: 1, capturedNs: 0n, finishedNs: 0n, payloadBytes: 16 };
  const frame = (frameId: number) => new Blob([encodeFrameHeader({ ...header, frameId }), new Uint8Array(16)]);
  const bodies = [1, 2].map((frameId) => new Response(frame(frameId)));
  const reopened = Promise.withResolvers<void>();
  const { fake } = means(() => Promise.resolve(bodies.shift() ?? new Response(null, { status: 503 })));
  fake.setTimeout = (callback) => (bodies.length > 0 ? callback() : reopened.resolve());
  const seen: number[] = [];
  const close = createHttpTransport(fake).openView('main', ({ frameId }) => seen.push(frameId));
  await reopened.promise;
  close();
  expect(seen).toEqual([1, 2]);
});
