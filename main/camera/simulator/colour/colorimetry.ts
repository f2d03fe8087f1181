import { xyzFromSrgb } from '../../../base/colour/rgb-space.ts';
import { apply3, type Triple } from '../../../base/matrix3.ts';
import { inner, lobes, type Spectrum } from './spectrum.ts';

/**
 * The colour matching functions of the CIE 1931 observer as sums of lobes (C. Wyman, P.-P. Sloan, P. Shirley, "Simple analytic
 * approximations to the CIE XYZ color matching functions", JCGT 2(2), 2013, the multi-lobe fit).
 */
export const colourMatching: readonly [x: Spectrum, y: Spectrum, z: Spectrum] = [
  lobes(
    { weight: 1.056, peakNm: 599.8, belowNm: 37.9, aboveNm: 31.0 },
    { weight: 0.362, peakNm: 442.0, belowNm: 16.0, aboveNm: 26.7 },
    { weight: -0.065, peakNm: 501.1, belowNm: 20.4, aboveNm: 26.2 },
  ),
  lobes(
    { weight: 0.821, peakNm: 568.8, belowNm: 46.9, aboveNm: 40.5 },
    { weight: 0.286, peakNm: 530.9, belowNm: 16.3, aboveNm: 31.1 },
  ),
  lobes(
    { weight: 1.217, peakNm: 437.0, belowNm: 11.8, aboveNm: 36.0 },
    { weight: 0.681, peakNm: 459.0, belowNm: 26.0, aboveNm: 13.8 },
  ),
];

/** Tristimulus values of a stimulus, in its own unit per step of 10 nm. */
export function xyzOf(stimulus: Spectrum): Triple {
  const [x, y, z] = colourMatching;
  return [inner(x, stimulus), inner(y, stimulus), inner(z, stimulus)];
}

/** The white of sRGB, Y = 1: what linear sRGB (1, 1, 1) is. */
export const srgbWhiteXyz: Triple = apply3(xyzFromSrgb, [1, 1, 1]);
