import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { deltaE00 } from '../../main/base/colour/colour-difference.ts';
import { labFromSrgb8 } from '../../main/base/colour/lab.ts';
import { patchRectangles } from '../../main/camera/simulator/chart-layout.ts';
import { defaultIlluminant } from '../../main/camera/simulator/colour/camera-filters.ts';
import { cameraPalette } from '../../main/camera/simulator/colour/palette.ts';
import { chartPatches } from '../../main/camera/simulator/colour-checker.ts';
import { LightCanvas } from '../../main/camera/simulator/light-canvas.ts';
import { chartScene } from '../../main/camera/simulator/scenes/chart.ts';
import { SensorModel, sensorConstants, simulatedSensor } from '../../main/camera/simulator/sensor-model.ts';
import { fastIsp } from '../../main/isp/fast-isp.ts';
import { type Picture, processMosaic } from '../../main/live/single-frame.ts';
import { defaultValues } from '../../main/processor/parameters.ts';

const [width, height] = [320, 180];
const goldenPath = join(import.meta.dirname, 'chart.png');

/** The simulator's still scene as the lab shows it when it opens: defaults, no noise. */
async function chartPicture(exposureMicros: number = sensorConstants.defaultExposureMicros): Promise<Picture> {
  const sensor = simulatedSensor('RGGB');
  const samples = new Uint16Array(width * height);
  const exposure = { exposureMicros, analogueGain: 1, noise: false };
  const canvas = new LightCanvas(width, height, 'RGGB');
  chartScene.paint(canvas, cameraPalette(defaultIlluminant, 'colorimetric'));
  new SensorModel('RGGB', 1, width).expose(canvas.light, width, height, exposure, 0, samples);
  const values = { ...defaultValues(fastIsp.declaration.params), ...fastIsp.defaultsFor(sensor) };
  return processMosaic(fastIsp, { width, height, samples, sensor }, values, 2);
}

function meanColour({ pixels }: Picture, index: number): readonly [number, number, number] {
  const {
    x,
    y,
    width: columns,
    height: rows,
  } = patchRectangles(width, height)[index] as ReturnType<typeof patchRectangles>[number];
  const sums = [0, 0, 0];
  for (let row = y; row < y + rows; row++) {
    for (let column = x; column < x + columns; column++) {
      for (let channel = 0; channel < 3; channel++)
        sums[channel] = (sums[channel] as number) + (pixels[(row * width + column) * 4 + channel] as number);
    }
  }
  return sums.map((sum) => sum / (rows * columns)) as unknown as readonly [number, number, number];
}

describe('the chart that the lab opens with', () => {
  it('looks as it did when somebody last looked', async () => {
    const { pixels } = await chartPicture();
    if (process.env['CAMERA_LAB_RENEW_GOLDEN'])
      await writeFile(goldenPath, encode({ width, height, data: pixels, channels: 4, depth: 8 }));
    const golden = decode(await readFile(goldenPath));
    const differences = Array.from(golden.data, (value, index) => Math.abs(value - (pixels[index] as number)));
    // Vector units round differently, and a value near a half then falls on the other side: one step, and rarely.
    expect(Math.max(...new Set(differences))).toBeLessThanOrEqual(1);
    expect(differences.filter((difference) => difference > 0).length / differences.length).toBeLessThan(0.001);
  });

  it('shows its patches in their colours, all the way from radiance', async () => {
    // White fills 75 % of the range at the default exposure; this one brings it to its reference value.
    const picture = await chartPicture((sensorConstants.defaultExposureMicros * 0.896) / sensorConstants.whitePatchShare);
    const errors = chartPatches.map(({ srgb }, index) => deltaE00(labFromSrgb8(meanColour(picture, index)), labFromSrgb8(srgb)));
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThanOrEqual(2);
  });
});
