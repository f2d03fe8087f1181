import { describe, expect, it } from 'vitest';
import type { CfaOrder } from '../../../main/frame/pixel-format.ts';
import { demosaicMalvar } from '../../../main/isp/operators/demosaic-malvar.ts';
import { demosaicResidual } from '../../../main/isp/operators/demosaic-residual/demosaic-residual.ts';
import { type Mosaic, processMosaic } from '../../../main/live/single-frame.ts';
import { bareMosaicStage, bareStage, picturePlain } from '../../support/bare-stage.ts';
import { colourError, mosaicOf, readPicture, saturatedLeaves } from '../../support/colour-pictures.ts';
import { hasRealData, realDataFolder, realFile } from '../../support/real-data.ts';
import { referenceResidualDemosaic } from '../../support/reference-residual-demosaic.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { seededRandom } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(2);

const reason = `${realDataFolder} is absent; set CAMERA_LAB_DATA to a folder with real RAW files`;
if (!hasRealData) console.warn(`Demosaicking not run on real pictures: ${reason}`);

function textured(cfa: CfaOrder, width: number, height: number): Mosaic {
  const random = seededRandom(99);
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    const wave = 60 * Math.sin(row / 3 + (column * column) / 400) + (column > width / 2 ? 60 : 0);
    return Math.round(Math.min(255, Math.max(0, 110 + wave + 25 * random() + ((row + column) & 1 ? 30 : 0))));
  });
  return { width, height, samples, sensor: picturePlain(cfa) };
}

function mirrored({ width, height, samples }: Mosaic): (row: number, column: number) => number {
  const mirror = (index: number, size: number): number => (index < 0 ? -index : index >= size ? 2 * size - 2 - index : index);
  return (row, column) => (samples[mirror(row, height) * width + mirror(column, width)] as number) / 255;
}

describe('residual-interpolation demosaicking', () => {
  it('refuses a raster that is not packed', () => {
    const request = { width: 64, height: 64, sensor: picturePlain('RGGB'), values: {}, cut: 'frame' } as const;
    expect(() => bareMosaicStage([demosaicResidual]).plan(request)).toThrow(/packed raster for operator demosaic-residual/);
  });

  for (const cfa of ['RGGB', 'GRBG', 'GBRG', 'BGGR'] as const) {
    // 8 bits round by half a step; single precision moves slopes of flat windows by less than that again.
    it(`equals its double-precision reference within one 8-bit step, ${cfa}`, async () => {
      const mosaic = textured(cfa, 48, 40);
      const { pixels } = await processMosaic(bareStage([demosaicResidual]), mosaic, {}, lanes());
      const reference = referenceResidualDemosaic(mirrored(mosaic), cfa);
      let worst = 0;
      for (let index = 0; index < 48 * 40; index++) {
        reference(Math.floor(index / 48), index % 48).forEach((value, channel) => {
          const wanted = Math.min(255, Math.max(0, 255 * value));
          worst = Math.max(worst, Math.abs((pixels[index * 4 + channel] as number) - wanted));
        });
      }
      expect(worst).toBeLessThanOrEqual(0.6);
    });
  }

  it('gives the same bytes whole and in strips', async () => {
    const mosaic = textured('GRBG', 64, 150);
    const whole = await processMosaic(bareStage([demosaicResidual]), mosaic, {}, lanes());
    const strips = await processMosaic(bareStage([demosaicResidual], 30), mosaic, {}, lanes());
    expect(strips.event.statistics['strips']).toBeGreaterThan(3);
    expect(Buffer.compare(whole.pixels, strips.pixels)).toBe(0);
  });

  it('is at least 2 dB better than Malvar-He-Cutler in saturated colours', async () => {
    const picture = saturatedLeaves(7, 192, 192);
    const mosaic = mosaicOf(picture, 'RGGB');
    const [residual, malvar] = [bareStage([demosaicResidual]), bareMosaicStage([demosaicMalvar])];
    const gain =
      colourError((await processMosaic(residual, mosaic, {}, lanes())).pixels, picture) -
      colourError((await processMosaic(malvar, mosaic, {}, lanes())).pixels, picture);
    expect(gain).toBeGreaterThanOrEqual(2);
  });

  // Of twelve pictures, which give 40.26 together: the hardest (34.8), a middling one (39.1), and two easy ones (43.0, 42.3).
  it('reaches 39 dB on Kodak pictures, 8-bit sRGB, 10 pixels cut off', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const errors: number[] = [];
    for (const name of ['03', '06', '08', '10']) {
      const picture = readPicture(realFile(`kodak/${name}.png`));
      const { pixels } = await processMosaic(bareStage([demosaicResidual], 128), mosaicOf(picture, 'RGGB'), {}, lanes());
      errors.push(colourError(pixels, picture));
    }
    expect(Math.min(...errors)).toBeGreaterThanOrEqual(34.5);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeGreaterThanOrEqual(39);
  });
});
