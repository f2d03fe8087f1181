import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { writeOnnxModel } from '../../../main/graph/onnx-model.ts';
import { deepPicture } from '../../../main/isp/operators/rgb16-output.ts';
import { slowIsp } from '../../../main/isp/slow-isp.ts';
import { processMosaic, runStage } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { stagePorts } from '../../../main/processor/stage.ts';
import type { ReferenceMosaic } from '../../support/reference-fast-isp.ts';
import { srgbCurve } from '../../support/reference-fast-isp.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { plainSensor, syntheticMosaic } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(2);

const look = {
  wb_red_gain: 1.9,
  wb_blue_gain: 1.5,
  local_tone: 0.5,
  highlight_recovery: 0.5,
  exposure_ev: 0.5,
  sharpen_amount: 1,
};
const values = { ...defaultValues(slowIsp.declaration.params), ...look };

/** The planes of the whole-frame graph, run by nothing but ONNX Runtime. */
async function exportedPlanes({ width, height, samples, sensor }: ReferenceMosaic): Promise<Record<string, unknown>> {
  const { graph } = slowIsp.plan({ width, height, sensor, values, cut: 'frame' });
  const session = await InferenceSession.create(writeOnnxModel(graph).bytes, { intraOpNumThreads: 1 });
  const parameters = Object.entries(slowIsp.inputs(values, sensor)).map(([name, data]) => {
    const shape = graph.inputs.find((port) => port.name === name)?.shape ?? [];
    return [name, new Tensor('float32', data, shape.map(Number))] as const;
  });
  const mosaic = new Tensor('uint16', samples, [1, 1, height, width]);
  const outputs = await session.run({ ...Object.fromEntries(parameters), mosaic });
  await session.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data]));
}

const flat = (dn: number, cfa = 'RGGB' as const): ReferenceMosaic => {
  return { width: 96, height: 96, samples: new Uint16Array(96 * 96).fill(dn), sensor: { ...plainSensor, cfa } };
};

type Planes = Readonly<Record<string, unknown>>;

function largestDistance(made: Planes, exported: Planes, name: string): number {
  const [one, other] = [made[name], exported[name]] as [ArrayLike<number>, ArrayLike<number>];
  return Array.from(one).reduce((largest, value, at) => Math.max(largest, Math.abs(value - (other[at] as number))), 0);
}

describe('SlowISP', () => {
  it('refuses a frame that its halo does not fit in, by name', () => {
    const request = { width: 64, height: 48, sensor: plainSensor, values, cut: 'frame' } as const;
    expect(() => slowIsp.plan(request)).toThrow(/Expected a frame of at least \d+x\d+ for SlowISP but received 64x48/);
  });

  for (const cfa of ['RGGB', 'GRBG', 'GBRG', 'BGGR'] as const) {
    it(`makes the same bytes in ONNX Runtime's strips as the exported whole-frame graph, both planes, ${cfa}`, async () => {
      const mosaic = syntheticMosaic(cfa, 96, 242);
      const inStrips = { ...values, slow_strip_rows: 72, execution_provider: 'cpu' };
      const { planes, event } = await runStage(slowIsp, mosaic, inStrips, lanes());
      expect(event.statistics['strips']).toBeGreaterThan(2);
      const whole = await exportedPlanes(mosaic);
      expect(Object.keys(planes)).toEqual([stagePorts.picture, deepPicture]);
      for (const name of Object.keys(planes)) expect(planes[name]).toEqual(whole[name]);
    });

    it(`makes the exported graph's picture by row kernels, the same bytes however it is cut, ${cfa}`, async () => {
      const mosaic = syntheticMosaic(cfa, 96, 242);
      const cut = await runStage(slowIsp, mosaic, { ...values, slow_strip_rows: 72 }, lanes());
      const uncut = await runStage(slowIsp, mosaic, { ...values, slow_strip_rows: 4096 }, lanes());
      expect([cut, uncut].map(({ event }) => event.statistics['strips'])).toEqual([4, 1]);
      expect(cut.ranBy.provider).toBe('kernel');
      expect(cut.planes).toEqual(uncut.planes);
      const exported = await exportedPlanes(mosaic);
      // Sums come in another order, and products are added unrounded: what is amplified by the guided filters differs by some 1/65535.
      expect(largestDistance(cut.planes, exported, stagePorts.picture)).toBeLessThanOrEqual(1);
      expect(largestDistance(cut.planes, exported, deepPicture)).toBeLessThanOrEqual(64);
    });
  }

  it('makes one picture in both depths behind an operator that leaves its margin, in strips', async () => {
    const mosaic = syntheticMosaic('RGGB', 96, 170);
    const corrected = { ...values, defect_correction: 'couplets', slow_strip_rows: 82 };
    const { planes, event } = await runStage(slowIsp, mosaic, corrected, lanes());
    expect(event.statistics['strips']).toBeGreaterThan(2);
    const picture = planes[stagePorts.picture] as Uint8Array;
    const deep = planes[deepPicture] as Uint16Array;
    expect(deep.length).toBe(96 * 170 * 3);
    // A step of eight bits is 257 of sixteen, and each is rounded by itself.
    const distances = deep.map((level, index) => {
      const [pixel, channel] = [Math.floor(index / 3), index % 3];
      return Math.abs(level - 257 * (picture[4 * pixel + channel] as number));
    });
    expect(Math.max(...distances)).toBeLessThanOrEqual(129);
  });

  it('shows a neutral grey by the sRGB curve, in both depths', async () => {
    const { planes } = await runStage(slowIsp, flat(256 + 0.18 * 3744), defaultValues(slowIsp.declaration.params), lanes());
    const picture = planes[stagePorts.picture] as Uint8Array;
    const deep = planes[deepPicture] as Uint16Array;
    const light = Math.floor(0.18 * 3744) / 3744;
    for (const channel of [0, 1, 2]) {
      expect(Math.abs((picture[4 * 5000 + channel] as number) - 255 * srgbCurve(light))).toBeLessThan(0.8);
      expect(Math.abs((deep[3 * 5000 + channel] as number) - 65535 * srgbCurve(light))).toBeLessThan(0.0012 * 65535);
    }
    expect(picture[4 * 5000 + 3]).toBe(255);
  });

  it('keeps a blown sky white, whatever the gains', async () => {
    const { pixels } = await processMosaic(slowIsp, flat(4000), { ...values, exposure_ev: 0 }, lanes());
    expect([...pixels.slice(4 * 5000, 4 * 5000 + 4)]).toEqual([255, 255, 255, 255]);
  });

  it('takes its white balance from the source as FastISP does', () => {
    expect(slowIsp.defaultsFor({ ...plainSensor, whiteBalance: [4, 2, 3] })).toEqual({ wb_red_gain: 2, wb_blue_gain: 1.5 });
  });
});
