import { readdirSync, readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { cfaColourAt } from '../../../main/isp/cfa.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { hasRealData, realDataFolder, realFile } from '../../support/real-data.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';

const lanes = sharedLanes(1);

const reason = `${realDataFolder} is absent; set CAMERA_LAB_DATA to a folder with the Kodak images`;
if (!hasRealData) console.warn(`Not run on the Kodak images: ${reason}`);

const sensor = { cfa: 'GRBG', bits: 16, blackLevels: [0, 0, 0, 0], whiteLevel: 65535 } as const;
const plainLook = { sharpen_amount: 0 };

/** IEC 61966-2-1, inverted. */
function linear(code: number): number {
  const encoded = code / 255;
  return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
}

/**
 * Colour PSNR of one image by the usual protocol: its sRGB values are mosaicked (here as the light that they stand for, which the
 * display curve makes sRGB again), demosaicked and compared, without 10 pixels at the border.
 */
async function cpsnr(name: string, look: ParameterValues): Promise<number> {
  const { width, height, data, channels } = decode(readFileSync(realFile(`kodak/${name}`)));
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    const channel = 'RGB'.indexOf(cfaColourAt(sensor.cfa, Math.floor(index / width), index % width));
    return Math.round(65535 * linear(data[index * channels + channel] as number));
  });
  const values = { ...defaultValues(fastIsp.declaration.params), ...plainLook, ...look };
  const { pixels } = await processMosaic(fastIsp, { width, height, samples, sensor }, values, lanes());
  let [sum, count] = [0, 0];
  for (let row = 10; row < height - 10; row++) {
    for (let column = 10; column < width - 10; column++) {
      for (let channel = 0; channel < 3; channel++) {
        const at = row * width + column;
        sum += ((pixels[4 * at + channel] as number) - (data[channels * at + channel] as number)) ** 2;
        count += 1;
      }
    }
  }
  return 10 * Math.log10(255 ** 2 / (sum / count));
}

async function meanCpsnr(look: ParameterValues): Promise<number> {
  const names = readdirSync(realFile('kodak')).filter((name) => name.endsWith('.png'));
  let sum = 0;
  for (const name of names) sum += await cpsnr(name, look);
  return sum / names.length;
}

describe('demosaicking of the Kodak images', () => {
  it('reaches 35.3 dB with Malvar-He-Cutler and stays well above bilinear', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const malvar = await meanCpsnr({});
    const bilinear = await meanCpsnr({ demosaic_method: 'bilinear' });
    console.info(`CPSNR on the Kodak images: Malvar-He-Cutler ${malvar.toFixed(2)} dB, bilinear ${bilinear.toFixed(2)} dB`);
    expect(malvar).toBeGreaterThanOrEqual(35.3);
    expect(bilinear).toBeGreaterThan(28.5);
    expect(malvar - bilinear).toBeGreaterThan(4);
  });
});
