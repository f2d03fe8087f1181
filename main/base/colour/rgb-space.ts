import { inverse3, type Matrix3, multiply3, type Triple } from '../matrix3.ts';
import { type Chromaticity, whiteD65, xyzFromChromaticity } from './chromaticity.ts';

/** What defines a linear RGB space, and the luma weights that its standard fixes for Y'CbCr. */
export interface RgbSpace {
  readonly name: string;
  readonly red: Chromaticity;
  readonly green: Chromaticity;
  readonly blue: Chromaticity;
  readonly white: Chromaticity;
  /** Weights of R', G' and B' in luma Y', as printed in the standard; they sum to 1. */
  readonly luma: Triple;
}

const rec601Luma: Triple = [0.299, 0.587, 0.114];
const rec709Luma: Triple = [0.2126, 0.7152, 0.0722];

/** The primaries that sRGB and BT.709 share. */
const rec709Primaries = { red: { x: 0.64, y: 0.33 }, green: { x: 0.3, y: 0.6 }, blue: { x: 0.15, y: 0.06 } } as const;

/** IEC 61966-2-1. Its Y'CbCr (amendment 1, sYCC) has the luma of BT.601, as JPEG has. */
export const srgbSpace: RgbSpace = { name: 'sRGB', ...rec709Primaries, white: whiteD65, luma: rec601Luma };

/** ITU-R BT.709-6. */
export const rec709Space: RgbSpace = { name: 'BT.709', ...rec709Primaries, white: whiteD65, luma: rec709Luma };

/** ITU-R BT.601-7, 625 lines (EBU primaries). */
export const rec601Lines625Space: RgbSpace = {
  name: 'BT.601 (625)',
  red: { x: 0.64, y: 0.33 },
  green: { x: 0.29, y: 0.6 },
  blue: { x: 0.15, y: 0.06 },
  white: whiteD65,
  luma: rec601Luma,
};

/** ITU-R BT.601-7, 525 lines (SMPTE C primaries). */
export const rec601Lines525Space: RgbSpace = {
  name: 'BT.601 (525)',
  red: { x: 0.63, y: 0.34 },
  green: { x: 0.31, y: 0.595 },
  blue: { x: 0.155, y: 0.07 },
  white: whiteD65,
  luma: rec601Luma,
};

/** ITU-R BT.2020-2, non-constant luminance. */
export const rec2020Space: RgbSpace = {
  name: 'BT.2020',
  red: { x: 0.708, y: 0.292 },
  green: { x: 0.17, y: 0.797 },
  blue: { x: 0.131, y: 0.046 },
  white: whiteD65,
  luma: [0.2627, 0.678, 0.0593],
};

/**
 * Linear RGB to CIE XYZ with white at Y = 1, derived from primaries and white point in double precision (SMPTE RP 177). Throws
 * RangeError for primaries on one line, which span no space.
 */
export function xyzFromRgb({ red, green, blue, white }: Pick<RgbSpace, 'red' | 'green' | 'blue' | 'white'>): Matrix3 {
  const [r, g, b] = [red, green, blue].map((primary) => xyzFromChromaticity(primary)) as [Triple, Triple, Triple];
  const primaries: Matrix3 = [r[0], g[0], b[0], r[1], g[1], b[1], r[2], g[2], b[2]];
  const [x, y, z] = xyzFromChromaticity(white);
  const inverse = invert(primaries);
  const scale = [0, 3, 6].map(
    (at) => (inverse[at] as number) * x + (inverse[at + 1] as number) * y + (inverse[at + 2] as number) * z,
  ) as [number, number, number];
  return multiply3(primaries, [scale[0], 0, 0, 0, scale[1], 0, 0, 0, scale[2]]);
}

/** CIE XYZ to linear RGB: the inverse of {@link xyzFromRgb}. */
export function rgbFromXyz(space: Pick<RgbSpace, 'red' | 'green' | 'blue' | 'white'>): Matrix3 {
  return invert(xyzFromRgb(space));
}

/** Linear sRGB (D65) to CIE XYZ. IEC 61966-2-1 prints the same rounded to four digits. */
export const xyzFromSrgb: Matrix3 = xyzFromRgb(srgbSpace);

/** CIE XYZ (D65) to linear sRGB. */
export const srgbFromXyz: Matrix3 = rgbFromXyz(srgbSpace);

/**
 * R'G'B' in [0, 1] to Y' in [0, 1] and Cb, Cr in [-0.5, 0.5], from luma weights; full range, without the offsets and scales of
 * an integer coding (ITU-R BT.601-7 §2.5, BT.709-6 §3, BT.2020-2 table 4).
 */
export function yCbCrFromRgb([red, green, blue]: Triple): Matrix3 {
  const [toBlue, toRed] = [2 * (1 - blue), 2 * (1 - red)];
  return [
    red,
    green,
    blue,
    -red / toBlue,
    -green / toBlue,
    (1 - blue) / toBlue,
    (1 - red) / toRed,
    -green / toRed,
    -blue / toRed,
  ];
}

/** Y'CbCr of {@link yCbCrFromRgb} back to R'G'B'. */
export function rgbFromYCbCr(luma: Triple): Matrix3 {
  const [red, green, blue] = luma;
  const [fromBlue, fromRed] = [2 * (1 - blue), 2 * (1 - red)];
  return [1, 0, fromRed, 1, (-blue * fromBlue) / green, (-red * fromRed) / green, 1, fromBlue, 0];
}

function invert(matrix: Matrix3): Matrix3 {
  const inverse = inverse3(matrix);
  if (inverse !== undefined) return inverse;
  throw new RangeError('Expected three primaries that span a space but received some on one line');
}
