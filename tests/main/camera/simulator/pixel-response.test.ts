import { describe, expect, it } from 'vitest';
import { groundTruth, renderFrame } from '../../../../main/camera/simulator/ground-truth.ts';
import { channelOf, signalOf, size, statistics } from './truth-bench.ts';

const flat = { scene: 'flat-field', ...size } as const;
const pixels = size.width * size.height;

describe('shading', () => {
  const settings = { vignetting: 0.4, colourShading: 0.1 };

  it('has the losses of the settings in the corners and none in the middle', () => {
    const truth = groundTruth({ ...flat, settings });
    for (const [channel, corner] of [
      [0, 0.5],
      [1, 0.6],
      [2, 0.7],
    ] as const) {
      const grid = truth.shadingGrid(channel, 17, 13);
      expect(grid).toHaveLength(17 * 13);
      for (const node of [0, 16, 17 * 12, 17 * 13 - 1]) expect(grid[node]).toBeCloseTo(corner, 6);
      expect(grid[17 * 6 + 8]).toBeCloseTo(1, 6);
      for (let node = 0; node < 8; node++) expect(grid[17 * 6 + node]).toBeLessThan(grid[17 * 6 + node + 1] as number);
    }
  });

  it('of the grid is that of a frame against one without', () => {
    // Many columns and rows, so that nodes lie on pixel borders and a cell's mean is that of its four nodes.
    const [columns, rows] = [size.width + 1, size.height + 1];
    const shaded = signalOf({ ...flat, settings: { ...settings, exposureMicros: 14_000 } });
    const even = signalOf({ ...flat, settings: { exposureMicros: 14_000 } });
    const truth = groundTruth({ ...flat, settings });
    const grids = ([0, 1, 2] as const).map((channel) => truth.shadingGrid(channel, columns, rows));
    for (let index = 0; index < pixels; index += 13) {
      const [x, y] = [index % size.width, Math.floor(index / size.width)];
      const grid = grids[channelOf(x, y)] as Float32Array;
      const nodes = [y * columns + x, y * columns + x + 1, (y + 1) * columns + x, (y + 1) * columns + x + 1];
      const share = nodes.reduce((sum, node) => sum + (grid[node] as number) / 4, 0);
      // One DN of rounding on either side.
      expect(Math.abs((shaded[index] as number) - share * (even[index] as number))).toBeLessThan(1.1);
    }
  });
});

describe('pattern', () => {
  it('of gains has the standard deviation of PRNU, the same in every frame and for every light', () => {
    const settings = { prnu: 0.02, analogueGain: 1.3 };
    const ratios = (sequence: number, illuminanceLux: number): number[] => {
      const signal = signalOf({ ...flat, sequence, settings: { ...settings, illuminanceLux } });
      const even = signalOf({ ...flat, sequence, settings: { analogueGain: 1.3, illuminanceLux } });
      return Array.from(signal, (value, index) => value / (even[index] as number));
    };
    const first = ratios(0, 500);
    const { mean, variance } = statistics(first);
    expect(mean).toBeCloseTo(1, 3);
    expect(Math.sqrt(variance)).toBeGreaterThan(0.0195);
    expect(Math.sqrt(variance)).toBeLessThan(0.0205);
    const later = ratios(9, 400);
    const { mean: laterMean } = statistics(later);
    const covariance = statistics(first.map((value, index) => (value - mean) * ((later[index] as number) - laterMean))).mean;
    expect(covariance / variance).toBeGreaterThan(0.95);
  });

  it('of offsets has the standard deviation of DSNU in the dark, whatever the exposure is', () => {
    const analogueGain = 8;
    const dark = { ...flat, settings: { dsnuElectrons: 6, analogueGain, illuminanceLux: 1, exposureMicros: 100 } };
    const { mean, variance } = statistics([...signalOf(dark)]);
    const dnPerElectron = (analogueGain * 959) / 9590;
    expect(mean).toBeCloseTo(0, 0);
    expect(Math.sqrt(variance - 1 / 12) / (6 * dnPerElectron)).toBeCloseTo(1, 1.5);
    // What a pixel says is its offset in the truth, rounded.
    const offsets = groundTruth(dark).response().maps?.darkElectrons as Float32Array;
    const signal = signalOf(dark);
    for (let index = 0; index < pixels; index += 17) {
      expect(Math.abs((signal[index] as number) - dnPerElectron * (offsets[index] as number))).toBeLessThan(0.6);
    }
  });

  it('is absent by default', () => {
    expect(groundTruth(flat).response()).toEqual({ defects: [] });
  });
});

describe('defects', () => {
  const settings = { hotPerMegapixel: 900, deadPerMegapixel: 500, stuckPerMegapixel: 300 };
  const truth = groundTruth({ ...flat, settings });
  const { defects } = truth.response();

  it('are as many of each kind as asked for, no two at one place, all over the picture', () => {
    const countOf = (kind: string): number => defects.filter((defect) => defect.kind === kind).length;
    expect([countOf('hot'), countOf('dead'), countOf('stuck')]).toEqual([52, 29, 17]);
    expect(new Set(defects.map(({ x, y }) => y * size.width + x)).size).toBe(defects.length);
    for (const [isThere, name] of [
      [({ x }) => x < size.width / 2, 'left'],
      [({ y }) => y < size.height / 2, 'upper'],
    ] as const satisfies readonly (readonly [(place: { x: number; y: number }) => boolean, string])[]) {
      const share = defects.filter(isThere).length / defects.length;
      expect(share, name).toBeGreaterThan(0.3);
      expect(share, name).toBeLessThan(0.7);
    }
  });

  it('are where they were for the same seed, elsewhere for another, and the same ones when there are more', () => {
    expect(groundTruth({ ...flat, settings, sequence: 5 }).response().defects).toEqual(defects);
    expect(groundTruth({ ...flat, settings, seed: 2 }).response().defects).not.toEqual(defects);
    const more = groundTruth({ ...flat, settings: { ...settings, stuckPerMegapixel: 600 } }).response().defects;
    expect(more.slice(0, defects.length)).toEqual(defects);
  });

  it('do in a frame what they are, and no other pixel does', () => {
    const lit = renderFrame({ ...flat, settings: { ...settings, noise: false } });
    const sound = renderFrame({ ...flat, settings: { noise: false } });
    const places = new Map(defects.map((defect) => [defect.y * size.width + defect.x, defect]));
    for (let index = 0; index < pixels; index++) {
      const defect = places.get(index);
      if (defect === undefined) expect(lit[index]).toBe(sound[index]);
      else if (defect.kind === 'dead') expect(lit[index]).toBe(64);
      else if (defect.kind === 'stuck') expect(lit[index]).toBe(defect.valueDn);
      else {
        const added = defect.electronsPerMicro * 10_000 * 0.1;
        expect(Math.abs((lit[index] as number) - Math.min(1023, (sound[index] as number) + added))).toBeLessThan(1.1);
      }
    }
  });

  it('that are hot collect more the longer the exposure is', () => {
    const [hot] = defects.filter(({ kind, electronsPerMicro }) => kind === 'hot' && electronsPerMicro < 0.05);
    const at = (hot?.y as number) * size.width + (hot?.x as number);
    const dark = (exposureMicros: number): number =>
      signalOf({ ...flat, settings: { ...settings, exposureMicros, illuminanceLux: 1 } })[at] as number;
    expect(dark(20_000) / dark(10_000)).toBeCloseTo(2, 1);
    expect(dark(10_000)).toBeGreaterThan(15);
  });
});
