import { expect, test } from 'vitest';
import type { PreloadBridge } from '../../../preload/contract.ts';
import { encodeFrameHeader } from '../../../preload/frame-wire.ts';
import { createElectronTransport } from '../../../renderer/client/electron-transport.ts';

/** As much of a window as the transport touches: its messages, with a source and ports. */
class FakePage extends EventTarget {
  deliver(data: unknown, source: unknown, ports: MessagePort[]): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data, source, ports }));
  }
}

function frameBytes(): Uint8Array<ArrayBuffer> {
  const header = encodeFrameHeader({
    frameId: 3,
    sequence: 2,
    width: 2,
    height: 1,
    parameterVersion: 1,
    capturedNs: 0n,
    finishedNs: 0n,
    payloadBytes: 8,
  });
  const bytes = new Uint8Array(72);
  bytes.set(header);
  bytes.set([1, 2, 3, 4, 5, 6, 7, 8], 64);
  return bytes;
}

function openView() {
  const page = new FakePage();
  const asked: string[] = [];
  const bridge: PreloadBridge = {
    call: async () => ({ ok: true, result: {} }),
    subscribe: () => () => undefined,
    openView: (viewId) => asked.push(viewId),
  };
  const seen: [number, number[]][] = [];
  const transport = createElectronTransport(bridge, page as unknown as Window);
  const close = transport.openView('main', ({ frameId }, pixels) => seen.push([frameId, [...pixels]]));
  const port = { close: () => undefined, onmessage: undefined as ((event: unknown) => void) | undefined };
  return { page, asked, seen, close, port: port as typeof port & MessagePort };
}

test('ports of other windows and of other views are not taken', () => {
  const { page, port } = openView();
  page.deliver({ viewId: 'main' }, 'another window', [port]);
  page.deliver({ viewId: 'other' }, page, [port]);
  page.deliver(null, page, [port]);
  expect(port.onmessage).toBeUndefined();
});

test('frames come over the port, as bytes or as a buffer', () => {
  const { page, asked, seen, port } = openView();
  page.deliver({ viewId: 'main' }, page, [port]);
  port.onmessage?.({ data: frameBytes() } as MessageEvent);
  port.onmessage?.({ data: frameBytes().buffer } as MessageEvent);
  expect(asked).toEqual(['main']);
  expect(seen).toEqual([
    [3, [1, 2, 3, 4, 5, 6, 7, 8]],
    [3, [1, 2, 3, 4, 5, 6, 7, 8]],
  ]);
});
