import { InputError } from '../../../base/errors.ts';
import type { Spectrum } from './spectrum.ts';

/** One thing that is known of a surface: what a detector makes of it, as the sum over wavelengths of weight times reflectance. */
export interface Observation {
  readonly weights: Spectrum;
  readonly value: number;
}

const mostSteps = 60;
const closeEnough = 1e-9;

/**
 * The smoothest reflectance, everywhere between 0 and 1, that meets the observations: the least sum of squared slopes of its
 * inverse hyperbolic tangent, by Newton's method with Lagrange multipliers (S. A. Burns, "Numerical methods for smoothest
 * reflectance reconstruction", Color Res. Appl. 45, 2020, there LHTSS). Throws InputError where no surface meets them.
 */
export function smoothestReflectance(observations: readonly Observation[]): Spectrum {
  const count = (observations[0] as Observation).weights.length;
  const logits = new Float64Array(count);
  const multipliers = new Float64Array(observations.length);
  for (let step = 0; step < mostSteps; step++) {
    const { residual, jacobian } = linearised(observations, logits, multipliers);
    const correction = solved(jacobian, residual);
    const largest = correction.subarray(0, count).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (!Number.isFinite(largest)) break;
    // A long step leaves the region in which the linearisation holds.
    const share = Math.min(1, 1.5 / largest);
    for (let index = 0; index < count; index++) logits[index] = (logits[index] as number) - share * (correction[index] as number);
    for (let index = 0; index < multipliers.length; index++) {
      multipliers[index] = (multipliers[index] as number) - share * (correction[count + index] as number);
    }
    if (largest < closeEnough) return Array.from(logits, (logit) => (Math.tanh(logit) + 1) / 2);
  }
  const wanted = observations.map(({ value }) => value.toPrecision(3)).join(', ');
  throw new InputError('simulator.no-reflectance', `Expected a colour that a surface can have but received ${wanted}`);
}

/**
 * For each of the detectors, the smoothest spectrum (least sum of squared slopes) of which it makes 1 and the others nothing. Their
 * mixtures are smooth surfaces for whoever knows only what the detectors make of them; pure ones leave the range of 0 to 1.
 */
export function smoothestBasis(detectors: readonly [Spectrum, Spectrum, Spectrum]): readonly [Spectrum, Spectrum, Spectrum] {
  const count = detectors[0].length;
  const element = (chosen: number): Spectrum => {
    const { jacobian } = linearised(
      detectors.map((weights) => ({ weights, value: 0 })),
      new Float64Array(count),
      new Float64Array(detectors.length),
    );
    // At the origin the slope of the tangent is one half; without it the same equations are those of the spectrum itself.
    detectors.forEach((weights, at) => {
      for (let index = 0; index < count; index++) {
        (jacobian[index] as Float64Array)[count + at] = weights[index] as number;
        (jacobian[count + at] as Float64Array)[index] = weights[index] as number;
      }
    });
    const right = new Float64Array(count + detectors.length);
    right[count + chosen] = 1;
    return Array.from(solved(jacobian, right).subarray(0, count));
  };
  return [element(0), element(1), element(2)];
}

/** The conditions of the minimum and their derivatives at a point. */
function linearised(
  observations: readonly Observation[],
  logits: Float64Array,
  multipliers: Float64Array,
): { readonly residual: Float64Array; readonly jacobian: Float64Array[] } {
  const count = logits.length;
  const size = count + multipliers.length;
  const residual = new Float64Array(size);
  const jacobian = Array.from({ length: size }, () => new Float64Array(size));
  observations.forEach(({ value }, row) => {
    residual[count + row] = -value;
  });
  for (let index = 0; index < count; index++) {
    const tangent = Math.tanh(logits[index] as number);
    const slope = (1 - tangent * tangent) / 2;
    const row = jacobian[index] as Float64Array;
    const neighbours = [index - 1, index + 1].filter((other) => other >= 0 && other < count);
    for (const other of neighbours) {
      row[other] = -2;
      residual[index] = (residual[index] as number) + 2 * ((logits[index] as number) - (logits[other] as number));
    }
    let pull = 0;
    observations.forEach(({ weights }, at) => {
      const weight = weights[index] as number;
      pull += weight * (multipliers[at] as number);
      row[count + at] = slope * weight;
      (jacobian[count + at] as Float64Array)[index] = slope * weight;
      residual[count + at] = (residual[count + at] as number) + (weight * (tangent + 1)) / 2;
    });
    row[index] = 2 * neighbours.length - 2 * tangent * slope * pull;
    residual[index] = (residual[index] as number) + slope * pull;
  }
  return { residual, jacobian };
}

/** The solution of a square system by elimination with row pivoting; the matrix is used up. NaN where it is singular. */
function solved(matrix: Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const solution = right.slice();
  for (let pivot = 0; pivot < size; pivot++) {
    let best = pivot;
    for (let row = pivot + 1; row < size; row++) if (magnitude(matrix, row, pivot) > magnitude(matrix, best, pivot)) best = row;
    [matrix[pivot], matrix[best]] = [matrix[best] as Float64Array, matrix[pivot] as Float64Array];
    [solution[pivot], solution[best]] = [solution[best] as number, solution[pivot] as number];
    const pivotRow = matrix[pivot] as Float64Array;
    for (let row = pivot + 1; row < size; row++) {
      const current = matrix[row] as Float64Array;
      const factor = (current[pivot] as number) / (pivotRow[pivot] as number);
      if (factor === 0) continue;
      for (let column = pivot; column < size; column++) {
        current[column] = (current[column] as number) - factor * (pivotRow[column] as number);
      }
      solution[row] = (solution[row] as number) - factor * (solution[pivot] as number);
    }
  }
  for (let row = size - 1; row >= 0; row--) {
    const current = matrix[row] as Float64Array;
    let sum = solution[row] as number;
    for (let column = row + 1; column < size; column++) sum -= (current[column] as number) * (solution[column] as number);
    solution[row] = sum / (current[row] as number);
  }
  return solution;
}

function magnitude(matrix: readonly Float64Array[], row: number, column: number): number {
  return Math.abs((matrix[row] as Float64Array)[column] as number);
}
