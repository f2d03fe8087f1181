import { describe, expect, it } from 'vitest';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { largestDifference } from '../../../main/runtime/model-warm-up.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { pictureError } from '../../support/picture-error.ts';
import { referenceChoices } from '../../support/reference-choices.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { syntheticMosaic } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(2);

const defaults = { ...defaultValues(fastIsp.declaration.params), strip_rows: 16, wb_red_gain: 1.9, wb_blue_gain: 1.4 };

/** Noise of the bench's sensor, as DN² per DN and DN², and what thresholds make of it by hand: σ / range times the sRGB slope at 18 %. */
const noise = { slope: 0.4, offset: 20 } as const;
const mosaic = syntheticMosaic('GRBG', 48, 44);
const noisy = { ...mosaic, sensor: { ...mosaic.sensor, noise } };
const sigma = (Math.sqrt(0.4 * 0.18 * 934 + 20) / 934) * 1.1954;

/** Half a step is rounding, a quarter the fitted sRGB curve; colour matrix and demosaic make both larger. */
const plain = 2;
/** A fitted curve may be a step off, and the matrix makes it more where a channel is far from the others. */
const fitted = 4;

const cases: Record<string, [look: ParameterValues, tolerance: number]> = {
  'bilinear demosaicking': [{ demosaic_method: 'bilinear', sharpen_amount: 1 }, plain],
  'a quarter of the size': [{ output_resolution: 'quarter', sharpen_amount: 1 }, plain],
  'a gamma of 2.4 with contrast': [{ tone_curve: 'gamma', tone_gamma: 2.4, tone_contrast: 0.4 }, fitted],
  'a filmic curve': [{ tone_curve: 'filmic', tone_filmic_white: 3, exposure_ev: -0.5 }, plain],
  'a curve of the user': [{ tone_curve: 'user', tone_points: '0,0 0.3,0.2 0.7,0.85 1,1', tone_shadows: 0.3 }, fitted],
  'colour in linear light': [{ colour_domain: 'linear', colour_saturation: 1.3, tone_contrast: 0.3 }, plain],
  'linear colour, bilinear, filmic': [{ colour_domain: 'linear', demosaic_method: 'bilinear', tone_curve: 'filmic' }, plain],
  'chroma noise reduction': [{ chroma_enabled: true, chroma_strength: 6 }, plain],
  'chroma noise reduction at half size': [{ chroma_enabled: true, output_resolution: 'half' }, plain],
  'chroma noise reduction at a quarter': [{ chroma_enabled: true, output_resolution: 'quarter' }, plain],
  'sharpening with coring': [{ sharpen_coring: true, sharpen_threshold: 2, sharpen_amount: 2 }, plain],
  'everything at once, linear': [
    { colour_domain: 'linear', chroma_enabled: true, sharpen_coring: true, sharpen_amount: 1.5, exposure_ev: 0.5 },
    plain,
  ],
  'a crop': [{ crop_left: 6, crop_top: 10, crop_width: 32, crop_height: 26 }, plain],
  'a crop at the border, half size': [{ crop_left: 20, crop_height: 22, output_resolution: 'half' }, plain],
  'a crop with chroma noise reduction': [{ crop_left: 6, crop_top: 2, crop_width: 30, chroma_enabled: true }, plain],
  'a quarter turn': [{ picture_orientation: 'rotate-90' }, plain],
  'a quarter turn back': [{ picture_orientation: 'rotate-270', output_resolution: 'half' }, plain],
  'a half turn': [{ picture_orientation: 'rotate-180' }, plain],
  'a mirror': [{ picture_orientation: 'mirror' }, plain],
  'a flip': [{ picture_orientation: 'flip', crop_top: 4, crop_height: 30 }, plain],
  'a flip with chroma noise reduction': [{ picture_orientation: 'flip', chroma_enabled: true }, plain],
};

describe('what FastISP refuses when its graph is built', () => {
  const plan = (look: ParameterValues): (() => unknown) => {
    const { width, height, sensor } = mosaic;
    return () => fastIsp.plan({ width, height, sensor, values: { ...defaults, ...look }, cut: 'strips' });
  };

  it('refuses a crop beyond the frame, naming both', () => {
    expect(plan({ crop_left: 20, crop_width: 40 })).toThrow(
      'Expected a crop within 48x44 in multiples of 2 but received 40x44 at (20, 0)',
    );
    expect(plan({ crop_left: 48 })).toThrow('but received 0x44 at (48, 0)');
  });

  it('refuses a quarter of a size that does not divide', () => {
    expect(plan({ output_resolution: 'quarter', crop_width: 46 })).toThrow('in multiples of 4 but received 46x44 at (0, 0)');
  });
});

describe('a quarter of a size that does not divide', () => {
  it('leaves the rest at the far edges out, as a crop to whole cells does', async () => {
    const wide = syntheticMosaic('RGGB', 54, 50);
    const quarter = { ...defaults, output_resolution: 'quarter' };
    const whole = await processMosaic(fastIsp, wide, quarter, lanes());
    expect([whole.width, whole.height]).toEqual([13, 12]);
    const cropped = await processMosaic(fastIsp, wide, { ...quarter, crop_width: 52, crop_height: 48 }, lanes());
    expect(whole.pixels).toEqual(cropped.pixels);
  });
});

for (const [name, [look, tolerance]] of Object.entries(cases)) {
  describe(`FastISP with ${name}`, () => {
    const values = { ...defaults, ...look };

    it(`stays within ${tolerance}/255 of its double-precision reference, in one piece and in strips alike`, async () => {
      const { pixels, width, height } = await processMosaic(fastIsp, noisy, values, lanes());
      const matrix = noisy.sensor.srgbFromCamera as readonly number[];
      const reference = referenceChoices(noisy, values, matrix, sigma);
      expect([width, height]).toEqual([reference.width, reference.height]);
      const { mean, worst } = pictureError(pixels, reference.rgb);
      expect(mean).toBeLessThanOrEqual(0.6);
      expect(worst).toBeLessThanOrEqual(tolerance);
      const onCpu = { ...values, execution_provider: 'cpu' };
      const strips = await processMosaic(fastIsp, noisy, onCpu, lanes());
      expect(largestDifference(pixels, strips.pixels)).toBeLessThanOrEqual(1);
      const whole = await processMosaic(fastIsp, noisy, { ...onCpu, strip_rows: 4096 }, lanes());
      expect(Buffer.compare(whole.pixels, strips.pixels)).toBe(0);
    });
  });
}
