import { beforeAll, describe, expect, it } from 'vitest';
import { cfaColourAt } from '../../../main/isp/cfa.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { seededRandom, strongMatrix } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(1);

const [width, height] = [256, 160];
const levels = { cfa: 'RGGB', bits: 12, blackLevels: [256, 256, 256, 256], whiteLevel: 4095 } as const;
/** About 26 dB in mid-grey: a phone's sensor indoors. */
const noise = { slope: 2.5, offset: 60 } as const;
const sensor = { ...levels, noise, srgbFromCamera: strongMatrix };
const edgeFirstColumn = 160;

/** Light before the camera's gains: coloured fields with a texture on the left, a slanted grey edge on the right. */
function light(row: number, column: number): readonly [number, number, number] {
  if (column >= edgeFirstColumn) {
    const position = column - 208 - (row - 80) * 0.09;
    const share = Math.min(1, Math.max(0, position + 0.5));
    const grey = 0.08 + 0.5 * share;
    return [grey, grey, grey];
  }
  const field = Math.floor(row / 40) * 4 + Math.floor(column / 40);
  const random = seededRandom(field + 1);
  const wave = 1 + 0.15 * Math.sin(row / 3) * Math.cos(column / 4);
  const grey = 0.1 + 0.4 * random();
  return [0, 1, 2].map(() => wave * grey * (0.75 + 0.5 * random())) as [number, number, number];
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function mosaicOf(isNoisy: boolean): Uint16Array {
  const random = seededRandom(77);
  return Uint16Array.from({ length: width * height }, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    const channel = 'RGB'.indexOf(cfaColourAt(levels.cfa, row, column));
    const signal = (light(row, column)[channel] as number) * (4095 - 256);
    const deviation = isNoisy ? Math.sqrt(noise.slope * signal + noise.offset) : 0;
    return Math.min(4095, Math.max(0, Math.round(256 + signal + deviation * gaussian(random))));
  });
}

async function pictureOf(samples: Uint16Array, look: ParameterValues): Promise<Uint8Array> {
  const values = { ...defaultValues(fastIsp.declaration.params), sharpen_amount: 0, ...look };
  return (await processMosaic(fastIsp, { width, height, samples, sensor }, values, lanes())).pixels;
}

function psnr(picture: Uint8Array, reference: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < picture.length; index++) sum += ((picture[index] as number) - (reference[index] as number)) ** 2;
  // Alpha adds nothing to the sum and does not count.
  return 10 * Math.log10(255 ** 2 / (sum / (picture.length * 0.75)));
}

/** Cycles per pixel at which the slanted edge's response has fallen to a half, from its spread function at four times the pitch. */
function mtf50(picture: Uint8Array): number {
  const bins = Array.from({ length: 128 }, () => ({ sum: 0, count: 0 }));
  for (let row = 8; row < height - 8; row++) {
    for (let column = edgeFirstColumn; column < width; column++) {
      const bin = bins[Math.floor(4 * (column - 208 - (row - 80) * 0.09)) + 64];
      if (!bin) continue;
      const at = 4 * (row * width + column);
      bin.sum += 0.2126 * (picture[at] as number) + 0.7152 * (picture[at + 1] as number) + 0.0722 * (picture[at + 2] as number);
      bin.count += 1;
    }
  }
  const edge = bins.map(({ sum, count }) => sum / count);
  const line = edge.slice(1).map((value, index) => value - (edge[index] as number));
  const response = (cycles: number): number => {
    let [real, imaginary] = [0, 0];
    line.forEach((value, index) => {
      const window = 0.54 - 0.46 * Math.cos((2 * Math.PI * index) / (line.length - 1));
      real += window * value * Math.cos((2 * Math.PI * cycles * index) / 4);
      imaginary += window * value * Math.sin((2 * Math.PI * cycles * index) / 4);
    });
    return Math.hypot(real, imaginary);
  };
  const still = response(0);
  for (let cycles = 0; cycles < 1; cycles += 0.001) if (response(cycles) < still / 2) return cycles;
  return 1;
}

describe('noise reduction on a noisy frame', () => {
  let [clean, noisy, reduced, onRaw, sharp, cored]: Uint8Array[] = [];
  beforeAll(async () => {
    const [withNoise, without] = [mosaicOf(true), mosaicOf(false)];
    clean = await pictureOf(without, {});
    noisy = await pictureOf(withNoise, {});
    reduced = await pictureOf(withNoise, { chroma_enabled: true });
    onRaw = await pictureOf(withNoise, { chroma_enabled: true, raw_noise_reduction: true });
    sharp = await pictureOf(withNoise, { chroma_enabled: true, sharpen_amount: 1 });
    cored = await pictureOf(withNoise, { chroma_enabled: true, sharpen_amount: 1, sharpen_coring: true });
  });

  it('gains 2.5 dB of PSNR, of which 1 dB by its chroma part alone', () => {
    const [before, after, both] = [noisy, reduced, onRaw].map((picture) => psnr(picture as Uint8Array, clean as Uint8Array));
    console.info(`Noise reduction: ${before?.toFixed(2)} dB, chroma ${after?.toFixed(2)} dB, with RAW ${both?.toFixed(2)} dB`);
    expect(Number(after) - Number(before)).toBeGreaterThanOrEqual(1);
    expect(Number(both) - Number(before)).toBeGreaterThanOrEqual(2.5);
  });

  it('keeps the MTF50 of a slanted edge within 10 %', () => {
    const [before, after] = [mtf50(noisy as Uint8Array), mtf50(onRaw as Uint8Array)];
    console.info(`MTF50 of the edge: ${before.toFixed(3)} to ${after.toFixed(3)} cycles per pixel`);
    expect(before).toBeGreaterThan(0.1);
    expect(after).toBeGreaterThanOrEqual(0.9 * before);
  });

  it('sharpens less noise with coring', () => {
    expect(psnr(cored as Uint8Array, clean as Uint8Array)).toBeGreaterThan(psnr(sharp as Uint8Array, clean as Uint8Array) + 0.5);
  });
});
