import { describe, expect, it } from 'vitest';
import type { ShadingGrid } from '../../../../main/frame/frame-meta.ts';
import { lensShading } from '../../../../main/isp/operators/lens-shading.ts';
import { pack, unpack } from '../../../../main/isp/operators/pack.ts';
import { largestDifference, lightOf, mapLight, mirrored, runOperators } from '../../../support/raw-light.ts';
import { seededRandom, syntheticMosaic } from '../../../support/synthetic-mosaic.ts';

const random = seededRandom(7);
const shading: ShadingGrid = { rows: 4, columns: 6, gains: Float32Array.from({ length: 96 }, () => 1 + random() * 1.5) };
const plain = syntheticMosaic('GRBG', 40, 26);
const mosaic = { ...plain, sensor: { ...plain.sensor, shading } };

/** Bilinear interpolation as one would do it by hand: find the four grid points around, and mix them. */
function gainAt(row: number, column: number, strength: number): number {
  const [y, x] = [(row / 25) * 3, (column / 39) * 5];
  const [top, left] = [Math.min(2, Math.floor(y)), Math.min(4, Math.floor(x))];
  const phase = (row % 2) * 2 + (column % 2);
  const point = (r: number, c: number): number => shading.gains[(phase * 4 + r) * 6 + c] as number;
  const [down, across] = [y - top, x - left];
  const upper = point(top, left) * (1 - across) + point(top, left + 1) * across;
  const lower = point(top + 1, left) * (1 - across) + point(top + 1, left + 1) * across;
  return 1 + strength * (upper * (1 - down) + lower * down - 1);
}

describe('lens shading', () => {
  it('is refused for a grid of one row, and for a sensor whose grid has changed its shape', async () => {
    expect(() => lensShading({ rows: 1, columns: 6 })).toThrow('Expected a shading grid of at least 2x2 but received 1x6');
    const loaded = lensShading({ rows: 5, columns: 6 });
    const message = 'Expected a shading grid of 5x6 points for the sensor but received 4x6 points and 96 gains';
    await expect(runOperators(mosaic, [loaded], { shading_strength: 1 })).rejects.toThrow(message);
  });

  for (const strength of [1, 0.4, 0]) {
    // Gains up to 2.5 in single precision: 3e-7 each, twice.
    it(`multiplies by the interpolated grid, strength ${strength}, on mosaic and planes`, async () => {
      const light = lightOf(mosaic);
      const at = mirrored(light);
      const expected = mapLight(light, (row, column) => at(row, column) * gainAt(row, column, strength));
      const values = { shading_strength: strength };
      const onMosaic = await runOperators(mosaic, [lensShading(shading)], values);
      expect(largestDifference(onMosaic, expected)).toBeLessThan(2e-6);
      const onPlanes = await runOperators(mosaic, [pack, lensShading(shading), unpack], values);
      expect(largestDifference(onPlanes, expected)).toBeLessThan(2e-6);
    });
  }
});
