import { describe, expect, it } from 'vitest';
import { readRawFile } from '../../../main/camera/file/raw-file.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { pictureError } from '../../support/picture-error.ts';
import { hasRealData, realDataFolder, realFile } from '../../support/real-data.ts';
import { referenceFastIsp } from '../../support/reference-fast-isp.ts';
import { strongMatrix } from '../../support/synthetic-mosaic.ts';

const reason = `${realDataFolder} is absent; set CAMERA_LAB_DATA to a folder with real RAW files`;
if (!hasRealData) console.warn(`Not run on a real RAW file: ${reason}`);

const nikon = {
  width: 768,
  height: 512,
  cfa: 'RGGB',
  bits: 14,
  packing: 'unpacked',
  blackLevel: 600,
  whiteLevel: 15520,
  srgbFromCamera: strongMatrix,
} as const;

describe('FastISP on a real RAW file', () => {
  it('stays within 2/255 of its double-precision reference, 1/255 in the mean', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const image = await readRawFile(realFile('nikon_rose_768x512_14b_rggb_le16.raw'), nikon);
    const look = { wb_red_gain: 1.9, wb_blue_gain: 1.5, exposure_ev: 1, tone_contrast: 0.3, colour_saturation: 1.2 };
    const values = { ...defaultValues(fastIsp.declaration.params), ...look };
    const { pixels } = await processMosaic(fastIsp, image, values, 2);
    const matrix = fastIsp.inputs(values, image.sensor)['srgb_from_camera'] as Float32Array;
    const { mean, worst } = pictureError(pixels, referenceFastIsp(image, values, matrix));
    expect(mean).toBeLessThanOrEqual(1);
    expect(worst).toBeLessThanOrEqual(2);
  });
});
