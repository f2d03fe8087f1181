import { describe, expect, it } from 'vitest';
import type { CfaOrder } from '../../../../main/frame/pixel-format.ts';
import { greenEqualisation } from '../../../../main/isp/operators/green-equalisation.ts';
import { pack, unpack } from '../../../../main/isp/operators/pack.ts';
import { type Light, largestDifference, lightOf, mapLight, mirrored, runOperators } from '../../../support/raw-light.ts';
import type { ReferenceMosaic } from '../../../support/reference-fast-isp.ts';
import { syntheticMosaic } from '../../../support/synthetic-mosaic.ts';

const chain = [pack, greenEqualisation, unpack];
const values = { green_strength: 1, green_limit: 0.1 };

/** Both greens around each cell's top-left sample: those of its own row or column up to two cells away, the others up to 1.5. */
function equalised(
  light: Light,
  cfa: CfaOrder,
  noise: { slope: number; offset: number },
  strength: number,
  limit: number,
): Float64Array {
  const at = mirrored(light);
  const greens = [0, 1, 2, 3].filter((phase) => cfa[phase] === 'G') as [number, number];
  const taps = (isOdd: number): number[] => (isOdd ? [-3, -1, 1, 3] : [-4, -2, 0, 2, 4]);
  const mean = (row: number, column: number, phase: number): number => {
    const [down, across] = [taps(phase >> 1), taps(phase & 1)];
    return (
      down.reduce((sum, r) => sum + across.reduce((part, c) => part + at(row + r, column + c), 0), 0) /
      down.length /
      across.length
    );
  };
  return mapLight(light, (row, column) => {
    const phase = (row % 2) * 2 + (column % 2);
    if (!greens.includes(phase)) return at(row, column);
    const [top, left] = [row - (row % 2), column - (column % 2)];
    const [first, second] = greens.map((green) => mean(top, left, green)) as [number, number];
    const both = Math.max(0, first + second);
    const share = (first - second) / (both + 3 * Math.sqrt(noise.offset));
    const explained = (limit * both) / 2 + Math.sqrt((noise.slope * both) / 2 + noise.offset);
    const kept = Math.min(1, Math.max(0, 2 - Math.abs(first - second) / explained));
    return at(row, column) * (1 + (phase === greens[0] ? -1 : 1) * strength * share * kept);
  });
}

/** A slope of light, with one green more sensitive than the other. */
function sloped(cfa: CfaOrder, excess: number): ReferenceMosaic {
  const [width, height] = [48, 40];
  const first = cfa.indexOf('G');
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    const light = 8000 + 300 * column + 200 * row;
    return 1000 + light * ((row % 2) * 2 + (column % 2) === first ? 1 + excess : 1);
  });
  return { width, height, samples, sensor: { cfa, bits: 16, blackLevels: [1000, 1000, 1000, 1000], whiteLevel: 65535 } };
}

describe('green equalisation', () => {
  for (const cfa of ['RGGB', 'GRBG', 'GBRG', 'BGGR'] as const) {
    it(`is the double-precision reference on ${cfa}`, async () => {
      const plain = syntheticMosaic(cfa, 40, 28);
      const mosaic = { ...plain, sensor: { ...plain.sensor, noise: { slope: 0.2, offset: 9 } } };
      for (const [strength, limit] of [
        [1, 0.2],
        [0.5, 0.02],
      ] as const) {
        const light = await runOperators(mosaic, chain, { green_strength: strength, green_limit: limit });
        expect(
          largestDifference(light, equalised(lightOf(mosaic), cfa, { slope: 0.2 / 934, offset: 9 / 934 ** 2 }, strength, limit)),
        ).toBeLessThan(2e-6);
      }
    });

    it(`makes greens of a slope equal on ${cfa}, and finds none to make equal where they are`, async () => {
      const inner = (light: ArrayLike<number>): number[] =>
        Array.from(light).filter((_, index) => index % 48 > 6 && index % 48 < 42 && index > 7 * 48 && index < 33 * 48);
      const even = sloped(cfa, 0);
      const unchanged = await runOperators(even, chain, values);
      // The samples are whole numbers, of 10000 and more.
      expect(largestDifference(inner(unchanged), inner(lightOf(even).samples))).toBeLessThan(1e-6);
      const uneven = sloped(cfa, 0.04);
      const equal = await runOperators(uneven, chain, values);
      const even64 = lightOf(even).samples;
      for (let index = 10 * 48; index < 30 * 48; index++) {
        const [row, column] = [Math.floor(index / 48), index % 48];
        if (column < 8 || column > 40 || cfa[(row % 2) * 2 + (column % 2)] !== 'G') continue;
        // Both meet in the middle of 1 and 1.04, to second order of the difference.
        expect((equal[index] as number) / (even64[index] as number)).toBeCloseTo(1.02, 3);
      }
    });
  }

  it('leaves texture of a cell alone', async () => {
    const mosaic = sloped('RGGB', 0.5);
    const light = await runOperators(mosaic, chain, { green_strength: 1, green_limit: 0.04 });
    expect(largestDifference(light, lightOf(mosaic).samples)).toBeLessThan(1e-6);
  });
});
