import { expect, it, onTestFinished } from 'vitest';
import type { FrameHeader } from '../../preload/frame-wire.ts';
import { createHttpTransport, type HttpMeans } from '../../renderer/client/http-transport.ts';
import type { FakeView } from '../main/shell/http/fake-lab-service.ts';
import { ServedLab } from '../main/shell/http/served-lab.ts';
import { StandingTimer } from '../support/standing-timer.ts';

/** More than the buffers between a lab and a page hold. */
const hugeBytes = 48 << 20;

function headerOf(frameId: number, payloadBytes: number): FrameHeader {
  const base = { sequence: frameId, width: payloadBytes / 4, height: 1, parameterVersion: 1 };
  return { ...base, frameId, payloadBytes, capturedNs: 1n, finishedNs: 2n };
}

/** The body of a response to a page that is frozen until `thawed`: nothing is read of it before. */
function frozen(body: ReadableStream<Uint8Array>, thawed: Promise<void>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    type: 'bytes',
    pull: async (controller) => {
      await thawed;
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
  });
}

it('a page that is frozen costs the lab its frame for ten seconds, and comes back by itself when it goes on', async () => {
  const clock = new StandingTimer();
  const lab = await ServedLab.start({ timer: clock.timer });
  onTestFinished(() => lab[Symbol.asyncDispose]());
  const thaw = Promise.withResolvers<void>();
  const delays: number[] = [];
  const means: HttpMeans = {
    fetch: async (target, init) => {
      const response = await fetch(`http://127.0.0.1:${lab.shell.port}${String(target)}`, { ...init, headers: lab.bearer });
      const body = frozen(response.body as ReadableStream<Uint8Array>, thaw.promise);
      return new Response(body, { status: response.status });
    },
    openEventSource: () => {
      throw new Error('Expected no events to be asked for');
    },
    setTimeout: (callback, delayMillis) => {
      delays.push(delayMillis);
      callback();
    },
  };
  const painted: number[] = [];
  const opened = lab.service.next('view-opened');
  const page = createHttpTransport(means).openView('main', ({ frameId }) => painted.push(frameId));
  await opened;
  const first = lab.service.views[0] as FakeView;
  const [closed, reopened] = [lab.service.next('view-closed'), lab.service.next('view-opened')];
  const lost = expect(first.sink.send(headerOf(1, hugeBytes), new Uint8Array(hugeBytes))).rejects.toThrow('The view was closed');
  // Pieces that buffers on the way still take give the page its time anew.
  while (!first.isClosed) {
    clock.advance(10_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all([lost, closed]);
  expect([clock.pending, lab.service.views.length, delays]).toEqual([0, 1, []]);
  thaw.resolve();
  await reopened;
  const second = lab.service.views[1] as FakeView;
  await second.sink.send(headerOf(2, 64), new Uint8Array(64));
  while (painted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  page();
  expect([painted, delays, second.viewId]).toEqual([[2], [250], 'main']);
});
