import { InputError } from '../base/errors.ts';
import { solveSymmetric } from '../base/least-squares.ts';
import { quantile } from '../base/statistics.ts';
import type { Mosaic } from '../frame/mosaic.ts';
import { type Bilinear, bilinearAt, type GridSize, secondDifferences } from './shading-grid.ts';

/** Gains that even out a flat field: one grid for each position of the 2x2 cell, so that colour shading goes as well. */
export interface ShadingGains extends GridSize {
  /**
   * For the positions [row 0 col 0, row 0 col 1, row 1 col 0, row 1 col 1]: gains row by row, each grid 1 at its brightest node
   * and more elsewhere. Nodes spread evenly from the middle of the frame's first sample to that of its last, and gain in between
   * is bilinear; both as in DNG's GainMap. Brightness between the positions is white balance and not in here.
   */
  readonly gains: readonly [Float64Array, Float64Array, Float64Array, Float64Array];
}

/** How a shading grid is made. */
export interface ShadingOptions extends GridSize {
  /** How dear curvature is: 0 follows every speck of noise, 1 flattens corners. 0.005 where left out. */
  readonly smoothness?: number;
}

/** One block of the flat field: its mean over its own phase, relative to the brightest, and its place among the nodes. */
interface Block {
  readonly signal: number;
  readonly place: Bilinear;
}

const blocksPerNode = 4;
const clippedLimit = 0.005;
/**
 * Blocks that stay uneven by more than so many robust deviations, as dust on the sensor does, count for nothing; but none that
 * is nearer than the share below, for what a coarse grid leaves in the corners of a clean field is no dust.
 */
const [outlierLimit, leastOutlier] = [4.685, 0.02];
const rounds = 4;
/** No lens loses more than fifteen sixteenths of the light in its corners. */
const mostGain = 16;
const action = 'Photograph an even, bright, out-of-focus surface at half to three quarters of full scale.';

/**
 * Solves the gains that flatten a flat field. The field is averaged in blocks, four each way to a node; gains are those that,
 * interpolated to each block, bring all blocks to one level in the sense of least squares, with a price on their curvature; blocks
 * that do not fit lose their say (iteratively reweighted, Tukey). Throws InputError for a grid that is too fine for the frame, or a
 * field that is clipped, not brighter than black, or so uneven that it needs gains above 16.
 */
export function solveLensShading(flatField: Mosaic, { columns, rows, smoothness = 0.005 }: ShadingOptions): ShadingGains {
  requireGrid(flatField, { columns, rows }, smoothness);
  requireExposed(flatField);
  const gains = [0, 1, 2, 3].map((phase) =>
    solvedPhase(blocksOf(flatField, { columns, rows }, phase), { columns, rows }, smoothness),
  );
  requireEven(gains);
  return { columns, rows, gains: gains as unknown as ShadingGains['gains'] };
}

/** The gain at a sample of the frame, bilinear between nodes: what a lens-shading stage must multiply by. */
export function shadingGainAt(
  grid: ShadingGains,
  frame: { readonly width: number; readonly height: number },
  column: number,
  row: number,
): number {
  const gains = grid.gains[(row & 1) * 2 + (column & 1)] as Float64Array;
  const { nodes, shares } = bilinearAt(grid, column / (frame.width - 1), row / (frame.height - 1));
  return nodes.reduce((sum, node, index) => sum + (gains[node] as number) * (shares[index] as number), 0);
}

function requireGrid({ width, height }: Mosaic, { columns, rows }: GridSize, smoothness: number): void {
  const isWhole = Number.isInteger(columns) && Number.isInteger(rows) && columns >= 2 && rows >= 2;
  if (!isWhole || columns * rows > 1100 || columns * blocksPerNode * 2 > width || rows * blocksPerNode * 2 > height) {
    const received = `${columns}x${rows}`;
    const most = `${Math.floor(width / blocksPerNode / 2)}x${Math.floor(height / blocksPerNode / 2)} and 1100 nodes`;
    throw new InputError(
      'calibration.grid',
      `Expected a grid of 2x2 up to ${most} but received ${received}`,
      'A grid of 17x13 is usual.',
    );
  }
  if (smoothness >= 0 && smoothness <= 1) return;
  throw new InputError('calibration.grid', `Expected 0 to 1 for smoothness but received ${smoothness}`);
}

function requireExposed({ samples, sensor }: Mosaic): void {
  let clipped = 0;
  for (const sample of samples) if (sample >= sensor.whiteLevel) clipped++;
  const share = clipped / samples.length;
  if (share <= clippedLimit) return;
  throw new InputError(
    'calibration.flat-clipped',
    `Expected a flat field below clipping but ${(share * 100).toFixed(1)} % of it is clipped`,
    action,
  );
}

