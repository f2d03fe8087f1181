import { describe, expect, it } from 'vitest';
import type { SensorDescription } from '../../../main/frame/frame-meta.ts';
import { fastAlgoStatistics } from '../../../main/isp/statistics-stage.ts';
import { measureMosaic } from '../../support/measure-mosaic.ts';
import type { ReferenceMosaic } from '../../support/reference-fast-isp.ts';
import { syntheticMosaic } from '../../support/synthetic-mosaic.ts';

const [rows, columns] = [4, 5];
/** Corners that lose up to two thirds of their light, each position of the cell a little differently. */
const shading = {
  rows,
  columns,
  gains: Float32Array.from({ length: 4 * rows * columns }, (_, at) => {
    const [phase, row, column] = [Math.floor(at / (rows * columns)), Math.floor(at / columns) % rows, at % columns];
    return 1 + (1 + 0.1 * phase) * (((row - 1.5) / 1.5) ** 2 + ((column - 2) / 2) ** 2);
  }),
};
const table = Float32Array.from({ length: 1024 }, (_, dn) =>
  dn < 256 ? dn : dn < 512 ? 256 + 2 * (dn - 256) : 768 + 6.4 * (dn - 512),
);
const polynomial = [2, 700, 500, -180] as const;

/** Bilinear between the four grid points around a sample, corner to corner. */
function gainAt({ width, height }: ReferenceMosaic, row: number, column: number): number {
  const [y, x] = [(row / (height - 1)) * (rows - 1), (column / (width - 1)) * (columns - 1)];
  const [top, left] = [Math.min(rows - 2, Math.floor(y)), Math.min(columns - 2, Math.floor(x))];
  const at = (r: number, c: number): number =>
    shading.gains[((row % 2) * 2 + (column % 2)) * rows * columns + r * columns + c] as number;
  const across = (r: number): number => at(r, left) * (1 - (x - left)) + at(r, left + 1) * (x - left);
  return across(top) * (1 - (y - top)) + across(top + 1) * (y - top);
}

/** Mean light of each zone by colour name from every sample in it, each linearised, freed of black and multiplied by its own gain. */
function onPaper(mosaic: ReferenceMosaic, linear: (dn: number) => number, isShaded: boolean) {
  const { width, height, samples, sensor } = mosaic;
  const black = sensor.blackLevels.reduce((sum, level) => sum + level, 0) / 4;
  const kept = (dn: number): number =>
    black + ((linear(dn) - linear(black)) * (sensor.whiteLevel - black)) / (linear(sensor.whiteLevel) - linear(black));
  const [sums, counts] = [new Float64Array(4 * 768), new Float64Array(4 * 768)];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [cellRow, cellColumn, phase] = [row >> 1, column >> 1, (row % 2) * 2 + (column % 2)];
      const zone = Math.floor((cellRow * 24) / (height / 2)) * 32 + Math.floor((cellColumn * 32) / (width / 2));
      const level = sensor.blackLevels[phase] as number;
      const light = (kept(samples[row * width + column] as number) - level) / (sensor.whiteLevel - level);
      sums[phase * 768 + zone] = (sums[phase * 768 + zone] as number) + light * (isShaded ? gainAt(mosaic, row, column) : 1);
      counts[phase * 768 + zone] = (counts[phase * 768 + zone] as number) + 1;
    }
  }
  const means = sums.map((sum, at) => sum / (counts[at] as number));
  // RGGB: red, green of red, green of blue, blue.
  const of = (phase: number): Float64Array => means.subarray(phase * 768, (phase + 1) * 768);
  return { red: of(0), greenOfRed: of(1), greenOfBlue: of(2), blue: of(3) };
}

const plain = syntheticMosaic('RGGB', 110, 74);
const withSensor = (fields: Partial<SensorDescription>): ReferenceMosaic => ({
  ...plain,
  sensor: { ...plain.sensor, ...fields },
});

