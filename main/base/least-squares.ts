/** A linear system in the sense of least squares: one row of coefficients for each target. */
export interface LinearSystem {
  /** As many numbers in each row as there are unknowns; at least as many rows as unknowns. */
  readonly rows: readonly (readonly number[])[];
  readonly targets: readonly number[];
  /** How much each row counts, the inverse of its variance; all alike where left out. */
  readonly weights?: readonly number[];
}

/**
 * The unknowns that bring `rows · unknowns` nearest to `targets` (Householder QR; G. Golub, C. Van Loan, "Matrix Computations",
 * §5.3); undefined where the rows do not determine them.
 */
export function leastSquares({ rows, targets, weights }: LinearSystem): number[] | undefined {
  const columns = rows[0]?.length ?? 0;
  if (rows.length < columns || columns === 0) return undefined;
  const work = rows.map((row, index) => {
    const scale = Math.sqrt(weights?.[index] ?? 1);
    return Float64Array.from([...row, targets[index] as number], (value) => value * scale);
  });
  const scales = Array.from({ length: columns }, (_, column) => norm(work, column, 0));
  for (let column = 0; column < columns; column++) {
    const length = norm(work, column, column);
    // What is left of a column once the earlier ones are taken out of it: rounding only, where it depends on them.
    if (!(length > 1e-11 * (scales[column] as number))) return undefined;
    reflect(work, column, length);
  }
  return backSubstituted(work, columns);
}

/**
 * Solves a symmetric positive definite system for several right-hand sides at once, by Cholesky's factor; undefined for a matrix
 * that is not positive definite. `matrix` is row-major, order × order, and is left as it is; only its lower triangle is read.
 */
export function solveSymmetric(matrix: Float64Array, sides: readonly Float64Array[]): Float64Array[] | undefined {
  const order = Math.sqrt(matrix.length);
  const factor = Float64Array.from(matrix);
  for (let row = 0; row < order; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = factor[row * order + column] as number;
      for (let k = 0; k < column; k++) sum -= (factor[row * order + k] as number) * (factor[column * order + k] as number);
      if (column < row) factor[row * order + column] = sum / (factor[column * order + column] as number);
      else if (sum > 0) factor[row * order + row] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return sides.map((side) => substituted(factor, order, side));
}

function norm(work: readonly Float64Array[], column: number, firstRow: number): number {
  let sum = 0;
  for (let row = firstRow; row < work.length; row++) sum += ((work[row] as Float64Array)[column] as number) ** 2;
  return Math.sqrt(sum);
}

/** Mirrors all columns so that `column` is zero below its diagonal. */
function reflect(work: readonly Float64Array[], column: number, length: number): void {
  const pivot = work[column] as Float64Array;
  const diagonal = pivot[column] as number;
  const alpha = diagonal > 0 ? -length : length;
  const mirror = work.map((row, index) => (index < column ? 0 : (row[column] as number)));
  mirror[column] = diagonal - alpha;
  const square = mirror.reduce((sum, value) => sum + value * value, 0);
  for (let target = column; target < pivot.length; target++) {
    let product = 0;
    for (let row = column; row < work.length; row++) {
      product += (mirror[row] as number) * ((work[row] as Float64Array)[target] as number);
    }
    const factor = (2 * product) / square;
    for (let row = column; row < work.length; row++) {
      const values = work[row] as Float64Array;
      values[target] = (values[target] as number) - factor * (mirror[row] as number);
    }
  }
}

function backSubstituted(work: readonly Float64Array[], columns: number): number[] {
  const unknowns = new Array<number>(columns).fill(0);
  for (let row = columns - 1; row >= 0; row--) {
    const values = work[row] as Float64Array;
    let sum = values[columns] as number;
    for (let column = row + 1; column < columns; column++) sum -= (values[column] as number) * (unknowns[column] as number);
    unknowns[row] = sum / (values[row] as number);
  }
  return unknowns;
}

function substituted(factor: Float64Array, order: number, side: Float64Array): Float64Array {
  const solution = Float64Array.from(side);
  for (let row = 0; row < order; row++) {
    let sum = solution[row] as number;
    for (let k = 0; k < row; k++) sum -= (factor[row * order + k] as number) * (solution[k] as number);
    solution[row] = sum / (factor[row * order + row] as number);
  }
  for (let row = order - 1; row >= 0; row--) {
    let sum = solution[row] as number;
    for (let k = row + 1; k < order; k++) sum -= (factor[k * order + row] as number) * (solution[k] as number);
    solution[row] = sum / (factor[row * order + row] as number);
  }
  return solution;
}
