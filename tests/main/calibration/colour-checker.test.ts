import { describe, expect, it } from 'vitest';
import { chromaticityFromXyz, whiteD50 } from '../../../main/base/colour/chromaticity.ts';
import { deltaE00 } from '../../../main/base/colour/colour-difference.ts';
import { type Lab, xyzFromLab } from '../../../main/base/colour/lab.ts';
import { srgbTransfer } from '../../../main/base/colour/transfer.ts';
import {
  colourCheckerLab,
  colourCheckerPatches,
  greyPatchIndices,
  linearSrgbFromLabD50,
  neutralPatchIndices,
} from '../../../main/calibration/colour-checker.ts';

/** CIE x, y, Y (D50) of the chart as GretagMacbeth published them in 2005, independently of the L*a*b* table. */
const gretagMacbeth2005: readonly (readonly [x: number, y: number, luminance: number])[] = [
  [0.4316, 0.3777, 0.1008],
  [0.4197, 0.3744, 0.3495],
  [0.276, 0.3016, 0.1836],
  [0.3703, 0.4499, 0.1325],
  [0.2999, 0.2856, 0.2304],
  [0.2848, 0.3911, 0.4178],
  [0.5295, 0.4055, 0.3118],
  [0.2305, 0.2106, 0.1126],
  [0.5012, 0.3273, 0.1938],
  [0.3319, 0.2482, 0.0637],
  [0.3984, 0.5008, 0.4446],
  [0.4957, 0.4427, 0.4357],
  [0.2018, 0.1692, 0.0575],
  [0.3253, 0.5032, 0.2318],
  [0.5686, 0.3303, 0.1257],
  [0.4697, 0.4734, 0.5981],
  [0.4159, 0.2688, 0.2009],
  [0.2131, 0.3023, 0.193],
  [0.3469, 0.3608, 0.9131],
  [0.344, 0.3584, 0.5894],
  [0.3432, 0.3581, 0.3632],
  [0.3446, 0.3579, 0.1915],
  [0.3401, 0.3548, 0.0883],
  [0.3406, 0.3537, 0.0311],
];

/** D. Pascale, "RGB coordinates of the Macbeth ColorChecker", 2006, table 2: from L*a*b* by Bradford, 8 bit. */
const pascale2006 = [
  [116, 81, 67],
  [199, 147, 129],
  [91, 122, 156],
  [90, 108, 64],
  [130, 128, 176],
  [92, 190, 172],
  [224, 124, 47],
  [68, 91, 170],
  [198, 82, 97],
  [94, 58, 106],
  [159, 189, 63],
  [230, 162, 39],
  [35, 63, 147],
  [67, 149, 74],
  [180, 49, 57],
  [238, 198, 20],
  [193, 84, 151],
  [0, 136, 170],
  [245, 245, 243],
  [200, 202, 202],
  [161, 163, 163],
  [121, 121, 122],
  [82, 84, 86],
  [49, 49, 51],
];

describe('the ColorChecker of before November 2014', () => {
  it.each(colourCheckerPatches.map(({ name }, index) => ({ name, index })))(
    'has $name where it was published as x, y, Y',
    ({ index }) => {
      const [x, y, luminance] = gretagMacbeth2005[index] as (typeof gretagMacbeth2005)[number];
      const xyz = xyzFromLab(colourCheckerLab('before-november-2014')[index] as Lab, whiteD50);
      const found = chromaticityFromXyz(xyz);
      expect(Math.abs(found.x - x)).toBeLessThan(1.5e-4);
      expect(Math.abs(found.y - y)).toBeLessThan(1.5e-4);
      expect(Math.abs(xyz[1] - luminance)).toBeLessThan(1e-4);
    },
  );

  it('comes out as the 8-bit sRGB values that others derived from it', () => {
    const codes = colourCheckerLab('before-november-2014').map((lab) =>
      linearSrgbFromLabD50(lab).map((linear) => Math.round(255 * Math.max(srgbTransfer.encodedFromLinear(linear), 0))),
    );
    expect(codes).toEqual(pascale2006);
  });
});

describe('the ColorChecker from November 2014 on', () => {
  it('is a little different in every patch, and nowhere much', () => {
    const before = colourCheckerLab('before-november-2014');
    const differences = colourCheckerLab('from-november-2014').map((lab, index) => deltaE00(lab, before[index] as Lab));
    expect(Math.min(...differences)).toBeGreaterThan(0.05);
    expect(Math.max(...differences)).toBeLessThan(2.6);
  });

  it('has its greys in the last row, each darker than the one before', () => {
    const lightness = neutralPatchIndices.map((index) => colourCheckerLab('from-november-2014')[index]?.[0] as number);
    expect(lightness).toEqual(lightness.toSorted((one, other) => other - one));
    for (const index of greyPatchIndices) {
      const [, a, b] = colourCheckerLab('from-november-2014')[index] as Lab;
      expect(Math.hypot(a, b)).toBeLessThan(1);
    }
  });
});
