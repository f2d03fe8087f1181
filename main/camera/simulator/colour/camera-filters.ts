import { srgbFromXyz } from '../../../base/colour/rgb-space.ts';
import { inverse3, type Matrix3 } from '../../../base/matrix3.ts';
import { colourMatching, srgbWhiteXyz, xyzOf } from './colorimetry.ts';
import { daylight, type Illuminant, illuminantSpectrum } from './illuminants.ts';
import { inner, lobes, product, type Spectrum, sampled, scaled } from './spectrum.ts';

/**
 * The colour filters of the simulated sensor. `colorimetric` ones have an exact matrix to sRGB in the default light; `absorptive`
 * ones are like those of a phone's sensor, for which the best matrix leaves the usual errors.
 */
export type FilterSet = 'colorimetric' | 'absorptive';

/** The light in which the sensor's channels are balanced, and for which its description holds. */
export const defaultIlluminant: Illuminant = { kind: 'temperature', kelvin: 5500 };

/**
 * White-balanced linear camera RGB to linear sRGB of the colorimetric filters in the default light: the crosstalk of a usual
 * mobile colour filter array. Rows sum to 1, so that grey needs no matrix.
 */
export const simulatorSrgbFromCamera: Matrix3 = [1.62, -0.5, -0.12, -0.22, 1.48, -0.26, 0.03, -0.53, 1.5];

/** The inverse of {@link simulatorSrgbFromCamera}. */
export const cameraFromSrgb = inverse3(simulatorSrgbFromCamera) as Matrix3;

/** D65, to which sRGB belongs. */
export const d65 = scaled(daylight(6504), 1 / xyzOf(daylight(6504))[1]);

/**
 * What sees linear sRGB under D65: weights that give the three values of a surface when summed over its reflectance. They are
 * scaled by a few parts in ten thousand, so that a perfect white has exactly sRGB's.
 */
export const srgbObserver: readonly [Spectrum, Spectrum, Spectrum] = (() => {
  const white = xyzOf(d65);
  const observer = colourMatching.map((curve, index) =>
    scaled(product(curve, d65), (srgbWhiteXyz[index] as number) / (white[index] as number)),
  );
  return combined(srgbFromXyz, observer as unknown as readonly [Spectrum, Spectrum, Spectrum]);
})();

/**
 * Filters that see in the default light what the observer of sRGB sees in D65, mixed by the crosstalk. Such a camera can be
 * computed but not built: its red has a negative lobe at 510 nm, a fifth of the peak. In return the truth is known exactly.
 */
const colorimetric = (() => {
  const light = illuminantSpectrum(defaultIlluminant);
  const mixed = combined(cameraFromSrgb, srgbObserver);
  return mixed.map((curve) => sampled((nm) => (curve[(nm - 380) / 10] as number) / (light[(nm - 380) / 10] as number)));
})();

/** Dyes with the peaks, widths and leaks that published measurements of phone sensors have in common, lens and infrared filter included. */
const absorptive: readonly Spectrum[] = [
  lobes(
    { weight: 1, peakNm: 601, belowNm: 26, aboveNm: 31 },
    { weight: 0.08, peakNm: 440, belowNm: 16, aboveNm: 18 },
    { weight: 0.06, peakNm: 530, belowNm: 25, aboveNm: 25 },
  ),
  lobes({ weight: 1, peakNm: 538, belowNm: 29, aboveNm: 37 }, { weight: 0.12, peakNm: 462, belowNm: 22, aboveNm: 22 }),
  lobes({ weight: 1, peakNm: 456, belowNm: 20, aboveNm: 26 }, { weight: 0.09, peakNm: 535, belowNm: 25, aboveNm: 30 }),
];

/** Sensitivities of red, green and blue per 10 nm, scaled so that each sees 1 of a perfect white in the default light. */
export function filterSensitivities(filters: FilterSet): readonly [Spectrum, Spectrum, Spectrum] {
  const light = illuminantSpectrum(defaultIlluminant);
  const curves = filters === 'colorimetric' ? colorimetric : absorptive;
  return curves.map((curve) => scaled(curve, 1 / inner(curve, light))) as unknown as [Spectrum, Spectrum, Spectrum];
}

function combined(matrix: Matrix3, curves: readonly [Spectrum, Spectrum, Spectrum]): readonly [Spectrum, Spectrum, Spectrum] {
  const row = (at: number): Spectrum =>
    curves[0].map(
      (_, index) =>
        (matrix[at] as number) * (curves[0][index] as number) +
        (matrix[at + 1] as number) * (curves[1][index] as number) +
        (matrix[at + 2] as number) * (curves[2][index] as number),
    );
  return [row(0), row(3), row(6)];
}
