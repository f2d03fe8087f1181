import type { Triple } from '../matrix3.ts';

/** A chromaticity in the CIE 1931 x, y diagram (2 degree observer). */
export interface Chromaticity {
  readonly x: number;
  readonly y: number;
}

/** A chromaticity in the CIE 1960 uniform diagram, in which colour temperatures are defined. */
export interface UniformChromaticity {
  readonly u: number;
  readonly v: number;
}

/** CIE D65, noon daylight, as sRGB, BT.709 and BT.2020 state it: four digits. */
export const whiteD65: Chromaticity = { x: 0.3127, y: 0.329 };

/** CIE D50, the light under which reflection targets are specified (CIE 15, five digits). */
export const whiteD50: Chromaticity = { x: 0.34567, y: 0.3585 };

/** CIE standard illuminant A, a tungsten lamp of 2856 K (CIE 15, five digits). */
export const whiteA: Chromaticity = { x: 0.44757, y: 0.40745 };

/** CIE illuminant E, equal energy. */
export const whiteE: Chromaticity = { x: 1 / 3, y: 1 / 3 };

/** CIE XYZ of a chromaticity at luminance `luminance`, 1 for a white point. */
export function xyzFromChromaticity({ x, y }: Chromaticity, luminance = 1): Triple {
  return [(x / y) * luminance, luminance, ((1 - x - y) / y) * luminance];
}

/** The chromaticity of CIE XYZ; NaN for black, which has none. */
export function chromaticityFromXyz([x, y, z]: Triple): Chromaticity {
  const sum = x + y + z;
  return { x: x / sum, y: y / sum };
}

/** From CIE 1931 to CIE 1960. */
export function uniformFromChromaticity({ x, y }: Chromaticity): UniformChromaticity {
  const denominator = -2 * x + 12 * y + 3;
  return { u: (4 * x) / denominator, v: (6 * y) / denominator };
}

/** From CIE 1960 to CIE 1931. */
export function chromaticityFromUniform({ u, v }: UniformChromaticity): Chromaticity {
  const denominator = 2 * u - 8 * v + 4;
  return { x: (3 * u) / denominator, y: (2 * v) / denominator };
}
