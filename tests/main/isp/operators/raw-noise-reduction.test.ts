import { describe, expect, it } from 'vitest';
import { readRawFile } from '../../../../main/camera/file/raw-file.ts';
import { greenEqualisation } from '../../../../main/isp/operators/green-equalisation.ts';
import { pack, unpack } from '../../../../main/isp/operators/pack.ts';
import { rawNoiseReduction } from '../../../../main/isp/operators/raw-noise-reduction.ts';
import { seededGaussian } from '../../../support/gaussian.ts';
import { type Light, largestDifference, lightOf, mapLight, mirrored, runOperators } from '../../../support/raw-light.ts';
import { hasRealData, realDataFolder, realFile } from '../../../support/real-data.ts';
import type { ReferenceMosaic } from '../../../support/reference-fast-isp.ts';
import { syntheticMosaic } from '../../../support/synthetic-mosaic.ts';

const reason = `${realDataFolder} is absent; set CAMERA_LAB_DATA to a folder with real RAW files`;
if (!hasRealData) console.warn(`Not run on real RAW files: ${reason}`);

const chain = [pack, rawNoiseReduction, unpack];
const noise = { slope: 2, offset: 30 };
const sensor = { cfa: 'RGGB', bits: 12, blackLevels: [256, 256, 256, 256], whiteLevel: 4000, noise } as const;
const range = 4000 - 256;

/** The filter as one would write it on paper, sample by sample. */
function denoised(light: Light, slope: number, offset: number, strength: number): Float64Array {
  const at = mirrored(light);
  const window = [-2, 0, 2];
  const around = (row: number, column: number, value: (r: number, c: number) => number): number =>
    window.reduce((sum, r) => sum + window.reduce((part, c) => part + value(row + r, column + c), 0), 0) / 9;
  const mean = (row: number, column: number): number => around(row, column, at);
  const noiseUnits = (row: number, column: number): number => {
    const average = mean(row, column);
    const variance = around(row, column, (r, c) => (at(r, c) - average) ** 2);
    return variance / (slope * Math.max(0, average) + offset);
  };
  const share = (row: number, column: number): number => {
    const [top, left] = [2 * Math.floor(row / 2), 2 * Math.floor(column / 2)];
    const inNoise = [0, 1].reduce((sum, r) => sum + noiseUnits(top + r, left) + noiseUnits(top + r, left + 1), 0) / 4;
    return Math.min(1, (1.3 * strength) / Math.max(1e-3, inNoise));
  };
  return mapLight(light, (row, column) => {
    const part = around(row, column, (r, c) => mean(r, c) * share(r, c));
    return at(row, column) * (1 - around(row, column, share)) + part;
  });
}

