import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeOnnxModel } from '../../../main/graph/onnx-model.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { largestDifference } from '../../../main/runtime/model-warm-up.ts';
import { benchMosaic, benchRequest, LaneBench } from '../../support/lane-bench.ts';

const { width, height, sensor } = benchMosaic;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'camera-lab-model-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** FastISP as `lab export-onnx` writes it for the bench's frames. */
function exported(values = {}): string {
  const request = benchRequest(values);
  const { graph } = fastIsp.plan({ width, height, sensor, values: request.values, cut: 'frame' });
  const file = join(folder, 'stage.onnx');
  writeFileSync(file, writeOnnxModel(graph).bytes);
  return file;
}

describe('a model from a file', () => {
  it('that cannot be read is refused by its path', async () => {
    const { models } = await LaneBench.open(1);
    const file = join(folder, 'missing.onnx');
    await expect(models.load({ ...benchRequest(), file })).rejects.toMatchObject({
      code: 'model.unreadable',
      exitCode: 2,
      message: expect.stringContaining(`Expected a readable ONNX model but received ${file}: `),
    });
  });

  it('that is none, or not for this frame, is refused by the workers with its path', async () => {
    const bench = await LaneBench.open(1);
    const text = join(folder, 'text.onnx');
    writeFileSync(text, 'no model');
    await expect(bench.models.load({ ...benchRequest(), file: text })).rejects.toMatchObject({
      code: 'model.not-onnx',
      exitCode: 2,
      message: `Expected an ONNX model but received ${text}, which is none`,
    });
    const file = exported();
    await expect(bench.models.load({ ...benchRequest(), width: 32, file })).rejects.toMatchObject({
      code: 'model.ports',
      message: `Expected uint16 [1, 1, 48, 32] for input mosaic of ${file} but received uint16 [1, 1, 48, 64]`,
    });
    expect(bench.models.models).toEqual([]);
  });

  it('runs whole frames and gives the picture of the stage', async () => {
    const bench = await LaneBench.open(2);
    const pictures: Uint8Array[] = [];
    for (const [index, file] of [undefined, exported()].entries()) {
      const model = await bench.models.load(file === undefined ? benchRequest() : { ...benchRequest(), file });
      const slots = bench.lease();
      bench.threading.submit(bench.envelope(index, model, slots), model.plan.strips.strips.length);
      await bench.completed(index + 1);
      pictures.push(slots.picture.bytes(width * height * 4).slice());
    }
    expect(bench.outcomes().map(([, status]) => status)).toEqual(['done', 'done']);
    // One summation order for strips, another one for the frame: rounding may fall to the other side.
    expect(largestDifference(pictures[1] as Uint8Array, pictures[0] as Uint8Array)).toBeLessThanOrEqual(1);
  });

  it('leaves row kernels out, and says why', async () => {
    const bench = await LaneBench.open(1);
    const file = exported();
    const model = await bench.models.load({ ...benchRequest(), provider: 'kernel', file });
    const fallbackReason = `Expected a graph of the lab for row kernels but received ${file}, which ONNX Runtime runs whole`;
    expect(model).toMatchObject({ provider: 'cpu', fallbackReason });
    bench.submit(1, model);
    await bench.completed(1);
    expect(bench.outcomes()).toEqual([[1, 'done']]);
  });

  it('is known by its bytes: equal ones are loaded once, changed ones anew', async () => {
    const { models } = await LaneBench.open(1);
    const file = exported();
    const [first, second] = [await models.load({ ...benchRequest(), file }), await models.load({ ...benchRequest(), file })];
    const request = benchRequest({ output_resolution: 'half' });
    const third = await models.load({ ...request, file: exported({ output_resolution: 'half' }) });
    expect(second.hash).toBe(first.hash);
    expect(third.hash).not.toBe(first.hash);
    expect(models.models.map(({ uses }) => uses)).toEqual([2, 1]);
  });
});