function requireEven(gains: readonly Float64Array[]): void {
  // What is so uneven that gains cross zero has no largest one.
  const isSolved = gains.every((plane) => plane.every((gain) => gain >= 1));
  const largest = Math.max(...gains.map((plane) => Math.max(...plane)));
  if (isSolved && largest <= mostGain) return;
  const received = isSolved ? `one that needs gains up to ${largest.toFixed(1)}` : 'one that no gains even out';
  const message = `Expected an evenly lit field, which gains up to ${mostGain} even out, but received ${received}`;
  throw new InputError('calibration.flat-uneven', message, action);
}

function blocksOf({ samples, width, height, sensor }: Mosaic, grid: GridSize, phase: number): Block[] {
  const [across, down] = [(grid.columns - 1) * blocksPerNode, (grid.rows - 1) * blocksPerNode];
  const black = sensor.blackLevels[phase] as number;
  const [sums, counts, xs, ys] = [0, 1, 2, 3].map(() => new Float64Array(across * down)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let row = phase >> 1; row < height; row += 2) {
    const blockRow = Math.floor((row * down) / height);
    for (let column = phase & 1; column < width; column += 2) {
      const block = blockRow * across + Math.floor((column * across) / width);
      sums[block] = (sums[block] as number) + (samples[row * width + column] as number) - black;
      counts[block] = (counts[block] as number) + 1;
      xs[block] = (xs[block] as number) + column;
      ys[block] = (ys[block] as number) + row;
    }
  }
  const means = sums.map((sum, block) => sum / (counts[block] as number));
  const brightest = quantile([...means], 0.99);
  if (!(Math.min(...means) > 0)) {
    throw new InputError(
      'calibration.flat-dark',
      `Expected a flat field above black ${black} but received one that reaches it`,
      action,
    );
  }
  return Array.from(means, (mean, block): Block => {
    const [x, y] = [xs, ys].map((list) => (list[block] as number) / (counts[block] as number)) as [number, number];
    return { signal: mean / brightest, place: bilinearAt(grid, x / (width - 1), y / (height - 1)) };
  });
}

function solvedPhase(blocks: readonly Block[], grid: GridSize, smoothness: number): Float64Array {
  let weights = blocks.map(() => 1);
  let gains: Float64Array = new Float64Array(grid.columns * grid.rows);
  for (let round = 0; round < rounds; round++) {
    gains = weightedGains(blocks, weights, grid, smoothness);
    const residuals = blocks.map(({ signal, place: { nodes, shares } }) =>
      nodes.reduce((sum, node, index) => sum + signal * (gains[node] as number) * (shares[index] as number), -1),
    );
    const scale = 1.4826 * quantile(residuals.map(Math.abs), 0.5) * outlierLimit;
    weights = residuals.map((residual) => (1 - Math.min(Math.abs(residual) / Math.max(scale, leastOutlier), 1) ** 2) ** 2);
  }
  const least = Math.min(...gains);
  return gains.map((gain) => gain / least);
}

function weightedGains(blocks: readonly Block[], weights: readonly number[], grid: GridSize, smoothness: number): Float64Array {
  const order = grid.columns * grid.rows;
  const matrix = new Float64Array(order * order);
  const side = new Float64Array(order);
  const accumulate = (nodes: readonly number[], factors: readonly number[], weight: number): void => {
    for (const [one, row] of nodes.entries()) {
      for (const [other, column] of nodes.entries()) {
        const at = row * order + column;
        matrix[at] = (matrix[at] as number) + weight * (factors[one] as number) * (factors[other] as number);
      }
    }
  };
  for (const [index, { signal, place }] of blocks.entries()) {
    const weight = weights[index] as number;
    const factors = place.shares.map((share) => share * signal);
    accumulate(place.nodes, factors, weight);
    for (const [which, node] of place.nodes.entries()) side[node] = (side[node] as number) + weight * (factors[which] as number);
  }
  // A trace of it is always needed: where all blocks around a node are outliers, its neighbours decide.
  const price = Math.max(smoothness, 1e-6) * blocksPerNode ** 2;
  for (const { nodes, factors } of secondDifferences(grid)) accumulate(nodes, factors, price);
  const solved = solveSymmetric(matrix, [side]);
  if (solved !== undefined) return solved[0] as Float64Array;
  throw new InputError(
    'calibration.flat-dark',
    'Expected a flat field that determines all gains but received one that does not',
    action,
  );
}
