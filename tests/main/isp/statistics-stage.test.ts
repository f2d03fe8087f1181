import { describe, expect, it } from 'vitest';
import { cfaOrders } from '../../../main/frame/pixel-format.ts';
import { readStatistics } from '../../../main/isp/statistics/frame-statistics.ts';
import { fastAlgoStatistics, statisticsPort } from '../../../main/isp/statistics-stage.ts';
import { runStage } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { planeBytes } from '../../../main/processor/stage.ts';
import { measureMosaic } from '../../support/measure-mosaic.ts';
import { referenceHistogram, referenceZone } from '../../support/reference-statistics.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { plainSensor, seededRandom, syntheticMosaic } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(1);

const defaults = defaultValues(fastAlgoStatistics.declaration.params);
const clipShare = 0.98;

function noisePicture(pixels: number): Uint8Array {
  const random = seededRandom(99);
  return Uint8Array.from({ length: pixels * 4 }, (_, index) => (index % 4 === 3 ? 255 : random() ** 2 * 256));
}

/** Single precision over sums of a thousand DN. */
const closeness = 5;

describe('the statistics stage', () => {
  it('refuses a frame whose size is odd, and one without a cell', () => {
    const plan = (width: number, height: number) => () =>
      fastAlgoStatistics.plan({ width, height, sensor: plainSensor, values: defaults, cut: 'strips' });
    expect(plan(65, 48)).toThrow('Expected an even size for a Bayer mosaic but received 65x48');
    expect(plan(64, 0)).toThrow('Expected a frame of at least 2x2 for statistics but received 64x0');
  });

  it('refuses to read a plane that is cut off or has no zones', () => {
    expect(() => readStatistics(Float32Array.of(32, 24, 0))).toThrow('Expected 6402 statistics of 32x24 zones but received 3');
    expect(() => readStatistics(new Float32Array(9000))).toThrow('Expected a grid of zones');
  });

  for (const cfa of cfaOrders) {
    it(`agrees with every zone as measured on paper, ${cfa}`, async () => {
      const mosaic = syntheticMosaic(cfa, 110, 74);
      const { zones } = await measureMosaic(mosaic);
      expect([zones.columns, zones.rows]).toEqual([32, 24]);
      for (let index = 0; index < 768; index++) {
        const place = { row: Math.floor(index / 32), column: index % 32, rows: 24, columns: 32 };
        const { light, clippedShare, focusEnergy } = referenceZone(mosaic, place, clipShare);
        expect(zones.red[index]).toBeCloseTo(light.R, closeness);
        expect(zones.greenOfRed[index]).toBeCloseTo(light.Gr, closeness);
        expect(zones.greenOfBlue[index]).toBeCloseTo(light.Gb, closeness);
        expect(zones.blue[index]).toBeCloseTo(light.B, closeness);
        expect(zones.clippedShare[index]).toBeCloseTo(clippedShare, closeness);
        expect(zones.focusEnergy[index]).toBeCloseTo(focusEnergy, closeness);
      }
    });
  }
});

