import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deltaE00 } from '../../../main/base/colour/colour-difference.ts';
import { labFromSrgb8 } from '../../../main/base/colour/lab.ts';
import { identity3, type Triple } from '../../../main/base/matrix3.ts';
import { simulatorSrgbFromCamera } from '../../../main/camera/simulator/colour/camera-filters.ts';
import { cameraRgbFromSrgb, chartPatches } from '../../../main/camera/simulator/colour-checker.ts';
import { simulatedSensor } from '../../../main/camera/simulator/sensor-model.ts';
import type { SensorDescription } from '../../../main/frame/frame-meta.ts';
import { cfaColourAt } from '../../../main/isp/cfa.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import type { ParameterValues } from '../../../preload/contract.ts';

import type { ReferenceMosaic } from '../../support/reference-fast-isp.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { plainSensor, strongMatrix } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(1);

const defaults = defaultValues(fastIsp.declaration.params);
const channels = { R: 0, G: 1, B: 2 } as const;
const fieldSize = 16;

/** Flat fields side by side; `light` is what each colour filter passes, 0 at black and 1 at white. */
function flatFields(sensor: SensorDescription, fields: readonly Triple[]): ReferenceMosaic {
  const width = fieldSize * fields.length;
  const samples = Uint16Array.from({ length: width * fieldSize }, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    const field = fields[Math.floor(column / fieldSize)] as Triple;
    const [black] = sensor.blackLevels;
    const light = field[channels[cfaColourAt(sensor.cfa, row, column)]];
    return Math.min(65535, Math.round(black + light * (sensor.whiteLevel - black)));
  });
  return { width, height: fieldSize, samples, sensor };
}

/** The colour in the middle of each field of the finished picture. */
async function fieldColours(mosaic: ReferenceMosaic, look: ParameterValues): Promise<Triple[]> {
  const { pixels, width } = await processMosaic(fastIsp, mosaic, { ...defaults, ...look }, lanes());
  return Array.from({ length: width / fieldSize }, (_, field) => {
    const at = ((fieldSize / 2) * width + field * fieldSize + fieldSize / 2) * 4;
    return [pixels[at], pixels[at + 1], pixels[at + 2]] as unknown as Triple;
  });
}

function spread(colour: Triple): number {
  return Math.max(...colour) - Math.min(...colour);
}

const strongSensor: SensorDescription = { ...plainSensor, srgbFromCamera: strongMatrix };
const greys = Array.from({ length: 33 }, (_, index) => index / 32);

describe("FastISP's matrix", () => {
  it('is the one for encoded values where there is one, but not in linear light', async () => {
    const fields: readonly Triple[] = [
      [0.2, 0.3, 0.5],
      [0.4, 0.2, 0.1],
    ];
    const both = { ...strongSensor, srgbFromCameraEncoded: identity3 };
    const plain = { ...strongSensor, srgbFromCamera: identity3 };
    const coloursOf = (sensor: SensorDescription, look: ParameterValues = {}): Promise<Triple[]> =>
      fieldColours(flatFields(sensor, fields), look);
    expect(await coloursOf(both)).toEqual(await coloursOf(plain));
    const linear = { colour_domain: 'linear' };
    expect(await coloursOf(both, linear)).toEqual(await coloursOf(strongSensor, linear));
    expect(await coloursOf(both, linear)).not.toEqual(await coloursOf(plain, linear));
  });
});

describe('FastISP on neutral scenes', () => {
  it('keeps every grey neutral through a strong colour matrix', async () => {
    const fields = greys.map((light): Triple => [light, light, light]);
    const colours = await fieldColours(flatFields(strongSensor, fields), { colour_saturation: 2, tone_contrast: 0.5 });
    expect(Math.max(...colours.map(spread))).toBeLessThanOrEqual(1);
    expect(colours[0]).toEqual([0, 0, 0]);
    expect(colours[32]).toEqual([255, 255, 255]);
  });

  it('makes a grey neutral that the white balance is for', async () => {
    const sensor = { ...strongSensor, bits: 16, whiteLevel: 65000 };
    const fields = greys.map((light): Triple => [light / 2.2, light, light / 1.4]);
    const colours = await fieldColours(flatFields(sensor, fields), { wb_red_gain: 2.2, wb_blue_gain: 1.4 });
    expect(Math.max(...colours.map(spread))).toBeLessThanOrEqual(1);
  });

  it('keeps blown highlights neutral for any gains and exposure', async () => {
    const gain = fc.double({ min: 0.25, max: 8, noNaN: true });
    const exposure = fc.double({ min: -4, max: 4, noNaN: true });
    const blown = flatFields(strongSensor, [
      [1, 1, 1],
      [1.02, 1.02, 1.02],
    ]);
    const cases = fc.sample(fc.tuple(gain, gain, exposure), { numRuns: 6, seed: 3 });
    for (const [wb_red_gain, wb_blue_gain, exposure_ev] of cases) {
      const colours = await fieldColours(blown, { wb_red_gain, wb_blue_gain, exposure_ev });
      expect(Math.max(...colours.map(spread))).toBeLessThanOrEqual(1);
      expect(colours[1]).toEqual(colours[0]);
    }
  });

  it('adds nothing to flat fields by sharpening', async () => {
    const scene = flatFields(strongSensor, [[0.3, 0.5, 0.2]]);
    const soft = await processMosaic(fastIsp, scene, { ...defaults, sharpen_amount: 0 }, lanes());
    const sharp = await processMosaic(fastIsp, scene, { ...defaults, sharpen_amount: 2 }, lanes());
    expect(Buffer.compare(soft.pixels, sharp.pixels)).toBe(0);
  });

  it('takes all colour away at saturation 0', async () => {
    const scene = flatFields(strongSensor, [
      [0.3, 0.5, 0.2],
      [0.6, 0.3, 0.1],
    ]);
    const colours = await fieldColours(scene, { colour_saturation: 0 });
    expect(Math.max(...colours.map(spread))).toBe(0);
  });
});

describe('FastISP on a colour chart', () => {
  it("shows the simulator's 24 patches within 1.8 ΔE00 in the mean", async () => {
    const sensor = { ...simulatedSensor('RGGB'), bits: 16, blackLevels: [4096, 4096, 4096, 4096], whiteLevel: 65535 } as const;
    const [red, green, blue] = sensor.whiteBalance as Triple;
    const fields = chartPatches.map(({ srgb }): Triple => {
      const [r, g, b] = cameraRgbFromSrgb(srgb);
      return [r / red, g / green, b / blue];
    });
    const colours = await fieldColours(flatFields(sensor, fields), fastIsp.defaultsFor(sensor));
    const errors = colours.map((colour, index) =>
      deltaE00(labFromSrgb8(colour), labFromSrgb8(chartPatches[index]?.srgb as Triple)),
    );
    expect(sensor.srgbFromCamera).toEqual(simulatorSrgbFromCamera);
    // No matrix between encoded values comes below 1.4 for the simulator's crosstalk, even one fitted to the chart itself.
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThanOrEqual(1.8);
    // The six greys need no matrix: only quantisation is left.
    expect(Math.max(...errors.slice(19))).toBeLessThanOrEqual(0.5);
  });
});
