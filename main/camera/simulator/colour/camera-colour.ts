import type { Matrix3, Triple } from '../../../base/matrix3.ts';
import type { FilterSet } from './camera-filters.ts';
import type { Illuminant } from './illuminants.ts';
import { cameraPalette, referencePalette } from './palette.ts';
import type { Spectrum } from './spectrum.ts';

/**
 * The gains that make grey neutral in that light, green 1, for a sensor whose gains in the default light are `defaultGains`.
 */
export function exactWhiteBalance(illuminant: Illuminant, filters: FilterSet, defaultGains: Triple): Triple {
  const { white } = cameraPalette(illuminant, filters);
  return [(defaultGains[0] * white[1]) / white[0], 1, (defaultGains[2] * white[1]) / white[2]];
}

/**
 * The matrix from white-balanced linear camera RGB to linear sRGB under D65 with the least sum of squared errors over surfaces in
 * that light, among those that leave grey alone (rows sum to 1). It is exact for colorimetric filters in the default light.
 */
export function bestSrgbFromCamera(illuminant: Illuminant, filters: FilterSet, surfaces: readonly Spectrum[]): Matrix3 {
  const palette = cameraPalette(illuminant, filters);
  const reference = referencePalette();
  const pairs = surfaces.map((reflectance) => {
    const seen = palette.surface(reflectance);
    const balanced: Triple = [seen[0] / palette.white[0], seen[1] / palette.white[1], seen[2] / palette.white[2]];
    return { balanced, wanted: reference.surface(reflectance) };
  });
  const row = (channel: 0 | 1 | 2): readonly [number, number, number] => {
    // With rows that sum to 1, blue's share is what the others leave: two unknowns.
    let [aa, ab, bb, at, bt] = [0, 0, 0, 0, 0];
    for (const { balanced, wanted } of pairs) {
      const [a, b, t] = [balanced[0] - balanced[2], balanced[1] - balanced[2], wanted[channel] - balanced[2]];
      aa += a * a;
      ab += a * b;
      bb += b * b;
      at += a * t;
      bt += b * t;
    }
    const determinant = aa * bb - ab * ab;
    const first = (at * bb - bt * ab) / determinant;
    const second = (bt * aa - at * ab) / determinant;
    return [first, second, 1 - first - second];
  };
  return [...row(0), ...row(1), ...row(2)];
}