describe('RAW noise reduction', () => {
  it('is refused on a mosaic', async () => {
    const mosaic = syntheticMosaic('RGGB', 24, 20);
    await expect(runOperators(mosaic, [rawNoiseReduction], { raw_noise_strength: 1 })).rejects.toThrow(
      'Expected a packed raster',
    );
  });

  // Variances are differences of squares: at light 1 single precision leaves 1e-7 of them, beside a noise of 1e-4.
  it('is the double-precision filter within 2e-5', async () => {
    const plain = syntheticMosaic('GRBG', 40, 28);
    const mosaic = { ...plain, sensor: { ...plain.sensor, noise: { slope: 8, offset: 100 } } };
    const [slope, offset] = [8 / 934, 100 / 934 ** 2];
    for (const strength of [0.5, 2]) {
      const light = await runOperators(mosaic, chain, { raw_noise_strength: strength });
      expect(largestDifference(light, denoised(lightOf(mosaic), slope, offset, strength))).toBeLessThan(2e-5);
    }
  });

  it('leaves everything as it is at strength 0', async () => {
    const mosaic = syntheticMosaic('RGGB', 40, 28);
    const light = await runOperators(mosaic, chain, { raw_noise_strength: 0 });
    expect(largestDifference(light, lightOf(mosaic).samples)).toBeLessThan(1e-6);
  });

  it('takes most of the noise of flat areas, in shadow and light, keeps their mean and the edge between them', async () => {
    const [width, height, gaussian] = [96, 96, seededGaussian(11)];
    const levelOf = (column: number): number => (column < 48 ? 300 : 2500);
    const samples = Uint16Array.from({ length: width * height }, (_, index) => {
      const signal = levelOf(index % width);
      return Math.round(256 + signal + gaussian() * Math.sqrt(noise.slope * signal + noise.offset));
    });
    const mosaic: ReferenceMosaic = { width, height, samples, sensor };
    const [before, after] = [lightOf(mosaic).samples, await runOperators(mosaic, chain, { raw_noise_strength: 1 })];
    const statistics = (light: ArrayLike<number>, from: number, to: number): { mean: number; sigma: number } => {
      const values = Array.from(light).filter((_, index) => index % width >= from && index % width < to);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return { mean, sigma: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
    };
    for (const [from, to] of [
      [0, 40],
      [56, 96],
    ] as const) {
      const [noisy, smooth] = [statistics(before, from, to), statistics(after, from, to)];
      expect(smooth.sigma).toBeLessThan(noisy.sigma * 0.4);
      expect(Math.abs(smooth.mean - noisy.mean)).toBeLessThan(noisy.sigma / 30);
    }
    const step = (2500 - 300) / range;
    expect(statistics(after, 48, 50).mean - statistics(after, 46, 48).mean).toBeGreaterThan(0.97 * step);
  });
});

describe('RAW noise reduction of pictures', () => {
  it('gains more than 3 dB on a textured real frame with noise, judged against the frame without it', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const file = realFile('nikon_rose_768x512_14b_rggb_le16.raw');
    const clean = await readRawFile(file, {
      width: 768,
      height: 512,
      cfa: 'RGGB',
      bits: 14,
      packing: 'unpacked',
      blackLevel: 600,
      whiteLevel: 15520,
    });
    const gaussian = seededGaussian(5);
    const added = { slope: 15, offset: 2000 };
    const samples = clean.samples.map((dn) =>
      Math.max(0, Math.round(dn + gaussian() * Math.sqrt(added.slope * Math.max(0, dn - 600) + added.offset))),
    );
    const mosaic = { ...clean, samples, sensor: { ...clean.sensor, noise: added } };
    const truth = lightOf(clean).samples;
    const psnr = (light: ArrayLike<number>): number =>
      -10 *
      Math.log10(
        Array.from(light).reduce((sum, value, index) => sum + (value - (truth[index] as number)) ** 2, 0) / light.length,
      );
    const [before, after] = [psnr(lightOf(mosaic).samples), psnr(await runOperators(mosaic, chain, { raw_noise_strength: 1 }))];
    console.info(`noise reduction: ${before.toFixed(2)} dB to ${after.toFixed(2)} dB`);
    expect(after - before).toBeGreaterThan(3);
  });

  it('leaves no maze in a flat area when greens are made equal after it', async () => {
    const [width, height, gaussian] = [96, 96, seededGaussian(21)];
    const samples = Uint16Array.from({ length: width * height }, () => Math.round(1256 + gaussian() * Math.sqrt(2030)));
    const mosaic: ReferenceMosaic = { width, height, samples, sensor };
    const values = { raw_noise_strength: 1, green_strength: 1, green_limit: 0.04 };
    // Deviation of what a cell's greens differ by.
    const maze = (light: ArrayLike<number>): number => {
      let sum = 0;
      for (let row = 0; row < height; row += 2) {
        for (let column = 0; column < width; column += 2) {
          sum += ((light[row * width + column + 1] as number) - (light[(row + 1) * width + column] as number)) ** 2;
        }
      }
      return Math.sqrt(sum / (width * height * 0.25));
    };
    const apart = maze(await runOperators(mosaic, chain, values));
    const equal = maze(await runOperators(mosaic, [pack, rawNoiseReduction, greenEqualisation, unpack], values));
    expect(equal).toBeLessThan(0.6 * apart);
    expect(equal).toBeLessThan(0.15 * maze(lightOf(mosaic).samples));
  });
});
