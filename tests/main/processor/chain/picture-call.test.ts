import { describe, expect, it } from 'vitest';
import { callOnPictures, callPermit, type PictureCall } from '../../../../main/processor/chain/picture-call.ts';
import type { ProcessorCall } from '../../../../main/processor/processor-call.ts';
import type { VideoTensor } from '../../../../main/processor/video-tensor.ts';

const newest = Uint8Array.of(0, 51, 255, 7, 10, 20, 30, 9);
const older = Uint8Array.of(255, 0, 102, 0, 1, 2, 3, 0);

function calling(
  make: (call: ProcessorCall) => unknown,
  traits: Partial<PictureCall> = {},
): { done: Promise<void>; result: Uint8Array } {
  const result = new Uint8Array(8);
  const call = { pictures: [newest, older], result, width: 2, height: 1, prompts: [], values: {}, ...traits };
  return { done: callOnPictures({ id: 'test', call: async (request) => make(request) }, call), result };
}

const frame = (data: readonly number[], shape: VideoTensor['shape'] = [1, 1, 2, 3]): unknown => {
  return { video: { data: Float32Array.from(data), shape } };
};

describe('a call on pictures', () => {
  it.each([
    ['nothing', undefined, 'received no video'],
    ['another shape', frame([0, 0, 0], [1, 1, 1, 3]), 'Expected one float frame of [1, 1, 2, 3] from processor test'],
    ['NaN', frame([0, 0, 0, 0, Number.NaN, 0]), 'Expected numbers from processor test but received NaN'],
  ])('refuses %s', async (_, made, sentence) => {
    await expect(calling(() => made).done).rejects.toThrow(sentence);
  });

  it('gives the frames as floats, the newest last and without alpha', async () => {
    let seen: VideoTensor | undefined;
    await calling(({ video }) => {
      seen = video;
      return frame([0, 0, 0, 0, 0, 0]);
    }).done;
    expect(seen?.shape).toEqual([2, 1, 2, 3]);
    const bytes = [255, 0, 102, 1, 2, 3, 0, 51, 255, 10, 20, 30];
    for (const [index, byte] of bytes.entries()) expect(seen?.data[index]).toBeCloseTo(byte / 255, 6);
  });

  it('rounds to bytes, clamps what lies outside, infinities too, and makes alpha opaque', async () => {
    const infinite = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5];
    const { done, result } = calling(() => frame([-1, 100.4 / 255, 2, ...infinite]));
    await done;
    expect([...result]).toEqual([0, 100, 255, 255, 255, 0, 128, 255]);
  });

  it('leaves the result alone once it is given up, before it began or while it worked', async () => {
    for (const isBefore of [true, false]) {
      const permit = new Int32Array(new SharedArrayBuffer(4));
      const withdraw = (): void => void Atomics.store(permit, 0, callPermit.withdrawn);
      if (isBefore) withdraw();
      let calls = 0;
      const make = (): unknown => {
        calls += 1;
        withdraw();
        return frame([1, 1, 1, 1, 1, 1]);
      };
      const { done, result } = calling(make, { permit });
      await expect(done).rejects.toThrow('Expected a call of test that is still waited for but it was given up');
      expect([calls, ...result]).toEqual([isBefore ? 0 : 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
  });
});
