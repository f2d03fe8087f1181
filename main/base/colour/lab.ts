import { apply3, type Triple } from '../matrix3.ts';
import { type Chromaticity, whiteD65, xyzFromChromaticity } from './chromaticity.ts';
import { xyzFromSrgb } from './rgb-space.ts';
import { srgbTransfer } from './transfer.ts';

/** A colour in CIE 1976 L*a*b*: lightness 0 to 100 for surfaces, a and b about -128 to 128. */
export type Lab = readonly [lightness: number, a: number, b: number];

/** CIE 15: below `epsilon` the cube root gives way to a line of `kappa` / 116. */
const [epsilon, kappa] = [216 / 24389, 24389 / 27];

/** CIE L*a*b* of XYZ, white at Y = 1, relative to the white point `white`. */
export function labFromXyz(xyz: Triple, white: Chromaticity): Lab {
  const [xn, yn, zn] = xyzFromChromaticity(white);
  const [fx, fy, fz] = [compressed(xyz[0] / xn), compressed(xyz[1] / yn), compressed(xyz[2] / zn)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

/** XYZ, white at Y = 1, of CIE L*a*b* relative to the white point `white`. */
export function xyzFromLab([lightness, a, b]: Lab, white: Chromaticity): Triple {
  const [xn, yn, zn] = xyzFromChromaticity(white);
  const fy = (lightness + 16) / 116;
  return [xn * expanded(fy + a / 500), yn * expanded(fy), zn * expanded(fy - b / 200)];
}

/** CIE L*a*b* (D65) of a linear sRGB colour, white at 1. */
export function labFromLinearSrgb(rgb: Triple): Lab {
  return labFromXyz(apply3(xyzFromSrgb, rgb), whiteD65);
}

/** CIE L*a*b* (D65) of an sRGB colour given as code values, 0 to 255. */
export function labFromSrgb8([red, green, blue]: Triple): Lab {
  const { linearFromEncoded } = srgbTransfer;
  return labFromLinearSrgb([linearFromEncoded(red / 255), linearFromEncoded(green / 255), linearFromEncoded(blue / 255)]);
}

function compressed(ratio: number): number {
  return ratio > epsilon ? Math.cbrt(ratio) : (kappa * ratio + 16) / 116;
}

function expanded(root: number): number {
  const cube = root ** 3;
  return cube > epsilon ? cube : (116 * root - 16) / kappa;
}
