import { describe, expect, it } from 'vitest';
import { jpegSize, type MjpegFrame, MjpegSplitter, withHuffmanTables } from '../../../main/recording/mjpeg-stream.ts';
import { fixture, withoutHuffmanTables } from './mjpeg-fixtures.ts';

/** Everything that a splitter makes of the stream in chunks of that size. */
function split(stream: Uint8Array, chunkBytes = stream.length) {
  const splitter = new MjpegSplitter();
  const frames: MjpegFrame[] = [];
  for (let at = 0; at < stream.length; at += chunkBytes) frames.push(...splitter.push(stream.subarray(at, at + chunkBytes)));
  const rest = splitter.end();
  return { frames, rest, skippedBytes: splitter.skippedBytes };
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

describe('a stream that is no Motion JPEG', () => {
  it.each([[[]], [[0xff]], [[1, 2, 3, 0xff]], [new Array(1000).fill(0x55)]])('gives no frame', (bytes) => {
    const { frames, rest, skippedBytes } = split(Uint8Array.from(bytes), 7);
    expect({ frames, rest, skippedBytes }).toEqual({ frames: [], rest: undefined, skippedBytes: bytes.length });
  });

  it('has no size', () => {
    expect(jpegSize(Uint8Array.of(0xff, 0xd8, 0xff))).toBeUndefined();
    expect(jpegSize(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9))).toBeUndefined();
  });
});

describe('a damaged stream', () => {
  it('gives what is cut off as not whole, and the next frame as it is', async () => {
    const jpeg = await fixture('restarts-420.jpg');
    const half = jpeg.subarray(0, -100);
    const { frames } = split(joined(half, jpeg));
    expect(frames.map(({ isWhole, bytes }) => [isWhole, bytes.length])).toEqual([
      [false, half.length],
      [true, jpeg.length],
    ]);
  });

  it('gives a frame that the stream ends in at its end', async () => {
    const jpeg = await fixture('grey.jpg');
    const { frames, rest } = split(joined(jpeg, jpeg.subarray(0, -2)), 100);
    expect(frames).toHaveLength(1);
    expect(rest).toEqual({ bytes: jpeg.subarray(0, -2), isWhole: false });
  });

  it('passes over what lies between frames', async () => {
    const jpeg = await fixture('grey.jpg');
    const garbage = Uint8Array.of(0, 0, 0xff, 0xd9, 7);
    const { frames, skippedBytes } = split(joined(garbage, jpeg, garbage, jpeg), 11);
    expect(frames).toEqual([
      { bytes: jpeg, isWhole: true },
      { bytes: jpeg, isWhole: true },
    ]);
    expect(skippedBytes).toBe(10);
  });
});

describe('a stream of several frames', () => {
  it.each([1, 2, 3, 64, 1000, 1_000_000])('is cut into them in chunks of %d bytes', async (chunkBytes) => {
    const stream = await fixture('three-frames-422.mjpeg');
    const { frames, rest, skippedBytes } = split(stream, chunkBytes);
    expect(frames.map(({ isWhole }) => isWhole)).toEqual([true, true, true]);
    expect(joined(...frames.map(({ bytes }) => bytes))).toEqual(stream);
    expect({ rest, skippedBytes }).toEqual({ rest: undefined, skippedBytes: 0 });
    for (const { bytes } of frames) expect(jpegSize(bytes)).toEqual({ width: 64, height: 48 });
  });

  it('is not cut at the thumbnail in a segment', async () => {
    const jpeg = await fixture('restarts-420.jpg');
    const thumbnail = await fixture('grey.jpg');
    const bytes = thumbnail.length + 2;
    const segment = joined(Uint8Array.of(0xff, 0xe1, bytes >> 8, bytes & 0xff), thumbnail);
    const whole = joined(jpeg.subarray(0, 2), segment, jpeg.subarray(2));
    expect(split(joined(whole, jpeg), 13).frames).toEqual([
      { bytes: whole, isWhole: true },
      { bytes: jpeg, isWhole: true },
    ]);
  });
});

describe('Huffman tables', () => {
  it('that a frame brings are left alone', async () => {
    const jpeg = await fixture('grey.jpg');
    expect(withHuffmanTables(jpeg)).toBe(jpeg);
  });

  it('are put in where there are none', async () => {
    const bare = withoutHuffmanTables(await fixture('restarts-420.jpg'));
    expect(withHuffmanTables(bare).length).toBe(bare.length + 420);
    expect(withHuffmanTables(withHuffmanTables(bare)).length).toBe(bare.length + 420);
  });
});
