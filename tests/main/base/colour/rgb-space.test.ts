import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bradfordAdaptation } from '../../../../main/base/colour/adaptation.ts';
import { whiteA, whiteD50, whiteD65, xyzFromChromaticity } from '../../../../main/base/colour/chromaticity.ts';
import {
  rec601Lines525Space,
  rec601Lines625Space,
  rec709Space,
  rec2020Space,
  rgbFromXyz,
  rgbFromYCbCr,
  srgbFromXyz,
  srgbSpace,
  xyzFromRgb,
  xyzFromSrgb,
  yCbCrFromRgb,
} from '../../../../main/base/colour/rgb-space.ts';
import { apply3, identity3, type Matrix3, multiply3 } from '../../../../main/base/matrix3.ts';

/** The largest difference between two matrices, cell by cell. */
function farthest(one: readonly number[], other: readonly number[]): number {
  expect(one).toHaveLength(other.length);
  return Math.max(...one.map((value, index) => Math.abs(value - (other[index] as number))));
}

/** Half a unit of the fourth decimal, to which the standards print; of derived values the standard may have rounded twice. */
const fourDigits = 0.6e-4;

describe('an RGB space', () => {
  it('refuses primaries on one line', () => {
    const flat = { ...srgbSpace, green: { x: 0.4, y: (0.33 + 0.06) / 2 - 1e-9 }, blue: { x: 0.64, y: 0.33 } };
    expect(() => xyzFromRgb(flat)).toThrow('Expected three primaries that span a space');
  });

  const publishedMatrices = [
    // IEC 61966-2-1; SMPTE RP 177 derives the same for BT.709.
    [srgbSpace, [0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505]],
    [rec709Space, [0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505]],
    // ITU-R BT.2407, annex 1.
    [rec2020Space, [0.637, 0.1446, 0.1689, 0.2627, 0.678, 0.0593, 0, 0.0281, 1.061]],
    // SMPTE RP 145 and EBU Tech 3213, as C. Poynton, "Digital Video and HD", prints them for a D65 of six digits.
    [rec601Lines525Space, [0.393555, 0.365253, 0.191659, 0.212395, 0.701049, 0.086556, 0.018741, 0.111932, 0.958297]],
    [rec601Lines625Space, [0.430587, 0.341545, 0.178336, 0.222021, 0.706645, 0.071334, 0.020183, 0.129551, 0.939234]],
  ] as const;

  it.each(publishedMatrices.map(([space, published]) => ({ name: space.name, space, published })))(
    '$name has the published matrix to XYZ',
    ({ space, published }) => {
      expect(farthest(xyzFromRgb(space), published)).toBeLessThan(/601/.test(space.name) ? 1e-4 : fourDigits);
      expect(farthest(apply3(xyzFromRgb(space), [1, 1, 1]), xyzFromChromaticity(space.white))).toBeLessThan(1e-14);
      expect(farthest(multiply3(rgbFromXyz(space), xyzFromRgb(space)), identity3)).toBeLessThan(1e-14);
    },
  );

  it('has the printed inverse of sRGB, which the standard made from the rounded matrix', () => {
    const printed = [3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.204, 1.057];
    expect(farthest(srgbFromXyz, printed)).toBeLessThan(4e-4);
  });

  it('goes between BT.709 and BT.2020 as ITU-R BT.2087 and BT.2407 do', () => {
    const to2020 = multiply3(rgbFromXyz(rec2020Space), xyzFromRgb(rec709Space));
    const to709 = multiply3(rgbFromXyz(rec709Space), xyzFromRgb(rec2020Space));
    expect(farthest(to2020, [0.6274, 0.3293, 0.0433, 0.0691, 0.9195, 0.0114, 0.0164, 0.088, 0.8956])).toBeLessThan(fourDigits);
    expect(farthest(to709, [1.6605, -0.5876, -0.0728, -0.1246, 1.1329, -0.0083, -0.0182, -0.1006, 1.1187])).toBeLessThan(
      fourDigits,
    );
  });

  it("has luma weights that are its primaries' luminances, where the standard derives them", () => {
    for (const space of [rec709Space, rec2020Space]) {
      expect(farthest(xyzFromRgb(space).slice(3, 6), space.luma)).toBeLessThan(fourDigits);
    }
  });
});

describe("Y'CbCr", () => {
  const publishedMatrices = [
    // JFIF prints the matrix of BT.601; ITU-T H.273 and Poynton those of the others.
    [
      rec601Lines625Space,
      [0.299, 0.587, 0.114, -0.1687, -0.3313, 0.5, 0.5, -0.4187, -0.0813],
      [1, 0, 1.402, 1, -0.3441, -0.7141, 1, 1.772, 0],
    ],
    [
      rec709Space,
      [0.2126, 0.7152, 0.0722, -0.1146, -0.3854, 0.5, 0.5, -0.4542, -0.0458],
      [1, 0, 1.5748, 1, -0.1873, -0.4681, 1, 1.8556, 0],
    ],
    [
      rec2020Space,
      [0.2627, 0.678, 0.0593, -0.1396, -0.3604, 0.5, 0.5, -0.4598, -0.0402],
      [1, 0, 1.4746, 1, -0.1646, -0.5714, 1, 1.8814, 0],
    ],
  ] as const;

  it.each(publishedMatrices.map(([space, forward, backward]) => ({ name: space.name, space, forward, backward })))(
    'of $name is the published matrix',
    ({ space, forward, backward }) => {
      expect(farthest(yCbCrFromRgb(space.luma), forward)).toBeLessThan(fourDigits);
      expect(farthest(rgbFromYCbCr(space.luma), backward)).toBeLessThan(fourDigits);
    },
  );

  it("comes back to the same R'G'B' from any colour", () => {
    const channel = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(channel, channel, channel), (rgb) => {
        const back = apply3(rgbFromYCbCr(rec709Space.luma), apply3(yCbCrFromRgb(rec709Space.luma), rgb));
        expect(farthest(back, rgb)).toBeLessThan(1e-13);
      }),
    );
  });
});

describe('the Bradford adaptation', () => {
  it('gives the D50 columns of the sRGB profile of the ICC', () => {
    const profile = [0.4361, 0.3851, 0.1431, 0.2225, 0.7169, 0.0606, 0.0139, 0.0971, 0.7141];
    expect(farthest(multiply3(bradfordAdaptation(whiteD65, whiteD50), xyzFromSrgb), profile)).toBeLessThan(1.5e-4);
  });

  it('is the published matrix from A to D65, but for the digits of the white points', () => {
    // B. Lindbloom, "Chromatic Adaptation", with the white points of ASTM E308.
    const published: Matrix3 = [
      0.8446965, -0.1179225, 0.3948108, -0.1366303, 1.1041226, 0.129718, 0.0798489, -0.1348999, 3.1924009,
    ];
    expect(farthest(bradfordAdaptation(whiteA, whiteD65), published)).toBeLessThan(2e-3);
  });

  it('takes one white to the other, and is undone by the way back', () => {
    const there = bradfordAdaptation(whiteA, whiteD50);
    expect(farthest(apply3(there, xyzFromChromaticity(whiteA)), xyzFromChromaticity(whiteD50))).toBeLessThan(1e-12);
    expect(farthest(multiply3(bradfordAdaptation(whiteD50, whiteA), there), identity3)).toBeLessThan(1e-12);
  });
});
