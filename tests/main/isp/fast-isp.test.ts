import { describe, expect, it } from 'vitest';
import { cfaOrders } from '../../../main/frame/pixel-format.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { type PictureError, pictureError } from '../../support/picture-error.ts';
import { type ReferenceMosaic, referenceFastIsp, referenceHalfFastIsp } from '../../support/reference-fast-isp.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { syntheticMosaic } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(2);

const defaults = defaultValues(fastIsp.declaration.params);

async function errorOf(mosaic: ReferenceMosaic, values: ParameterValues, reference = referenceFastIsp): Promise<PictureError> {
  const { pixels } = await processMosaic(fastIsp, mosaic, values, lanes());
  const matrix = fastIsp.inputs(values, mosaic.sensor)['srgb_from_camera'] as Float32Array;
  return pictureError(pixels, reference(mosaic, values, matrix));
}

const looks: Record<string, ParameterValues> = {
  defaults: {},
  'white balance and a dark exposure': { wb_red_gain: 2.1, wb_blue_gain: 0.7, exposure_ev: -1.5 },
  'strong tone, colour and sharpening': {
    tone_contrast: 0.8,
    tone_shadows: -0.5,
    colour_saturation: 1.6,
    sharpen_amount: 1.5,
    exposure_ev: 1,
  },
};

describe('FastISP against its double-precision reference', () => {
  it('refuses a mosaic without whole cells, naming its size', () => {
    const request = { width: 97, height: 74, sensor: syntheticMosaic('RGGB').sensor, values: defaults, cut: 'strips' } as const;
    expect(() => fastIsp.plan(request)).toThrow('Expected an even size for a Bayer mosaic but received 97x74');
  });

  it('refuses a frame that is too small to mirror at its edges, and takes the smallest that is not', async () => {
    const refusal = { code: 'fast-isp.too-small', exitCode: 2 };
    await expect(processMosaic(fastIsp, syntheticMosaic('RGGB', 2, 4), defaults, lanes())).rejects.toMatchObject(refusal);
    await expect(processMosaic(fastIsp, syntheticMosaic('RGGB', 4, 2), defaults, lanes())).rejects.toThrow(
      'Expected a frame of at least 4x4 for FastISP but received 4x2',
    );
    const { worst } = await errorOf(syntheticMosaic('RGGB', 4, 4), defaults);
    expect(worst).toBeLessThanOrEqual(2);
  });

  for (const [name, look] of Object.entries(looks)) {
    it(`stays within 2/255 with ${name}`, async () => {
      const { mean, worst } = await errorOf(syntheticMosaic('RGGB'), { ...defaults, ...look, strip_rows: 16 });
      expect(mean).toBeLessThanOrEqual(1);
      // Half a step is rounding; the fitted sRGB curve and float32 add the rest.
      expect(worst).toBeLessThanOrEqual(2);
    });
  }

  for (const cfa of cfaOrders) {
    it(`reads a ${cfa} mosaic`, async () => {
      const { worst } = await errorOf(syntheticMosaic(cfa), { ...defaults, wb_red_gain: 1.9, wb_blue_gain: 1.4 });
      expect(worst).toBeLessThanOrEqual(2);
    });

    it(`bins a ${cfa} mosaic to half its size`, async () => {
      const values = { ...defaults, output_resolution: 'half', wb_red_gain: 1.9, sharpen_amount: 1.5, strip_rows: 16 };
      const { worst } = await errorOf(syntheticMosaic(cfa), values, referenceHalfFastIsp);
      expect(worst).toBeLessThanOrEqual(2);
    });
  }
});
