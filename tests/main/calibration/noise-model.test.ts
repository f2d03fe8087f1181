import { describe, expect, it } from 'vitest';
import { type NoisyPatch, noiseFromPair, noiseFromPairs, noiseFromPatches } from '../../../main/calibration/noise-model.ts';
import type { Mosaic } from '../../../main/frame/mosaic.ts';
import { normalNumbers } from '../../support/random.ts';

const [width, height] = [384, 256];
const [slope, offset] = [1.5, 9];

/** A scene with a gradient and fine texture, under noise of variance slope · signal + offset. */
function frame(seed: number, change: (signal: number, column: number, row: number) => number = (signal) => signal): Mosaic {
  const normal = normalNumbers(seed);
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    const [column, row] = [index % width, Math.floor(index / width)];
    const texture = 1 + 0.4 * Math.sin(column * 1.7) * Math.cos(row * 2.3);
    const signal = change(20 + (1600 * texture * column) / width, column, row);
    return Math.min(Math.round(256 + signal + Math.sqrt(slope * signal + offset) * normal()), 4095);
  });
  return { samples, width, height, sensor: { cfa: 'RGGB', bits: 12, blackLevels: [256, 256, 256, 256], whiteLevel: 4095 } };
}

describe('the noise of a pair of frames', () => {
  it('is refused for frames that do not belong together, or blocks that do not fit', () => {
    expect(() => noiseFromPair(frame(1), { ...frame(2), height: 200 })).toThrow('received 384x256 and 384x200');
    expect(() => noiseFromPair(frame(1), frame(2), { blockSamples: 9 })).toThrow('for blockSamples but received 9');
    const dark = { ...frame(1), samples: new Uint16Array(width * height) };
    expect(() => noiseFromPair(dark, dark)).toThrow('Expected at least three patches of different brightness but received 0');
  });

  it('is found whatever the texture', () => {
    const found = noiseFromPair(frame(41), frame(42));
    expect(Math.abs(found.slope / slope - 1)).toBeLessThan(0.03);
    // Quantisation adds 1/12 DN².
    expect(Math.abs(found.offset - offset - 1 / 12)).toBeLessThan(6);
  });

  it('is found where something moved, and where light is clipped', () => {
    const moved = frame(42, (signal, column, row) => (Math.hypot(column - 200, row - 120) < 40 ? signal * 1.3 : signal));
    expect(Math.abs(noiseFromPair(frame(41), moved).slope / slope - 1)).toBeLessThan(0.05);
    const bright = (signal: number): number => signal * 3;
    expect(Math.abs(noiseFromPair(frame(43, bright), frame(44, bright)).slope / slope - 1)).toBeLessThan(0.04);
  });
});

describe('the noise of several pairs', () => {
  const flat = (seed: number, signal: number): Mosaic => frame(seed, () => signal);
  const pairs = [200, 20, 600, 1400].map(
    (signal, index) => [flat(2 * index + 50, signal), flat(2 * index + 51, signal)] as const,
  );

  it('is refused of flat fields of one brightness, from which no line follows', () => {
    const [[first, second]] = pairs as [[Mosaic, Mosaic]];
    expect(() => noiseFromPair(first, second)).toThrow(
      /light that differs by a factor of 2 but received (19|20)\d to (19|20)\d DN above black/,
    );
    expect(() => noiseFromPairs([])).toThrow('Expected at least three patches of different brightness but received 0');
  });

  it('is the line through flat fields of several exposures', () => {
    const found = noiseFromPairs(pairs);
    expect(Math.abs(found.slope / slope - 1)).toBeLessThan(0.03);
    expect(Math.abs(found.offset - offset - 1 / 12)).toBeLessThan(3);
  });
});

describe('the noise of patches', () => {
  const patches = Array.from({ length: 6 }, (_, index): NoisyPatch => {
    const mean = [index * 100 + 20, index * 170 + 35, index * 60 + 10] as const;
    const deviations = mean.map((signal) => Math.sqrt(slope * signal + offset)) as [number, number, number];
    return { mean, standardDeviation: deviations, samples: [400, 800, 400] };
  });

  it('is the line through all good ones', () => {
    const bad: NoisyPatch = {
      mean: [600, 600, 600],
      standardDeviation: [1, 1, 1],
      samples: [400, 800, 400],
      problem: 'patch 7 is clipped',
    };
    const found = noiseFromPatches([...patches, bad, bad, bad]);
    expect(found).toEqual({ slope: expect.closeTo(slope, 9), offset: expect.closeTo(offset, 7), outliers: [] });
  });

  it('is refused without any', () => {
    expect(() => noiseFromPatches(patches.map((patch) => ({ ...patch, problem: 'dark' })))).toThrow('received 0');
  });
});
