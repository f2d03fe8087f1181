import { InputError } from '../base/errors.ts';
import type { Triple } from '../base/matrix3.ts';

/**
 * Recovery angular error in degrees between the estimated and the true colour of a light, camera RGB of any brightness (G.
 * Finlayson, S. Hordley, P. Hubel, "Colour by correlation", 2001). Throws InputError for a light that is not brighter than black.
 */
export function recoveryAngularError(estimate: Triple, truth: Triple): number {
  requireLight(estimate, 'the estimate');
  requireLight(truth, 'the truth');
  return degreesBetween(estimate, truth);
}

/**
 * Reproduction angular error in degrees: how far from grey a white surface ends up once the estimate is divided out (G.
 * Finlayson, R. Zakizadeh, A. Gijsenij, "The reproduction angular error for evaluating the performance of illuminant estimation
 * algorithms", 2017). Throws InputError for a light that is not brighter than black.
 */
export function reproductionAngularError(estimate: Triple, truth: Triple): number {
  requireLight(estimate, 'the estimate');
  requireLight(truth, 'the truth');
  const white: Triple = [truth[0] / estimate[0], truth[1] / estimate[1], truth[2] / estimate[2]];
  return degreesBetween(white, [1, 1, 1]);
}

/** By half-angle tangent: the arc cosine has no digits left for small angles. */
function degreesBetween(one: Triple, other: Triple): number {
  const [lengthOne, lengthOther] = [Math.hypot(...one), Math.hypot(...other)];
  const [a, b] = [one.map((value) => value / lengthOne), other.map((value) => value / lengthOther)];
  const apart = Math.hypot(...a.map((value, index) => value - (b[index] as number)));
  const together = Math.hypot(...a.map((value, index) => value + (b[index] as number)));
  return (2 * Math.atan2(apart, together) * 180) / Math.PI;
}

function requireLight(light: Triple, name: string): void {
  if (light.every((value) => value > 0 && value < Infinity)) return;
  throw new InputError('quality.light', `Expected three positive numbers for ${name} but received ${light.join(', ')}`);
}
