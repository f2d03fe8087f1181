import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import { mostPngBytes, type PngSpec, pngTask } from '../../../main/recording/png-task.ts';
import { runTask } from '../../../main/runtime/lane-tasks.ts';
import { seededRandom } from '../../support/synthetic-mosaic.ts';

/** As lanes run it: by the URL of its module. */
async function encoded(specification: PngSpec, input: Uint16Array, outputBytes = mostPngBytes(specification)) {
  const output = new Uint16Array(Math.ceil(outputBytes / 2));
  const { bytes } = await runTask(pngTask(specification), { inputs: [input], outputs: [output] }, () => undefined);
  return decode(new Uint8Array(output.buffer, 0, bytes));
}

const noise = (length: number): Uint16Array => {
  const random = seededRandom(9);
  return Uint16Array.from({ length }, () => Math.floor(random() * 65536));
};

it('says so where the slot is too small', async () => {
  const spec = { width: 32, height: 8, channels: 3, depth: 16 } as const;
  await expect(encoded(spec, noise(32 * 8 * 3), 512)).rejects.toThrow('Expected a PNG of at most 512 bytes but received');
});

it('has room for what cannot be compressed, and keeps every sample of 16 bits', async () => {
  for (const [width, height] of [
    [1, 1],
    [33, 7],
    [300, 200],
  ] as const) {
    const samples = noise(width * height * 3 + 50);
    const { data, depth, channels } = await encoded({ width, height, channels: 3, depth: 16 }, samples);
    expect([depth, channels]).toEqual([16, 3]);
    expect(data).toEqual(samples.subarray(0, width * height * 3));
  }
});

it('takes samples of 8 bits from the same slots', async () => {
  const samples = noise(10 * 6 * 2);
  const { data, depth, channels } = await encoded({ width: 10, height: 6, channels: 4, depth: 8 }, samples);
  expect([depth, channels]).toEqual([8, 4]);
  expect(data).toEqual(new Uint8Array(samples.buffer, 0, 240));
});
