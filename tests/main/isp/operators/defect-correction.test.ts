import { describe, expect, it } from 'vitest';
import { readRawFile } from '../../../../main/camera/file/raw-file.ts';
import { defectCouplets, defectSingles } from '../../../../main/isp/operators/defect-correction.ts';
import { defectParameters } from '../../../../main/isp/operators/defect-parameters.ts';
import { pack, unpack } from '../../../../main/isp/operators/pack.ts';
import { defaultValues } from '../../../../main/processor/parameters.ts';
import { type Light, largestDifference, lightOf, mapLight, mirrored, runOperators } from '../../../support/raw-light.ts';
import { hasRealData, realDataFolder, realFile } from '../../../support/real-data.ts';
import type { ReferenceMosaic } from '../../../support/reference-fast-isp.ts';
import { seededRandom } from '../../../support/synthetic-mosaic.ts';

const reason = `${realDataFolder} is absent; set CAMERA_LAB_DATA to a folder with real RAW files`;
if (!hasRealData) console.warn(`Not run on real RAW files: ${reason}`);

const values = defaultValues(defectParameters);
const noise = { slope: 0.3, offset: 6 };
const flatSensor = { cfa: 'RGGB', bits: 12, blackLevels: [256, 250, 260, 256], whiteLevel: 4000, noise } as const;

/** A slope of light with noise, hot and dead samples, and couplets of one and of two colours. */
function scene(): ReferenceMosaic {
  const [width, height, random] = [64, 48, seededRandom(3)];
  const samples = Uint16Array.from({ length: width * height }, (_, index) => 500 + 20 * (index % width) + random() * 40);
  for (const [row, column, dn] of [
    [5, 9, 4095],
    [20, 30, 256],
    [21, 50, 3000],
    [30, 20, 4095],
    [30, 22, 4095],
    [0, 0, 4095],
    [47, 63, 0],
  ]) {
    samples[(row as number) * width + (column as number)] = dn as number;
  }
  samples[40 * width + 40] = 4095;
  samples[40 * width + 41] = 4095;
  return { width, height, samples, sensor: flatSensor };
}

/** Sorts the neighbours, as one would on paper. */
function corrected(light: Light, mayHaveOneOther: boolean): Float64Array {
  const at = mirrored(light);
  const clipped = (row: number, column: number): number => Math.min(1, at(row, column));
  const range = 4000 - 260;
  return mapLight(light, (row, column) => {
    const around = [-2, 0, 2].flatMap((r) => [-2, 0, 2].map((c) => [r, c] as const)).filter(([r, c]) => r !== 0 || c !== 0);
    const sorted = around.map(([r, c]) => clipped(row + r, column + c)).sort((a, b) => a - b);
    const [dark, bright] = [sorted[1] as number, sorted[6] as number];
    const [cellRow, cellColumn] = [row - (row % 2), column - (column % 2)];
    const cell = [0, 1].flatMap((r) => [0, 1].map((c) => clipped(cellRow + r, cellColumn + c))).sort((a, b) => b - a);
    const reach = Math.max(bright, 1.5 * (cell[mayHaveOneOther ? 2 : 1] as number));
    const sigma = Math.sqrt((noise.slope / range) * Math.max(0, bright) + noise.offset / range ** 2);
    const isHot = clipped(row, column) > reach + (bright - dark) + 4 * sigma + 0.1;
    const depth = Math.min(0.3 * dark, (cell[mayHaveOneOther ? 1 : 2] as number) / 1.5);
    const isDead = clipped(row, column) < depth - (4 * Math.sqrt(noise.offset)) / range;
    const facing = (
      [
        [0, 2],
        [2, 0],
        [2, 2],
        [2, -2],
      ] as const
    ).map(([r, c]) => [clipped(row - r, column - c), clipped(row + r, column + c)]);
    const middle =
      (Math.max(...facing.map((pair) => Math.min(...pair))) + Math.min(...facing.map((pair) => Math.max(...pair)))) / 2;
    return isHot || isDead ? middle : at(row, column);
  });
}

const chains = { singles: [pack, defectSingles, unpack], couplets: [pack, defectCouplets, unpack] };

