import { assert } from '../base/errors.ts';

/** Points at which a fit looks at its target: denser towards both ends, where curves bend most. */
const fitPoints = Array.from({ length: 256 }, (_, index) => 0.5 - 0.5 * Math.cos((Math.PI * (index + 0.5)) / 256));

/** x (n₁ + n₂ x + …) / (1 + d₁ x + d₂ x² + …), which is 0 at 0. */
export interface RationalFit {
  readonly numerator: readonly number[];
  readonly denominator: readonly number[];
}

/**
 * Fits a rational function to `target` on [0, 1] by least squares, reweighted until the linearised error is the true one
 * (Sanathanan and Koerner, 1963). Exact at 1. Keeps the best denominator without a zero in [0, 1].
 */
export function fitRational(target: (x: number) => number, upperDegree: number, lowerDegree: number): RationalFit {
  let best: (RationalFit & { worst: number }) | undefined;
  let weights = fitPoints.map(() => 1);
  for (let round = 0; round < 8; round++) {
    const rows = fitPoints.map((x) => [
      ...Array.from({ length: upperDegree }, (_, k) => x ** (k + 1)),
      ...Array.from({ length: lowerDegree }, (_, k) => -target(x) * x ** (k + 1)),
    ]);
    const solution = leastSquares(rows, fitPoints.map(target), weights);
    const fit = throughOne(target(1), solution.slice(0, upperDegree), solution.slice(upperDegree));
    const lower = fitPoints.map((x) => denominatorAt(fit, x));
    const worst = Math.max(...fitPoints.map((x) => Math.abs(rationalAt(fit, x) - target(x))));
    if (Math.min(...lower) > 0 && worst < (best?.worst ?? Number.POSITIVE_INFINITY)) best = { ...fit, worst };
    weights = lower.map((value) => 1 / Math.max(1e-3, Math.abs(value)) ** 2);
  }
  assert(best, 'Expected a curve that a rational function can follow');
  return best;
}

/** The value of a fit at x. */
export function rationalAt(fit: RationalFit, x: number): number {
  return (x * hornerAt(fit.numerator, x)) / denominatorAt(fit, x);
}

function denominatorAt({ denominator }: RationalFit, x: number): number {
  return 1 + x * hornerAt(denominator, x);
}

function throughOne(end: number, numerator: readonly number[], denominator: readonly number[]): RationalFit {
  const scale = (end * denominatorAt({ numerator, denominator }, 1)) / hornerAt(numerator, 1);
  return { numerator: numerator.map((coefficient) => coefficient * scale), denominator };
}

/** Fits c₀ + c₁ x + … to the samples (x, y) by least squares; the coefficients, lowest first. */
export function fitPolynomial(
  xs: readonly number[],
  ys: readonly number[],
  weights: readonly number[],
  degree: number,
): number[] {
  const rows = xs.map((x) => Array.from({ length: degree + 1 }, (_, power) => x ** power));
  return leastSquares(rows, ys, weights);
}

/** c₀ + c₁ x + … */
export function hornerAt(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

/** Solves rows · solution ≈ values by the normal equations. */
function leastSquares(rows: readonly (readonly number[])[], values: readonly number[], weights: readonly number[]): number[] {
  const size = rows[0]?.length ?? 0;
  const system = Array.from({ length: size }, () => new Array<number>(size + 1).fill(0));
  rows.forEach((row, index) => {
    const weight = weights[index] as number;
    for (let i = 0; i < size; i++) {
      const equation = system[i] as number[];
      for (let j = 0; j < size; j++) equation[j] = (equation[j] as number) + weight * (row[i] as number) * (row[j] as number);
      equation[size] = (equation[size] as number) + weight * (row[i] as number) * (values[index] as number);
    }
  });
  // Where fewer coefficients would do, the equations are singular; the smallest solution is then as good as any.
  system.forEach((equation, index) => {
    equation[index] = (equation[index] as number) + 1e-11 * rows.length;
  });
  return eliminate(system);
}

/** Gauss-Jordan elimination with pivoting of the largest element; each row ends with its right-hand side. */
function eliminate(system: number[][]): number[] {
  const size = system.length;
  for (let column = 0; column < size; column++) {
    const candidates = system.slice(column).map((row) => Math.abs(row[column] as number));
    const pivotRow = column + candidates.indexOf(Math.max(...candidates));
    const pivot = system[pivotRow] as number[];
    [system[column], system[pivotRow]] = [pivot, system[column] as number[]];
    for (const row of system) {
      if (row === pivot) continue;
      const factor = (row[column] as number) / (pivot[column] as number);
      for (let index = column; index <= size; index++) row[index] = (row[index] as number) - factor * (pivot[index] as number);
    }
  }
  return system.map((row, index) => (row[size] as number) / (row[index] as number));
}