describe('the histograms of the statistics stage', () => {
  it('count every sample of a small mosaic by colour', async () => {
    const mosaic = syntheticMosaic('GRBG', 96, 74);
    const { rawHistogram } = await measureMosaic(mosaic);
    const samplesOf = (colour: string): number[] =>
      [...mosaic.samples].filter((_, index) => 'GRBG'[(Math.floor(index / 96) % 2) * 2 + (index % 2)] === colour);
    expect([...rawHistogram.red]).toEqual(referenceHistogram(samplesOf('R'), 4));
    expect([...rawHistogram.green]).toEqual(referenceHistogram(samplesOf('G'), 4));
    expect([...rawHistogram.blue]).toEqual(referenceHistogram(samplesOf('B'), 4));
  });

  it('count samples beyond the bits that the sensor claims in the last bin', async () => {
    const samples = new Uint16Array(64 * 48).fill(65_535);
    const { rawHistogram } = await measureMosaic({ width: 64, height: 48, samples, sensor: plainSensor });
    expect(rawHistogram.green[255]).toBe((64 * 48) / 2);
  });

  for (const size of ['full', 'half'] as const) {
    it(`count every pixel of a small ${size} picture, and its luma`, async () => {
      const pixels = (96 * 74) / (size === 'half' ? 4 : 1);
      const picture = noisePicture(pixels);
      const { outputHistogram } = await measureMosaic(syntheticMosaic('RGGB', 96, 74), picture, size);
      const channel = (offset: number): number[] => [...picture].filter((_, index) => index % 4 === offset);
      const [red, green, blue] = [channel(0), channel(1), channel(2)];
      expect([...outputHistogram.red]).toEqual(referenceHistogram(red, 1));
      expect([...outputHistogram.green]).toEqual(referenceHistogram(green, 1));
      expect([...outputHistogram.blue]).toEqual(referenceHistogram(blue, 1));
      const luma = red.map((r, pixel) =>
        Math.round((2126 * r + 7152 * (green[pixel] as number) + 722 * (blue[pixel] as number)) / 10_000),
      );
      const misplaced = referenceHistogram(luma, 1).map((count, bin) => Math.abs(count - (outputHistogram.luma[bin] as number)));
      // A luma that lies halfway between two bytes may fall either way in single precision.
      expect(misplaced.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(4);
    });
  }
});

describe('a frame of any size', () => {
  it('is sampled evenly where it is large: its means are those of the whole', async () => {
    const [width, height] = [704, 976];
    const samples = Uint16Array.from({ length: width * height }, (_, index) => {
      const [row, column] = [Math.floor(index / width), index % width];
      return 256 + 1500 + 900 * Math.sin(row / 200) + 600 * Math.cos(column / 70);
    });
    const mosaic = { width, height, samples, sensor: plainSensor };
    const { zones, rawHistogram } = await measureMosaic(mosaic, noisePicture(width * height));
    for (const index of [0, 31, 400, 767]) {
      const place = { row: Math.floor(index / 32), column: index % 32, rows: 24, columns: 32 };
      expect(zones.red[index]).toBeCloseTo(referenceZone(mosaic, place, clipShare).light.R, 2);
    }
    const counted = rawHistogram.red.reduce((sum, count) => sum + count, 0);
    expect(counted).toBeGreaterThan(5000);
    expect(counted).toBeLessThan(20_000);
  });

  it('has a zone per cell where there are fewer cells than zones', async () => {
    const mosaic = syntheticMosaic('BGGR', 40, 8);
    const { zones } = await measureMosaic(mosaic);
    expect([zones.columns, zones.rows]).toEqual([20, 4]);
    const place = { row: 1, column: 3, rows: 4, columns: 20 };
    expect(zones.blue[23]).toBeCloseTo(referenceZone(mosaic, place, clipShare).light.B, closeness);
  });
});

describe('a lane', () => {
  it('runs the statistics stage on the mosaic alone where there is no picture', async () => {
    const mosaic = syntheticMosaic('RGGB', 96, 74);
    const { planes } = await runStage(fastAlgoStatistics, mosaic, { ...defaults, statistics_picture: 'none' }, lanes());
    expect(readStatistics(planes[statisticsPort] as Float32Array)).toEqual(await measureMosaic(mosaic));
  });

  it('binds the mosaic, then the picture, each whole', () => {
    const request = { width: 64, height: 48, sensor: plainSensor, values: defaults, cut: 'strips' } as const;
    const { inputs, strips } = fastAlgoStatistics.plan(request);
    expect(inputs.map((port) => [port.name, planeBytes(port)])).toEqual([
      ['mosaic', 64 * 48 * 2],
      ['rgba', 64 * 48 * 4],
    ]);
    expect(strips.strips).toHaveLength(1);
  });
});
