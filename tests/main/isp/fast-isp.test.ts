import { describe, expect, it } from 'vitest';
import type { CfaOrder } from '../../../main/frame/pixel-format.ts';
import { cfaOrders } from '../../../main/frame/pixel-format.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { type ReferenceMosaic, referenceFastIsp } from '../../support/reference-fast-isp.ts';
import { runStage } from '../../support/run-stage.ts';

const defaults = defaultValues(fastIsp.declaration.params);

/** Ramps, edges and noise over the whole range, with values below black and beyond white. */
function syntheticMosaic(cfa: CfaOrder, width = 96, height = 74): ReferenceMosaic {
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    const ramp = (column / width) * 700 * (row % 17 < 9 ? 1 : 0.4);
    return Math.min(1023, Math.max(0, Math.round(50 + ramp + random() * 220)));
  });
  const sensor = { cfa, bits: 10, blackLevels: [64, 60, 66, 64], whiteLevel: 1000 } as const;
  return { width, height, samples, sensor: { ...sensor, srgbFromCamera: [1.6, -0.5, -0.1, -0.3, 1.5, -0.2, 0, -0.6, 1.6] } };
}

async function errorsAgainstReference(mosaic: ReferenceMosaic, values: ParameterValues): Promise<{ mean: number; worst: number }> {
  const { picture } = await runStage(fastIsp, mosaic, values);
  const matrix = fastIsp.inputs(values, mosaic.sensor)['srgb_from_camera'] as Float32Array;
  const reference = referenceFastIsp(mosaic, values, matrix);
  let sum = 0;
  let worst = 0;
  for (let pixel = 0; pixel < mosaic.width * mosaic.height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const error = Math.abs((picture[pixel * 4 + channel] as number) - (reference[pixel * 3 + channel] as number));
      sum += error;
      worst = Math.max(worst, error);
    }
  }
  return { mean: sum / reference.length, worst };
}

describe('FastISP against its double-precision reference', () => {
  const looks: Record<string, ParameterValues> = {
    'defaults': {},
    'white balance and a dark exposure': { wb_red_gain: 2.1, wb_blue_gain: 0.7, exposure_ev: -1.5 },
    'strong tone, colour and sharpening': { tone_contrast: 0.8, tone_shadows: -0.5, colour_saturation: 1.6, sharpen_amount: 1.5, exposure_ev: 1 },
  };
  for (const [name, look] of Object.entries(looks)) {
    it(`stays within 2/255 with ${name}`, async () => {
      const { mean, worst } = await errorsAgainstReference(syntheticMosaic('RGGB'), { ...defaults, ...look, strip_rows: 16 });
      expect(mean).toBeLessThanOrEqual(1);
      // Half a step is rounding; the fitted sRGB curve and float32 add the rest.
      expect(worst).toBeLessThanOrEqual(2);
    });
  }

  for (const cfa of cfaOrders) {
    it(`reads a ${cfa} mosaic`, async () => {
      const { worst } = await errorsAgainstReference(syntheticMosaic(cfa), { ...defaults, wb_red_gain: 1.9, wb_blue_gain: 1.4 });
      expect(worst).toBeLessThanOrEqual(2);
    });
  }
});
