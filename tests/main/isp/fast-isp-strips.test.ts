import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { writeOnnxModel } from '../../../main/graph/onnx-model.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { processMosaic, runStage } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { largestDifference } from '../../../main/runtime/model-warm-up.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import type { ReferenceMosaic } from '../../support/reference-fast-isp.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { syntheticMosaic } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(2);

const look = { wb_red_gain: 1.9, wb_blue_gain: 1.5, tone_contrast: 0.4, sharpen_amount: 1 };
const values = { ...defaultValues(fastIsp.declaration.params), ...look, execution_provider: 'cpu' };

/** The picture of the exported graph, run whole and by nothing but ONNX Runtime: what another program would see. */
async function exportedPicture({ width, height, samples, sensor }: ReferenceMosaic, all: ParameterValues): Promise<Uint8Array> {
  const { graph } = fastIsp.plan({ width, height, sensor, values: all, cut: 'frame' });
  const session = await InferenceSession.create(writeOnnxModel(graph).bytes, { intraOpNumThreads: 1 });
  const parameters = Object.entries(fastIsp.inputs(all, sensor)).map(([name, data]) => {
    const shape = graph.inputs.find((port) => port.name === name)?.shape ?? [];
    return [name, new Tensor('float32', data, shape.map(Number))] as const;
  });
  const mosaic = new Tensor('uint16', samples, [1, 1, height, width]);
  const { rgba } = await session.run({ ...Object.fromEntries(parameters), mosaic });
  await session.release();
  return rgba?.data as Uint8Array;
}

describe('a picture that was made in strips', () => {
  const heights: Record<string, [height: number, stripRows: number, strips: number]> = {
    'with an odd remainder': [74, 16, 5],
    'of two strips that overlap': [34, 32, 2],
    'of many even strips': [96, 24, 4],
    'that are a row pair off': [50, 18, 3],
    'of one strip': [74, 4096, 1],
    'of the least height': [8, 16, 1],
  };
  for (const [name, [height, stripRows, strips]] of Object.entries(heights)) {
    it(`equals the exported whole-frame graph bit for bit, ${name}`, async () => {
      const mosaic = syntheticMosaic('GBRG', 64, height);
      const all = { ...values, strip_rows: stripRows };
      const { pixels, event } = await processMosaic(fastIsp, mosaic, all, lanes());
      expect(event.statistics['strips']).toBe(strips);
      expect(Buffer.compare(pixels, await exportedPicture(mosaic, all))).toBe(0);
    });
  }

  it.each([
    ['several that fit', 540],
    ['the last of which overlaps', 398],
  ])(
    'by row kernels is the same in one strip bit for bit, and that of ONNX Runtime within rounding, of %s',
    async (_, height) => {
      const mosaic = syntheticMosaic('GRBG', 64, height);
      const all = { ...values, execution_provider: 'kernel', strip_rows: 16 };
      const [cut, whole] = [
        await runStage(fastIsp, mosaic, all, lanes()),
        await runStage(fastIsp, mosaic, { ...all, strip_rows: 4096 }, lanes()),
      ];
      expect([cut.ranBy.provider, whole.ranBy.provider]).toEqual(['kernel', 'kernel']);
      expect(cut.event.statistics['strips']).toBeGreaterThan(1);
      expect(whole.event.statistics['strips']).toBe(1);
      const [pixels, inOne] = [cut.planes['rgba'], whole.planes['rgba']] as [Uint8Array, Uint8Array];
      expect(Buffer.compare(pixels, inOne)).toBe(0);
      expect(largestDifference(pixels, await exportedPicture(mosaic, all))).toBeLessThanOrEqual(1);
    },
  );

  it('equals it at half resolution too', async () => {
    const mosaic = syntheticMosaic('RGGB', 64, 74);
    const all = { ...values, strip_rows: 16, output_resolution: 'half' };
    const { pixels, width, height } = await processMosaic(fastIsp, mosaic, all, lanes());
    expect([width, height]).toEqual([32, 37]);
    expect(Buffer.compare(pixels, await exportedPicture(mosaic, all))).toBe(0);
  });

  it('is the same from one worker and from three', async () => {
    const mosaic = syntheticMosaic('RGGB', 64, 74);
    const all = { ...values, strip_rows: 16 };
    const [one, three] = [await processMosaic(fastIsp, mosaic, all, 1), await processMosaic(fastIsp, mosaic, all, 3)];
    expect(Buffer.compare(one.pixels, three.pixels)).toBe(0);
  });
});
