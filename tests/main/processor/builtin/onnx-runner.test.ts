import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../../main/graph/graph-builder.ts';
import { writeOnnxModel } from '../../../../main/graph/onnx-model.ts';
import { onnxRunner } from '../../../../main/processor/builtin/onnx-runner.ts';
import { called, height, largestError, randomVideo, reference, sampleOf, width } from './processed.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camera-lab-onnx-'));
});
afterAll(async () => {
  await onnxRunner.shutdown?.();
  await rm(folder, { recursive: true, force: true });
});

/** 0.5 x + [1, 2, 3] / 16 by channel. */
async function model(name: string, shape: readonly number[]): Promise<string> {
  const g = new GraphBuilder(name);
  const x = g.input('image', 'float32', shape, 'picture');
  const perChannel = shape[1] === 3 ? [1, 3, 1, 1] : [1, 1, 1, 3];
  g.output('made', g.add(g.multiply(x, g.scalar(0.5)), g.constant('float32', [1 / 16, 2 / 16, 3 / 16], perChannel)), 'picture');
  await writeFile(join(folder, name), writeOnnxModel(g.build()).bytes);
  return join(folder, name);
}

describe('a model that cannot run', () => {
  it('is refused where it is none', async () => {
    await writeFile(join(folder, 'text.onnx'), 'no model');
    const model_path = join(folder, 'text.onnx');
    await expect(called(onnxRunner, randomVideo(1), { model_path })).rejects.toThrow(
      `Expected an ONNX model but received ${model_path}`,
    );
    await expect(called(onnxRunner, randomVideo(1), { model_path: 'missing.onnx' })).rejects.toThrow('but received missing.onnx');
  });

  it('is refused where the layout or the size is another', async () => {
    const model_path = await model('planes.onnx', [1, 3, height, width]);
    await expect(called(onnxRunner, randomVideo(1), { model_path, model_layout: 'NHWC' })).rejects.toThrow('to take the picture');
  });

  it('is refused where it takes no picture', async () => {
    const model_path = await model('vector.onnx', [1, 3, 5]);
    const message = `Expected a float picture of four dimensions as an input of ${model_path} but received none`;
    await expect(called(onnxRunner, randomVideo(1), { model_path })).rejects.toThrow(message);
  });
});

describe('the ONNX runner', () => {
  it('leaves the picture as it is without a model', async () => {
    const video = randomVideo(20);
    expect(await called(onnxRunner, video, {})).toEqual([...video]);
  });

  const ranges = { '0..1': [1, 0], '-1..1': [2, -1], '0..255': [255, 0] } as const;
  for (const layout of ['NCHW', 'NHWC'] as const) {
    it.each(Object.entries(ranges))(`runs ${layout} in the range %s`, async (model_range, [scale, offset]) => {
      const shape = layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3];
      const model_path = await model(`${layout}.onnx`, shape);
      const video = randomVideo(21);
      const made = await called(onnxRunner, video, { model_path, model_layout: layout, model_range, model_strength: 0.5 });
      const expected = reference((row, column, channel) => {
        const sample = sampleOf(video, row, column, channel);
        const modelled = ((sample * scale + offset) * 0.5 + (channel + 1) / 16 - offset) / scale;
        return 0.5 * sample + 0.5 * modelled;
      });
      expect(
        largestError(
          made.map((value) => Math.min(1, Math.max(0, value))),
          expected,
        ),
      ).toBeLessThan(1e-6);
    });
  }

  it("works at the model's own size and comes back to the frame's", async () => {
    const model_path = await model('small.onnx', [1, 3, 4, 5]);
    const even = new Float32Array(width * height * 3).fill(0.5);
    const made = await called(onnxRunner, even, { model_path, model_width: 5, model_height: 4 });
    expect(
      largestError(
        made,
        reference((_row, _column, channel) => 0.25 + (channel + 1) / 16),
      ),
    ).toBeLessThan(1e-6);
    // A horizontal ramp through a smaller raster and back stays a ramp away from the borders.
    const ramp = even.map((_, index) => (Math.floor(index / 3) % width) / width);
    const row = (await called(onnxRunner, ramp, { model_path, model_width: 5, model_height: 4 })).slice(9, 18);
    const expectedRow = [3, 3, 3, 4, 4, 4, 5, 5, 5].map((column, index) => (0.5 * column) / width + ((index % 3) + 1) / 16);
    expect(largestError(row, expectedRow)).toBeLessThan(1e-6);
  });
});
