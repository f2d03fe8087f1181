import { describe, expect, it } from 'vitest';
import { shadingGainAt, solveLensShading } from '../../../main/calibration/lens-shading.ts';
import type { Mosaic } from '../../../main/frame/mosaic.ts';
import { normalNumbers } from '../../support/random.ts';

const [width, height] = [480, 320];
const blackLevels = [64, 66, 63, 65] as const;
const levels = [500, 800, 820, 400] as const;

/** How a lens darkens: the fourth power of the cosine, a little stronger at some positions of the cell, about an off-centre axis. */
function falloff(phase: number, column: number, row: number): number {
  const [x, y] = [(column - 250) / 600, (row - 150) / 600];
  return 1 / (1 + (1 + 0.2 * phase) * (x * x + y * y)) ** 2;
}

function flatField(noise: number, change: (value: number, column: number, row: number) => number = (value) => value): Mosaic {
  const normal = normalNumbers(23);
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    const [column, row] = [index % width, Math.floor(index / width)];
    const phase = (row & 1) * 2 + (column & 1);
    const light = (levels[phase] as number) * falloff(phase, column, row);
    const noisy = light + noise * Math.sqrt(light) * normal();
    return Math.min(Math.max(Math.round(change(noisy, column, row) + (blackLevels[phase] as number)), 0), 1023);
  });
  return { samples, width, height, sensor: { cfa: 'RGGB', bits: 10, blackLevels, whiteLevel: 1023 } };
}

/** The largest share by which gained light differs from its mean, for one position of the cell. */
function unevenness(grid: ReturnType<typeof solveLensShading>, phase: number): number {
  const gained: number[] = [];
  for (let row = phase >> 1; row < height; row += 10) {
    for (let column = phase & 1; column < width; column += 10) {
      gained.push(falloff(phase, column, row) * shadingGainAt(grid, { width, height }, column, row));
    }
  }
  const mean = gained.reduce((sum, value) => sum + value, 0) / gained.length;
  return Math.max(...gained.map((value) => Math.abs(value / mean - 1)));
}

describe('lens shading', () => {
  it.each([
    [1, 5, '1x5'],
    [5.5, 5, '5.5x5'],
    [61, 5, '61x5'],
    [40, 30, '40x30'],
  ])('is refused for a grid of %f by %i', (columns, rows, received) => {
    expect(() => solveLensShading(flatField(0), { columns, rows })).toThrow(`and 1100 nodes but received ${received}`);
  });

  it('is refused for a field that is clipped, dark, or a smoothness that is none', () => {
    const grid = { columns: 9, rows: 7 };
    expect(() => solveLensShading(flatField(0), { ...grid, smoothness: 2 })).toThrow(
      'Expected 0 to 1 for smoothness but received 2',
    );
    expect(() =>
      solveLensShading(
        flatField(0, (value) => value * 2),
        grid,
      ),
    ).toThrow(/below clipping but \d+\.\d % of it is clipped/);
    expect(() =>
      solveLensShading(
        flatField(0, (value, column) => (column < 60 ? -5 : value)),
        grid,
      ),
    ).toThrow('above black 64');
  });

  it('is refused for a field that is not evenly lit', () => {
    const window = (value: number, column: number): number => (column < 160 ? value : value / 40);
    expect(() => solveLensShading(flatField(0, window), { columns: 9, rows: 7 })).toThrow(
      /an evenly lit field, which gains up to 16 even out, but received one that/,
    );
  });

  it.each([0, 1])('is taken out at every position of the cell under %i times the noise of light', (noise) => {
    const grid = solveLensShading(flatField(noise), { columns: 13, rows: 9 });
    for (const phase of [0, 1, 2, 3]) {
      const gains = grid.gains[phase] as Float64Array;
      expect(Math.min(...gains)).toBe(1);
      expect(gains).toHaveLength(13 * 9);
      // Of a field that falls to half: bilinear gains miss its curvature by 0.6 % in the corners, whole numbers of 200 DN by 0.25 %.
      expect(unevenness(grid, phase)).toBeLessThan(noise === 0 ? 0.01 : 0.015);
    }
  });

  it('has the gains of theory in the corners, where nothing lies beyond', () => {
    const grid = solveLensShading(flatField(0), { columns: 13, rows: 9 });
    const brightest = falloff(3, 250, 150);
    expect(Math.abs((grid.gains[3][0] as number) / (brightest / falloff(3, 1, 1)) - 1)).toBeLessThan(0.008);
    expect(Math.abs((grid.gains[3].at(-1) as number) / (brightest / falloff(3, 479, 319)) - 1)).toBeLessThan(0.008);
  });

  it('does not take dust and hot pixels for shading', () => {
    const dusty = flatField(0.5, (value, column, row) => {
      if (Math.hypot(column - 120, row - 200) < 7) return value * 0.8;
      return (column * 7 + row * 13) % 4999 === 0 ? 950 : value;
    });
    expect(unevenness(solveLensShading(dusty, { columns: 13, rows: 9 }), 0)).toBeLessThan(0.015);
  });
});
