import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MjpegDecoder } from '../../../main/recording/mjpeg-decoder.ts';
import { MjpegSplitter } from '../../../main/recording/mjpeg-stream.ts';
import { expectedRgb, fixture, withoutHuffmanTables } from './mjpeg-fixtures.ts';

let decoder: MjpegDecoder;
beforeAll(() => {
  decoder = new MjpegDecoder();
});
afterAll(() => decoder.close());

/** Both decoders may round their colour conversion differently, by no more. */
const roundingTolerance = 1;

function expectClose(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length);
  const worst = actual.reduce((most, value, index) => Math.max(most, Math.abs(value - (expected[index] as number))), 0);
  expect(worst).toBeLessThanOrEqual(roundingTolerance);
}

describe('a frame that cannot be decoded', () => {
  it.each([
    ['nothing', () => new Uint8Array(), /Expected a JPEG picture but received 0 other bytes/],
    ['other bytes', () => Uint8Array.of(1, 2, 3), /3 other bytes/],
    ['its first half', (jpeg: Uint8Array) => jpeg.subarray(0, jpeg.length / 2), /cut off after \d+ bytes/],
    ['its header alone', (jpeg: Uint8Array) => jpeg.subarray(0, 30), /Expected a JPEG picture/],
    ['an end in the middle', (jpeg: Uint8Array) => Uint8Array.from([...jpeg.subarray(0, -100), 0xff, 0xd9]), /damaged data/],
    ['a hole', (jpeg: Uint8Array) => jpeg.map((value, at) => (at > 700 && at < 800 ? 0x55 : value)), /damaged data/],
  ])('as %s is an error and a count, and the next one is decoded', async (_what, damage, message) => {
    const jpeg = await fixture('restarts-420.jpg');
    const before = decoder.badFrames;
    await expect(decoder.decode(damage(jpeg))).rejects.toMatchObject({
      code: 'jpeg.damaged',
      message: expect.stringMatching(message),
    });
    expect(decoder.badFrames).toBe(before + 1);
    expectClose((await decoder.decode(jpeg)).rgb, await expectedRgb('restarts-420'));
  });

  it('that promises more pixels than any camera has is refused before memory is asked for', async () => {
    const jpeg = await fixture('restarts-420.jpg');
    const header = jpeg.findIndex((value, at) => value === 0xff && jpeg[at + 1] === 0xc0);
    jpeg.set([0xff, 0xff, 0xff, 0xff], header + 5);
    await expect(decoder.decode(jpeg)).rejects.toThrow('65535x65535');
  });

  it('does not tire the decoder, however many there are', async () => {
    const jpeg = await fixture('restarts-420.jpg');
    const damaged = jpeg.map((value, at) => (at > 700 && at < 800 ? 0x55 : value));
    const outcomes = await Promise.allSettled(Array.from({ length: 450 }, () => decoder.decode(damaged)));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expectClose((await decoder.decode(jpeg)).rgb, await expectedRgb('restarts-420'));
  });

  it('because the decoder was closed is rejected', async () => {
    const closed = new MjpegDecoder();
    const waiting = closed.decode(await fixture('grey.jpg'));
    const refusal = expect(waiting).rejects.toMatchObject({ code: 'jpeg.decoder-ended' });
    await closed.close();
    await refusal;
    await expect(closed.decode(await fixture('grey.jpg'))).rejects.toMatchObject({ code: 'jpeg.decoder-ended' });
  });
});

describe('a decoded frame equals what OpenCV makes of it', () => {
  it.each(['restarts-420', 'grey'])('for %s', async (name) => {
    const picture = await decoder.decode(await fixture(`${name}.jpg`));
    expect(picture).toMatchObject({ width: 64, height: 48 });
    expectClose(picture.rgb, await expectedRgb(name));
  });

  it('for each of a stream, in the order of asking', async () => {
    const frames = new MjpegSplitter().push(await fixture('three-frames-422.mjpeg'));
    const pictures = await Promise.all(frames.map(({ bytes }) => decoder.decode(bytes)));
    expectClose(Uint8Array.from(pictures.flatMap(({ rgb }) => [...rgb])), await expectedRgb('three-frames-422'));
  });

  it('for one without Huffman tables', async () => {
    const picture = await decoder.decode(withoutHuffmanTables(await fixture('restarts-420.jpg')));
    expectClose(picture.rgb, await expectedRgb('restarts-420'));
  });

  it('in shared memory, which the decoder does not keep', async () => {
    const jpeg = await fixture('restarts-420.jpg');
    const shared = new Uint8Array(new SharedArrayBuffer(jpeg.length));
    shared.set(jpeg);
    const waiting = decoder.decode(shared);
    shared.fill(0);
    expectClose((await waiting).rgb, await expectedRgb('restarts-420'));
  });

  it.each([0, 0xff, 0x55])('with bytes of %d after its end', async (filler) => {
    const jpeg = await fixture('grey.jpg');
    const padded = new Uint8Array(jpeg.length + 100).fill(filler);
    padded.set(jpeg);
    expectClose((await decoder.decode(padded)).rgb, await expectedRgb('grey'));
  });
});
