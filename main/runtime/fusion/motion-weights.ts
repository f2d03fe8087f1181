import type { NoiseModel } from './merge-spec.ts';
import type { WarpedMosaic } from './warp.ts';

/** The noise of two frames on the scale of the reference. */
export interface PairNoise {
  readonly reference: NoiseModel;
  readonly frame: NoiseModel;
}

/** Reach of the windows of the test, in cells: the wide one sees faint differences, the narrow one thin edges. */
const wideRadius = 3;
const narrowRadius = 1;

/**
 * Mean squared difference over its expected variance: 1 where only noise differs. Below `full` a cell is merged, above `none`
 * it is not. The narrow window holds 36 samples, so that its mean scatters by 0.24; the wide one, of 196, by 0.10.
 */
const limits = { wide: { full: 1.2, none: 1.6 }, narrow: { full: 1.6, none: 2.6 } } as const;

/** Deviation of a sample that is clipped in one frame and dark in the other: enough to turn down its whole window. */
const implausible = 100;

/**
 * Decides for every 2x2 cell how far a frame shows what the reference shows. Holds its memory between frames; used on one thread.
 */
export class MotionWeights {
  readonly #columns: number;
  readonly #rows: number;
  readonly #width: number;
  readonly #deviations: Float32Array;
  readonly #wide: Float32Array;
  readonly #narrow: Float32Array;
  readonly #weights: Float32Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#columns = width >> 1;
    this.#rows = height >> 1;
    const cells = this.#columns * this.#rows;
    this.#deviations = new Float32Array(cells);
    this.#wide = new Float32Array(cells);
    this.#narrow = new Float32Array(cells);
    this.#weights = new Float32Array(cells);
  }

  /**
   * Weights from 0 to 1, one per cell, valid until the next call. Both mosaics are on the reference's scale, and so is the
   * noise. `clippedDn` is the light from which on a sample agrees with a clipped one.
   */
  compute(reference: WarpedMosaic, frame: WarpedMosaic, noise: PairNoise, clippedDn: number): Float32Array {
    this.#measure(reference, frame, noise, clippedDn);
    boxMean(this.#deviations, this.#columns, this.#rows, narrowRadius, this.#narrow);
    boxMean(this.#deviations, this.#columns, this.#rows, wideRadius, this.#wide);
    for (let cell = 0; cell < this.#weights.length; cell++) {
      const wide = ramp(this.#wide[cell] as number, limits.wide);
      const narrow = ramp(this.#narrow[cell] as number, limits.narrow);
      this.#weights[cell] = frame.inside[cell] === 0 ? 0 : Math.min(wide, narrow);
    }
    return this.#weights;
  }

  /** Squared difference of a cell over its expected variance. Cells that cannot be compared count as equal. */
  #measure(reference: WarpedMosaic, frame: WarpedMosaic, noise: PairNoise, clippedDn: number): void {
    const shotDn = noise.reference.shotDn + noise.frame.shotDn;
    const readVariance = noise.reference.readVarianceDn2 + noise.frame.readVarianceDn2;
    const width = this.#width;
    for (let cell = 0; cell < this.#deviations.length; cell++) {
      const at = 2 * Math.floor(cell / this.#columns) * width + 2 * (cell % this.#columns);
      this.#deviations[cell] =
        frame.inside[cell] === 0 ? 1 : cellDeviation(reference.values, frame.values, at, width, shotDn, readVariance, clippedDn);
    }
  }
}

/** Mean over the samples of the cell; where a sample is clipped in either frame, the other one must be about as bright. */
function cellDeviation(
  a: Float32Array,
  b: Float32Array,
  at: number,
  width: number,
  shotDn: number,
  readVariance: number,
  clippedDn: number,
): number {
  let squares = 0;
  for (let sample = 0; sample < 4; sample++) {
    const index = at + (sample >> 1) * width + (sample & 1);
    const first = a[index] as number;
    const second = b[index] as number;
    // The mean of both is the better guess at the signal, and favours neither.
    const mean = Math.max(0, (first + second) / 2);
    if (mean < Number.POSITIVE_INFINITY) squares += (first - second) ** 2 / (shotDn * mean + readVariance);
    else squares += Math.min(first, second) >= clippedDn ? 1 : implausible;
  }
  return squares / 4;
}

function ramp(value: number, { full, none }: { readonly full: number; readonly none: number }): number {
  return Math.max(0, Math.min(1, (none - value) / (none - full)));
}

/** Mean over a square window by running sums; at the border over the part of the window that exists. */
function boxMean(values: Float32Array, columns: number, rows: number, radius: number, means: Float32Array): void {
  const columnSums = new Float64Array(columns);
  for (let y = 0; y < Math.min(radius, rows); y++) addRow(columnSums, values, y, columns, 1);
  for (let y = 0; y < rows; y++) {
    if (y + radius < rows) addRow(columnSums, values, y + radius, columns, 1);
    if (y - radius - 1 >= 0) addRow(columnSums, values, y - radius - 1, columns, -1);
    const height = Math.min(rows - 1, y + radius) - Math.max(0, y - radius) + 1;
    let sum = 0;
    for (let x = 0; x < Math.min(radius, columns); x++) sum += columnSums[x] as number;
    for (let x = 0; x < columns; x++) {
      if (x + radius < columns) sum += columnSums[x + radius] as number;
      if (x - radius - 1 >= 0) sum -= columnSums[x - radius - 1] as number;
      const width = Math.min(columns - 1, x + radius) - Math.max(0, x - radius) + 1;
      means[y * columns + x] = sum / (width * height);
    }
  }
}

function addRow(sums: Float64Array, values: Float32Array, row: number, columns: number, sign: 1 | -1): void {
  for (let x = 0; x < columns; x++) sums[x] = (sums[x] as number) + sign * (values[row * columns + x] as number);
}
