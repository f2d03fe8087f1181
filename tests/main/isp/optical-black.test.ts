import { describe, expect, it } from 'vitest';
import type { SensorDescription } from '../../../main/frame/frame-meta.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { withMeasuredBlack } from '../../../main/isp/optical-black.ts';
import { processMosaic } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { seededRandom } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(1);

const [width, height, masked] = [96, 64, 16];
const trueBlack = [70, 66.5, 61, 80] as const;
const sensor: SensorDescription = {
  cfa: 'RGGB',
  bits: 10,
  blackLevels: [64, 64, 64, 64],
  whiteLevel: 1023,
  opticalBlack: [{ top: 0, left: 0, rows: height, columns: masked }],
};

/** Grey of half the range behind `masked` dark columns, with noise of two DN either way and a hot sample in the dark. */
function frame(black: readonly number[] = trueBlack): { width: number; height: number; samples: Uint16Array } {
  const random = seededRandom(5);
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    const level = black[(row % 2) * 2 + (column % 2)] as number;
    const light = column < masked ? 0 : (1023 - level) / 2;
    return Math.round(level + light + 4 * (random() - 0.5));
  });
  samples[5 * width + 3] = 1023;
  return { width, height, samples };
}

describe('optical black', () => {
  it('gives each position of the cell the level of its dark samples, without the hot one', () => {
    const { blackLevels } = withMeasuredBlack(sensor, frame());
    for (const [phase, level] of blackLevels.entries()) expect(Math.abs(level - (trueBlack[phase] as number))).toBeLessThan(0.25);
  });

  it('is left alone where a sensor has none, where it is too small, and where light falls on it', () => {
    const { opticalBlack: _, ...without } = sensor;
    const small = { ...sensor, opticalBlack: [{ top: 0, left: 0, rows: 10, columns: 10 }] };
    const lit = { ...sensor, opticalBlack: [{ top: 0, left: masked, rows: height, columns: 40 }] };
    for (const other of [without, small, lit]) expect(withMeasuredBlack(other, frame([600, 600, 600, 600]))).toBe(other);
  });

  it('makes a picture neutral whose black has drifted from what the sensor says', async () => {
    const values = { ...defaultValues(fastIsp.declaration.params), sharpen_amount: 0 };
    const centreOf = (pixels: Uint8Array): number[] => [...pixels.subarray(4 * (32 * width + 60), 4 * (32 * width + 60) + 3)];
    const drifted = frame([64, 64, 64, 164]);
    const { pixels } = await processMosaic(fastIsp, { ...drifted, sensor }, values, lanes());
    const [red, green, blue] = centreOf(pixels) as [number, number, number];
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThanOrEqual(3);
    const { opticalBlack: _, ...without } = sensor;
    const uncorrected = centreOf((await processMosaic(fastIsp, { ...drifted, sensor: without }, values, lanes())).pixels);
    expect((uncorrected[2] as number) - (uncorrected[1] as number)).toBeGreaterThan(8);
  });
});
