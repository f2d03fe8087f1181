/** A 3x3 matrix, row-major. */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

/** The matrix that changes nothing. */
export const identity3: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** Three channel values: red, green, blue. */
export type Triple = readonly [number, number, number];

/** The product `a * b`. */
export function multiply3(a: Matrix3, b: Matrix3): Matrix3 {
  const cell = (row: number, column: number): number =>
    (a[row * 3] as number) * (b[column] as number) +
    (a[row * 3 + 1] as number) * (b[column + 3] as number) +
    (a[row * 3 + 2] as number) * (b[column + 6] as number);
  return [cell(0, 0), cell(0, 1), cell(0, 2), cell(1, 0), cell(1, 1), cell(1, 2), cell(2, 0), cell(2, 1), cell(2, 2)];
}

/** The product of a matrix and a column. */
export function apply3(matrix: Matrix3, [x, y, z]: Triple): Triple {
  const [a, b, c, d, e, f, g, h, i] = matrix;
  return [a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z];
}

/** The inverse, or undefined for a singular matrix. */
export function inverse3([a, b, c, d, e, f, g, h, i]: Matrix3): Matrix3 | undefined {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-12) return undefined;
  const cofactors = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
  return cofactors.map((cofactor) => cofactor / determinant) as unknown as Matrix3;
}

/** Each row divided by its sum, so that white stays white; undefined where a row sums to nothing. */
export function rowsSummingToOne(matrix: Matrix3): Matrix3 | undefined {
  const sums = [0, 3, 6].map((at) => (matrix[at] as number) + (matrix[at + 1] as number) + (matrix[at + 2] as number));
  if (sums.some((sum) => Math.abs(sum) < 1e-9)) return undefined;
  return matrix.map((value, index) => value / (sums[Math.floor(index / 3)] as number)) as unknown as Matrix3;
}
