import { apply3, inverse3, type Matrix3, multiply3 } from '../matrix3.ts';
import { type Chromaticity, xyzFromChromaticity } from './chromaticity.ts';

/** CIE XYZ to the sharpened cone responses of Bradford (ICC.1:2022, annex E). */
const bradfordConesFromXyz: Matrix3 = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296];

const xyzFromBradfordCones = inverse3(bradfordConesFromXyz) as Matrix3;

/**
 * The linear Bradford adaptation: XYZ of a surface under `from` to XYZ of its corresponding colour under `to` (ICC.1:2022,
 * annex E; the method of DNG and ICC profiles).
 */
export function bradfordAdaptation(from: Chromaticity, to: Chromaticity): Matrix3 {
  const source = apply3(bradfordConesFromXyz, xyzFromChromaticity(from));
  const target = apply3(bradfordConesFromXyz, xyzFromChromaticity(to));
  const scale: Matrix3 = [target[0] / source[0], 0, 0, 0, target[1] / source[1], 0, 0, 0, target[2] / source[2]];
  return multiply3(xyzFromBradfordCones, multiply3(scale, bradfordConesFromXyz));
}