describe('defects that stand out', () => {
  it('are refused on a raster of another layout', async () => {
    await expect(runOperators(scene(), [defectSingles], values)).rejects.toThrow(
      'Expected a packed raster for operator defect-correction',
    );
  });

  for (const [name, chain] of Object.entries(chains)) {
    it(`are corrected as the double-precision reference says: ${name}`, async () => {
      const mosaic = scene();
      const light = await runOperators(mosaic, chain, values);
      expect(largestDifference(light, corrected(lightOf(mosaic), name === 'couplets'))).toBeLessThan(2e-6);
      // The verdict is the same arithmetic on the same samples, whether they are listed or judged where they lie.
      expect(await runOperators(mosaic, chain, values, [], 'rows')).toEqual(light);
    });
  }

  // Of such content much is suspected, and every verdict must still be the reference's.
  it.each(['singles', 'couplets'] as const)('are told apart in colours, in the dark and at white: %s', async (mode) => {
    const [width, height, random] = [64, 48, seededRandom(11)];
    const samples = Uint16Array.from({ length: width * height }, (_, index) => {
      const [row, column] = [Math.floor(index / width), index % width];
      const level = [3900, 700, 300, 1800][Math.floor(column / 16)] as number;
      const share = row < 24 ? [1, 0.3, 0.3, 0.1][(row % 2) * 2 + (column % 2)] : 1;
      return Math.min(4095, 240 + level * (share as number) + 90 * random() + (random() < 0.02 ? 4000 * (random() - 0.4) : 0));
    });
    const mosaic = { width, height, samples: samples.map((dn) => Math.max(0, dn)), sensor: flatSensor };
    const expected = corrected(lightOf(mosaic), mode === 'couplets');
    const changed = lightOf(mosaic).samples;
    expect(expected.filter((light, index) => light !== changed[index]).length).toBeGreaterThan(20);
    const light = await runOperators(mosaic, chains[mode], values);
    expect(largestDifference(light, expected)).toBeLessThan(2e-6);
    expect(await runOperators(mosaic, chains[mode], values, [], 'rows')).toEqual(light);
  });

  it('of one colour are found in pairs, those of two colours in one cell only in the mode for couplets', async () => {
    const mosaic = scene();
    const at = (light: number[], row: number, column: number): number => light[row * 64 + column] as number;
    const singles = await runOperators(mosaic, chains.singles, values);
    const couplets = await runOperators(mosaic, chains.couplets, values);
    for (const [row, column] of [
      [5, 9],
      [30, 20],
      [30, 22],
    ] as const)
      expect(at(singles, row, column)).toBeLessThan(0.6);
    expect(at(singles, 20, 30)).toBeGreaterThan(0.15);
    for (const column of [40, 41]) {
      expect(at(singles, 40, column)).toBeGreaterThan(1);
      expect(at(couplets, 40, column)).toBeLessThan(0.6);
    }
  });
});

/** Every second sample anything at all: all sorts of surroundings, and much that stands out of them. */
const chaos = (random: () => number): number => (random() < 0.5 ? 200 + 300 * random() : 4095 * random());

/** Lone samples on both sides of the narrowest limits, in the dark and in the light, where nothing else adds to these. */
function lone(random: () => number, index: number): number {
  const [row, column] = [Math.floor(index / 64), index % 64];
  const isLone = row % 5 === 2 && column % 5 === 2;
  if (column < 32) return isLone ? 262 + 80 * random() : 262;
  return isLone ? 900 + 140 * random() : 1000;
}

describe('defects where they lie and defects by lists', () => {
  const narrow = {
    'by noise alone': { defect_noise_margin: 4, defect_hot_excess: 0, defect_dead_share: 0.95 },
    'of hot ones': { defect_noise_margin: 0.5, defect_hot_excess: 0.01, defect_dead_share: 0 },
  };
  for (const [limits, chosen] of Object.entries(narrow)) {
    it.each(Object.entries({ chaos, lone }))(`are the same ones, in %s under narrow limits ${limits}`, async (_name, of) => {
      const random = seededRandom(23);
      const samples = Uint16Array.from({ length: 64 * 48 }, (_, index) => of(random, index));
      const mosaic = { width: 64, height: 48, samples, sensor: flatSensor };
      const all = { ...values, ...chosen };
      const [light, untouched] = [
        await runOperators(mosaic, chains.couplets, all),
        await runOperators(mosaic, [pack, unpack], all),
      ];
      expect(light.filter((value, index) => value !== untouched[index]).length).toBeGreaterThan(10);
      expect(await runOperators(mosaic, chains.couplets, all, [], 'rows')).toEqual(light);
    });
  }
});

const nikon = {
  width: 768,
  height: 512,
  cfa: 'RGGB',
  bits: 16,
  packing: 'unpacked',
  blackLevel: 600,
  whiteLevel: 15520,
} as const;

/** The frame with the noise of its camera, which the photon-transfer fit of its flat parts gives. */
async function frame(name: string): Promise<ReferenceMosaic> {
  const image = await readRawFile(realFile(name), nikon);
  return { ...image, sensor: { ...image.sensor, noise } };
}

describe('defects of a real frame', () => {
  it('are found with precision and recall of 0.99, and the clean frame loses less than 0.05 dB', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const [clean, bad] = [
      await frame('nikon_rose_768x512_14b_rggb_le16.raw'),
      await frame('nikon_rose_400badpix_768x512_14b_rggb_le16.raw'),
    ];
    const chain = [pack, defectSingles, unpack];
    const [before, after] = [await runOperators(bad, []), await runOperators(bad, chain, values)];
    let [hits, touched, defects] = [0, 0, 0];
    bad.samples.forEach((dn, index) => {
      const isDefect = dn !== clean.samples[index];
      const isTouched = before[index] !== after[index];
      defects += Number(isDefect);
      touched += Number(isTouched);
      hits += Number(isDefect && isTouched);
    });
    expect(defects).toBe(400);
    expect(hits / defects).toBeGreaterThanOrEqual(0.99);
    expect(hits / touched).toBeGreaterThanOrEqual(0.99);

    // Its own noise is the floor that correction must not raise.
    const untouched = await runOperators(clean, []);
    const kept = await runOperators(clean, chain, values);
    const range = nikon.whiteLevel - nikon.blackLevel;
    let [added, own] = [0, 0];
    untouched.forEach((light, index) => {
      added += ((kept[index] as number) - light) ** 2;
      own += (noise.slope * range * Math.max(0, light) + noise.offset) / range ** 2;
    });
    const lossDb = 10 * Math.log10(1 + added / own);
    console.info(`recall ${hits / defects}, precision ${hits / touched}, clean frame loses ${lossDb} dB`);
    expect(lossDb).toBeLessThan(0.05);
  });
});
