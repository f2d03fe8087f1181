import { expect, test } from 'vitest';
import { encodeFrameHeader } from '../../../preload/frame-wire.ts';
import { readFrames } from '../../../renderer/client/frame-reader.ts';

const width = 6;
const height = 4;
const payloadBytes = width * height * 4;

function frameBytes(frameId: number): Uint8Array {
  const header = encodeFrameHeader({
    frameId,
    sequence: frameId - 1,
    width,
    height,
    parameterVersion: 7,
    capturedNs: 5n,
    finishedNs: 9n,
    payloadBytes,
  });
  const bytes = new Uint8Array(header.byteLength + payloadBytes);
  bytes.set(header);
  bytes.fill(frameId, header.byteLength);
  return bytes;
}

function streamOf(bytes: Uint8Array, chunkBytes: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (at >= bytes.byteLength) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      controller.enqueue(bytes.slice(at, at + chunkBytes));
      at += chunkBytes;
    },
  });
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

async function framesOf(bytes: Uint8Array, chunkBytes: number) {
  const seen: { frameId: number; first: number | undefined; last: number | undefined; bytes: number }[] = [];
  await readFrames(
    streamOf(bytes, chunkBytes),
    ({ frameId }, pixels) => seen.push({ frameId, first: pixels[0], last: pixels.at(-1), bytes: pixels.byteLength }),
    new AbortController().signal,
  );
  return seen;
}

test('refuses a body that lost its step', async () => {
  const shifted = concatenated([frameBytes(1), Uint8Array.of(0), frameBytes(2)]);
  await expect(framesOf(shifted, 50)).rejects.toThrow('Expected a frame header');
});

test('refuses a body that ends inside a frame', async () => {
  await expect(framesOf(frameBytes(1).subarray(0, 100), 64)).rejects.toThrow('Expected 96 bytes but the stream ended after 36');
});

test('refuses a body that ends between header and pixels', async () => {
  await expect(framesOf(frameBytes(1).subarray(0, 64), 64)).rejects.toThrow('Expected pixels after a frame header');
});

test.each([1, 3, 63, 64, 65, 96, 160, 161, 1000])('puts frames together from chunks of %i bytes', async (chunkBytes) => {
  const frames = await framesOf(concatenated([1, 2, 3, 4, 5].map(frameBytes)), chunkBytes);
  expect(frames.map(({ frameId, first, last, bytes }) => [frameId, first, last, bytes])).toEqual(
    [1, 2, 3, 4, 5].map((id) => [id, id, id, payloadBytes]),
  );
});

test('ends quietly when the signal aborts in the middle of the flow', async () => {
  const abort = new AbortController();
  const seen: number[] = [];
  await readFrames(
    streamOf(concatenated([1, 2, 3].map(frameBytes)), 40),
    ({ frameId }) => {
      seen.push(frameId);
      abort.abort();
    },
    abort.signal,
  );
  expect(seen).toEqual([1]);
});

test('leaves the two frames before the newest untouched', async () => {
  const held: Uint8Array[] = [];
  await readFrames(
    streamOf(concatenated([1, 2, 3].map(frameBytes)), 70),
    (_header, pixels) => held.push(pixels),
    new AbortController().signal,
  );
  expect(held.map((pixels) => pixels[0])).toEqual([1, 2, 3]);
});