async function largestError(mosaic: ReferenceMosaic, linear: (dn: number) => number, isShaded: boolean): Promise<number> {
  const { zones } = await measureMosaic(mosaic);
  const expected = onPaper(mosaic, linear, isShaded);
  const names = ['red', 'greenOfRed', 'greenOfBlue', 'blue'] as const;
  return Math.max(
    ...names.flatMap((name) => Array.from(zones[name], (light, at) => Math.abs(light - (expected[name][at] as number)))),
  );
}

const polynomialOf = (dn: number): number => 2 + 700 * (dn / 1023) + 500 * (dn / 1023) ** 2 - 180 * (dn / 1023) ** 3;

describe('zones', () => {
  it.each<[string, Partial<SensorDescription>, (dn: number) => number]>([
    [
      'a table',
      { linearisation: table },
      (dn) => table[dn] ?? ((table[Math.floor(dn)] as number) + (table[Math.ceil(dn)] as number)) / 2,
    ],
    ['a polynomial', { linearisationPolynomial: polynomial }, polynomialOf],
  ])('are means of light that was linearised sample by sample: %s', async (_, fields, linear) => {
    const mosaic = withSensor(fields);
    expect(await largestError(mosaic, linear, false)).toBeLessThan(2e-5);
    // As far as a curve over means would be from it, or no curve at all.
    expect(await largestError(plain, linear, false)).toBeGreaterThan(0.05);
  });

  it('are free of shading, but for what light and gain vary together within one', async () => {
    const error = await largestError(withSensor({ shading }), (dn) => dn, true);
    // The mosaic has steps and noise of half its range between neighbours, in zones of two cells.
    expect(error).toBeLessThan(0.02);
    expect(await largestError(plain, (dn) => dn, true)).toBeGreaterThan(0.5);
  });

  it('of a flat field behind the lens are alike to two thousandths', async () => {
    const samples = Uint16Array.from(plain.samples, (_, index) => {
      const [row, column] = [Math.floor(index / 110), index % 110];
      const black = plain.sensor.blackLevels[(row % 2) * 2 + (column % 2)] as number;
      return 64 * black + (0.5 * (64_000 - 64 * black)) / gainAt(plain, row, column);
    });
    const blackLevels = plain.sensor.blackLevels.map((level) => 64 * level) as unknown as SensorDescription['blackLevels'];
    const sensor = { ...plain.sensor, bits: 16, blackLevels, whiteLevel: 64_000 };
    const { zones } = await measureMosaic({ ...plain, samples, sensor: { ...sensor, shading } });
    for (const light of [...zones.red, ...zones.blue]) expect(Math.abs(light / 0.5 - 1)).toBeLessThan(2e-3);
    const shaded = await measureMosaic({ ...plain, samples, sensor });
    expect(shaded.zones.red[0]).toBeLessThan(0.2);
  });

  it('keep the ratio of detail to light, and clipping and histogram those of the samples', async () => {
    const [even, corrected] = [await measureMosaic(plain), await measureMosaic(withSensor({ shading }))];
    const sharpness = ({ zones }: typeof even, at: number): number =>
      (zones.focusEnergy[at] as number) / (((zones.greenOfRed[at] as number) + (zones.greenOfBlue[at] as number)) / 2) ** 2;
    for (const zone of [0, 30, 400, 734]) expect(sharpness(corrected, zone) / sharpness(even, zone)).toBeCloseTo(1, 1);
    expect(corrected.zones.clippedShare).toEqual(even.zones.clippedShare);
    expect((await measureMosaic(withSensor({ linearisation: table }))).rawHistogram).toEqual(even.rawHistogram);
  });

  it('have no input for what the sensor does not bring', () => {
    const values = { statistics_clip: 0.98 };
    expect(Object.keys(fastAlgoStatistics.inputs(values, plain.sensor)).sort()).toEqual([
      'statistics_black',
      'statistics_clip_level',
      'statistics_scale',
    ]);
  });
});
