import { describe, expect, it } from 'vitest';
import { callProcessor } from '../../../main/processor/checked-call.ts';
import { defineProcessor } from '../../../main/processor/define-processor.ts';
import type { ImageProcessor } from '../../../main/processor/image-processor.ts';
import { inlineHandle } from '../../../main/processor/processor-handle.ts';
import { exampleFacts, halfProcessor } from './example-processors.ts';

const shape = [1, 1, 2, 3] as const;
const request = { samples: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1), shape, prompts: [], values: {} };

function calling(call: unknown): ImageProcessor {
  return { ...halfProcessor, call } as ImageProcessor;
}

describe('a call that gives anything but one frame', () => {
  const results: Record<string, [unknown, string]> = {
    nothing: [undefined, 'no video'],
    'no samples': [{ video: { shape } }, 'no samples of [1,1,2,3]'],
    'another shape': [{ video: { data: new Float32Array(6), shape: [1, 2, 1, 3] } }, '6 samples of [1,2,1,3]'],
    'samples that do not fill it': [{ video: { data: new Float32Array(3), shape } }, '3 samples of [1,1,2,3]'],
    bytes: [{ video: { data: new Uint8Array(6), shape } }, '6 samples of [1,1,2,3]'],
  };
  it.each(Object.entries(results))('is refused: %s', async (_, [made, received]) => {
    const message = `Expected one float frame of [1, 1, 2, 3] from processor half but received ${received}`;
    await expect(callProcessor(inlineHandle(calling(() => made)), request)).rejects.toThrow(message);
  });

  it('passes on what it throws', async () => {
    const handle = inlineHandle(
      calling(() => {
        throw new Error('not today');
      }),
    );
    await expect(callProcessor(handle, request)).rejects.toThrow('not today');
  });
});

describe('a call', () => {
  it('gets bytes as floats from 0 to 1', async () => {
    const made = await callProcessor(inlineHandle(halfProcessor), {
      ...request,
      samples: Uint8Array.of(0, 51, 102, 153, 204, 255),
    });
    [0, 0.1, 0.2, 0.3, 0.4, 0.5].forEach((expected, index) => {
      expect(made.data[index]).toBeCloseTo(expected, 6);
    });
  });

  it('is clamped, and leaves the samples that it was given alone', async () => {
    const samples = request.samples.slice();
    const call: ImageProcessor['call'] = ({ video }) => {
      video.data.set([-1, 2, Number.NaN, 0.5, 1, 0]);
      return { video };
    };
    const made = await callProcessor(inlineHandle(calling(call)), { ...request, samples });
    expect([...made.data]).toEqual([0, 1, 0, 0.5, 1, 0]);
    expect(samples).toEqual(request.samples);
  });

  it.each([true, false])('gets prompts where it supports them: %s', async (supportsPrompts) => {
    const heard: unknown[] = [];
    const processor = defineProcessor({
      ...exampleFacts,
      supportsPrompts,
      params: {},
      prepare: () => ({ inputSize: 1 }),
      call: ({ video, prompts }) => {
        heard.push(prompts);
        return { video };
      },
    });
    const prompts = [{ text: 'warm', weight: 1 }];
    await callProcessor(inlineHandle(processor), { ...request, prompts });
    expect(heard).toEqual([supportsPrompts ? prompts : []]);
  });
});
