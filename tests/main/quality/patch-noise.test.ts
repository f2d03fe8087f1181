import { describe, expect, it } from 'vitest';
import { flatPatchStatistics } from '../../../main/quality/patch-noise.ts';
import type { Plane } from '../../../main/quality/rgb-image.ts';
import { normalNumbers } from '../../support/random.ts';

const area = { x: 10, y: 20, width: 60, height: 40 };

function patch(noise: number, gradient: number): Plane {
  const normal = normalNumbers(11);
  const values = Float64Array.from({ length: 100 * 80 }, (_, index) => {
    const [x, y] = [index % 100, Math.floor(index / 100)];
    return 400 + gradient * (x - 40) - 2 * gradient * (y - 40) + noise * normal();
  });
  return { width: 100, height: 80, values };
}

describe('the noise of a flat patch', () => {
  it.each([
    [{ ...area, x: 50 }, '60x40 at (50, 20)'],
    [{ ...area, y: -1 }, '60x40 at (10, -1)'],
    [{ ...area, width: 60.5 }, '60.5x40 at (10, 20)'],
  ])('refuses the area %j', (wrong, received) => {
    expect(() => flatPatchStatistics(patch(1, 0), wrong)).toThrow(
      `Expected an area of whole pixels inside 100x80 but received ${received}`,
    );
  });

  it('needs something to measure', () => {
    expect(() => flatPatchStatistics(patch(1, 0), { x: 0, y: 0, width: 5, height: 3 })).toThrow('Expected at least 16 samples');
  });

  it.each([0, 0.3])('is found under a gradient of %f a pixel', (gradient) => {
    const { mean, standardDeviation, samples } = flatPatchStatistics(patch(5, gradient), area);
    // Of 2400 pixels a standard deviation is known to 1.4 %, a mean to 0.1.
    expect(Math.abs(standardDeviation / 5 - 1)).toBeLessThan(0.03);
    expect(Math.abs(mean - (400 + gradient * -0.5 - 2 * gradient * -0.5))).toBeLessThan(0.3);
    expect(samples).toBeGreaterThan(2390);
  });

  it('does not count hot pixels', () => {
    const hot = patch(5, 0);
    for (let index = 0; index < 20; index++) hot.values[(21 + index) * 100 + 11 + index] = 4095;
    const { mean, standardDeviation, outlierShare } = flatPatchStatistics(hot, area);
    const clean = flatPatchStatistics(patch(5, 0), area);
    expect(standardDeviation).toBeCloseTo(clean.standardDeviation, 1);
    expect(mean).toBeCloseTo(clean.mean, 1);
    expect(outlierShare).toBeCloseTo(20 / 2400 + clean.outlierShare, 3);
  });

  it('of equal values is none', () => {
    expect(flatPatchStatistics(patch(0, 0), area)).toEqual({ mean: 400, standardDeviation: 0, samples: 2400, outlierShare: 0 });
  });
});
