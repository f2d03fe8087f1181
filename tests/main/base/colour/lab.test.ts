import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chromaticityFromXyz,
  whiteA,
  whiteD50,
  whiteD65,
  xyzFromChromaticity,
} from '../../../../main/base/colour/chromaticity.ts';
import { deltaE00, deltaE76 } from '../../../../main/base/colour/colour-difference.ts';
import { type Lab, labFromLinearSrgb, labFromSrgb8, labFromXyz, xyzFromLab } from '../../../../main/base/colour/lab.ts';

/** All 34 pairs of the test data that G. Sharma, W. Wu and E. Dalal published with "The CIEDE2000 color-difference formula". */
const published: readonly (readonly [Lab, Lab, number])[] = [
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, 3.1571, -77.2803], [50, 0, -82.7485], 2.8615],
  [[50, 2.8361, -74.02], [50, 0, -82.7485], 3.4412],
  [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0],
  [[50, -1.1848, -84.8006], [50, 0, -82.7485], 1.0],
  [[50, -0.9009, -85.5211], [50, 0, -82.7485], 1.0],
  [[50, 0, 0], [50, -1, 2], 2.3669],
  [[50, -1, 2], [50, 0, 0], 2.3669],
  [[50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792],
  [[50, 2.49, -0.001], [50, -2.49, 0.001], 7.1792],
  [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
  [[50, 2.49, -0.001], [50, -2.49, 0.0012], 7.2195],
  [[50, -0.001, 2.49], [50, 0.0009, -2.49], 4.8045],
  [[50, -0.001, 2.49], [50, 0.001, -2.49], 4.8045],
  [[50, -0.001, 2.49], [50, 0.0011, -2.49], 4.7461],
  [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
  [[50, 2.5, 0], [73, 25, -18], 27.1492],
  [[50, 2.5, 0], [61, -5, 29], 22.8977],
  [[50, 2.5, 0], [56, -27, -3], 31.903],
  [[50, 2.5, 0], [58, 24, 15], 19.4535],
  [[50, 2.5, 0], [50, 3.1736, 0.5854], 1.0],
  [[50, 2.5, 0], [50, 3.2972, 0], 1.0],
  [[50, 2.5, 0], [50, 1.8634, 0.5757], 1.0],
  [[50, 2.5, 0], [50, 3.2592, 0.335], 1.0],
  [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  [[63.0109, -31.0961, -5.8663], [62.8187, -29.7946, -4.0864], 1.263],
  [[61.2901, 3.7196, -5.3901], [61.4292, 2.248, -4.962], 1.8731],
  [[35.0831, -44.1164, 3.7933], [35.0232, -40.0716, 1.5901], 1.8645],
  [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373],
  [[36.4612, 47.858, 18.3852], [36.2715, 50.5065, 21.2231], 1.4146],
  [[90.8027, -2.0831, 1.441], [91.1528, -1.6435, 0.0447], 1.4441],
  [[90.9257, -0.5406, -0.9208], [88.6381, -0.8985, -0.7239], 1.5381],
  [[6.7747, -0.2908, -2.4247], [5.8714, -0.0985, -2.2286], 0.6377],
  [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
];

describe('CIEDE2000', () => {
  it.each(published)('of %j and %j is the published %f, either way round', (one, other, difference) => {
    expect(deltaE00(one, other)).toBeCloseTo(difference, 4);
    expect(deltaE00(other, one)).toBeCloseTo(difference, 4);
  });

  it('has the table whole', () => {
    expect(published).toHaveLength(34);
  });
});

describe('CIE 1976', () => {
  it('is the distance', () => {
    expect(deltaE76([50, 3, -10], [52, 6, -16])).toBe(7);
  });
});

describe('CIE L*a*b*', () => {
  it('of black and of every white is neutral', () => {
    for (const white of [whiteD50, whiteD65, whiteA]) {
      expect(labFromXyz([0, 0, 0], white)).toEqual([0, 0, 0]);
      expect(labFromXyz(xyzFromChromaticity(white), white).map((value) => Math.abs(value))).toEqual([
        100,
        expect.closeTo(0, 10),
        expect.closeTo(0, 10),
      ]);
    }
    expect(labFromLinearSrgb([0.2, 0.2, 0.2]).slice(1)).toEqual([expect.closeTo(0, 10), expect.closeTo(0, 10)]);
  });

  it.each([
    [
      [255, 0, 0],
      [53.24, 80.09, 67.2],
    ],
    [
      [0, 255, 0],
      [87.73, -86.18, 83.18],
    ],
    [
      [0, 0, 255],
      [32.3, 79.19, -107.86],
    ],
  ] as const)('of the sRGB primary %j is the usual %j', (rgb, lab) => {
    expect(Math.max(...labFromSrgb8(rgb).map((value, index) => Math.abs(value - (lab[index] as number))))).toBeLessThan(0.05);
  });

  it('comes back to the same XYZ, below the linear part too', () => {
    const part = fc.double({ min: 0, max: 1.2, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(part, part, part), (xyz) => {
        const back = xyzFromLab(labFromXyz(xyz, whiteD50), whiteD50);
        expect(Math.max(...back.map((value, index) => Math.abs(value - (xyz[index] as number))))).toBeLessThan(1e-12);
      }),
    );
    expect(xyzFromLab([8, 0, 0], whiteD65)[1]).toBeCloseTo(0.008856, 6);
  });
});

describe('chromaticities', () => {
  it('and XYZ agree', () => {
    expect(chromaticityFromXyz(xyzFromChromaticity(whiteA, 0.3))).toEqual({
      x: expect.closeTo(whiteA.x, 14),
      y: expect.closeTo(whiteA.y, 14),
    });
    expect(chromaticityFromXyz([0, 0, 0]).x).toBeNaN();
    // CIE 15 and ASTM E308.
    const near = (xyz: readonly number[]): unknown[] => xyz.map((value) => expect.closeTo(value, 3));
    expect(xyzFromChromaticity(whiteD50)).toEqual(near([0.9642, 1, 0.8251]));
    expect(xyzFromChromaticity(whiteA)).toEqual(near([1.0985, 1, 0.3558]));
  });
});
