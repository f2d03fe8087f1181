import { describe, expect, it } from 'vitest';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { rawIsp } from '../../../main/isp/raw-isp.ts';
import { slowIsp } from '../../../main/isp/slow-isp.ts';
import { runStage } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { elementsOf, planeBytes, type Stage, type StagePlan } from '../../../main/processor/stage.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { syntheticMosaic } from '../../support/synthetic-mosaic.ts';

const defaults = { ...defaultValues(fastIsp.declaration.params), strip_rows: 16 };

function planOf(values = {}, size = { width: 64, height: 44 }, cut: 'strips' | 'frame' = 'strips'): StagePlan {
  const { sensor } = syntheticMosaic('RGGB', size.width, size.height);
  return fastIsp.plan({ ...size, sensor, values: { ...defaults, ...values }, cut });
}

describe('a stage plan', () => {
  it('is refused for a frame that has no room for the margin', () => {
    expect(() => planOf({}, { width: 64, height: 2 })).toThrow('Expected a frame of at least 4x4 for FastISP but received 64x2');
  });

  for (const [resolution, pixels] of [
    ['full', 64 * 44],
    ['half', 32 * 22],
  ] as const) {
    it(`writes every element of a ${resolution} picture, and nothing beyond it`, () => {
      const [picture] = planOf({ output_resolution: resolution }).outputs;
      const written = new Uint8Array(pixels * 4);
      for (const { offset, shape } of picture?.windows ?? []) written.fill(1, offset, offset + elementsOf(shape));
      expect(written.every((count) => count === 1)).toBe(true);
      expect(picture && planeBytes(picture)).toBe(pixels * 4);
    });
  }

  it('reads every row of the mosaic, and none that is not there', () => {
    const [mosaic] = planOf().inputs;
    const read = new Uint8Array(64 * 44);
    for (const { offset, shape } of mosaic?.windows ?? []) read.fill(1, offset, offset + elementsOf(shape));
    expect(read.every((count) => count === 1)).toBe(true);
    expect(mosaic && planeBytes(mosaic)).toBe(64 * 44 * 2);
  });

  it('has one window of the whole frame for GPUs and exports', () => {
    const { inputs, outputs } = planOf({}, { width: 64, height: 44 }, 'frame');
    expect(inputs[0]?.windows).toEqual([{ offset: 0, shape: [1, 1, 44, 64] }]);
    expect(outputs[0]?.windows).toEqual([{ offset: 0, shape: [44, 64, 4] }]);
  });
});

describe('a plan in rows', () => {
  const lanes = sharedLanes(1);
  const onMosaic = { defect_correction: 'couplets', green_equalisation: true };

  // Stages that no kernel is made of may be asked for one all the same.
  for (const stage of [rawIsp, slowIsp]) {
    it(`makes what strips make, of ${stage.declaration.name}`, async () => {
      const mosaic = syntheticMosaic('RGGB', 84, 82);
      const values = { ...defaultValues(stage.declaration.params), ...onMosaic };
      const inRows: Stage = { ...stage, plan: (request) => stage.plan({ ...request, cut: 'rows' }) };
      const [rows, strips] = [await runStage(inRows, mosaic, values, lanes()), await runStage(stage, mosaic, values, lanes())];
      expect(rows.planes).toEqual(strips.planes);
    });
  }
});
