import { InputError } from '../base/errors.ts';
import { leastSquares } from '../base/least-squares.ts';
import type { Plane } from './rgb-image.ts';

/** Where an edge crosses each row: column = intercept + slope · row, both in pixels from the region's first sample. */
export interface EdgeLine {
  readonly intercept: number;
  readonly slope: number;
}

/** The edge of a region, which is turned so that the edge runs down the rows and brightens to the right. */
export interface FoundEdge {
  readonly plane: Plane;
  readonly line: EdgeLine;
  readonly orientation: 'vertical' | 'horizontal';
}

const leastSide = 16;
/** An edge whose centroids stray further from a line than this is bent, or not one edge. */
const straightnessPixels = 0.75;
/** Each looks around the line of the one before. */
const passes = 3;
const action = 'Choose a region with one straight edge across its middle, dark on one side and bright on the other.';

/**
 * Finds the one edge of a region and fits a line to it: per row, the centroid of the derivative under a Hamming window around
 * where the edge is thought to be (ISO 12233:2023, annex D), repeated with the window on the line just found. Throws InputError
 * for regions that are too small, flat, or without a straight edge.
 */
export function findEdge(region: Plane): FoundEdge {
  requireRegion(region);
  const orientation = isVertical(region) ? 'vertical' : 'horizontal';
  const upright = orientation === 'vertical' ? region : transposed(region);
  const plane = brightensRightwards(upright) ? upright : mirroredValues(upright);
  let centres = new Float64Array(plane.height).fill((plane.width - 1) / 2);
  let halfWidth = plane.width;
  let line: EdgeLine = { intercept: (plane.width - 1) / 2, slope: 0 };
  for (let pass = 0; pass < passes; pass++) {
    const centroids = centres.map((centre, row) => centroidOf(plane, row, centre, halfWidth));
    line = fittedLine(centroids);
    const { intercept, slope } = line;
    centres = centres.map((_, row) => intercept + slope * row);
    halfWidth = plane.width / 2;
    if (pass === passes - 1) requireStraight(centroids, centres, plane.width);
  }
  return { plane, line, orientation };
}

function requireRegion({ width, height, values }: Plane): void {
  if (Math.min(width, height) < leastSide || values.length !== width * height) {
    const received = `${width}x${height} with ${values.length} values`;
    throw new InputError('quality.edge', `Expected at least ${leastSide}x${leastSide} pixels but received ${received}`, action);
  }
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw new InputError('quality.edge', `Expected finite values but received ${wrong}`, action);
}

/** An edge runs along the direction in which values change least. */
function isVertical({ width, height, values }: Plane): boolean {
  const mean = (fromX: number, toX: number, fromY: number, toY: number): number => {
    let sum = 0;
    for (let row = fromY; row < toY; row++)
      for (let column = fromX; column < toX; column++) sum += values[row * width + column] as number;
    return sum / ((toX - fromX) * (toY - fromY));
  };
  const [quarterX, quarterY] = [Math.floor(width / 4), Math.floor(height / 4)];
  const across = mean(width - quarterX, width, 0, height) - mean(0, quarterX, 0, height);
  const down = mean(0, width, height - quarterY, height) - mean(0, width, 0, quarterY);
  if (across !== 0 || down !== 0) return Math.abs(across) >= Math.abs(down);
  throw new InputError('quality.edge', 'Expected an edge but received an even region', action);
}

function transposed({ width, height, values }: Plane): Plane {
  return {
    width: height,
    height: width,
    values: Float64Array.from(values, (_, index) => values[(index % height) * width + Math.floor(index / height)] as number),
  };
}

function brightensRightwards({ width, height, values }: Plane): boolean {
  let sum = 0;
  for (let row = 0; row < height; row++) sum += (values[(row + 1) * width - 1] as number) - (values[row * width] as number);
  return sum >= 0;
}

/** Negated: the response knows differences only. */
function mirroredValues(plane: Plane): Plane {
  return { ...plane, values: plane.values.map((value) => -value) };
}

/** Where the derivative of a row balances, under a window of `halfWidth` around `centre`. Halves: it lies between two samples. */
function centroidOf({ width, values }: Plane, row: number, centre: number, halfWidth: number): number {
  let [moment, weight] = [0, 0];
  for (let column = 0; column < width - 1; column++) {
    const position = column + 0.5;
    const share = Math.abs(position - centre) / halfWidth;
    if (share >= 1) continue;
    const step = (values[row * width + column + 1] as number) - (values[row * width + column] as number);
    const windowed = step * (0.54 + 0.46 * Math.cos(Math.PI * share));
    moment += windowed * position;
    weight += windowed;
  }
  return moment / weight;
}

function fittedLine(centroids: Float64Array): EdgeLine {
  const usable = Array.from(centroids, (centroid, row) => ({ centroid, row })).filter(({ centroid }) =>
    Number.isFinite(centroid),
  );
  const fitted = leastSquares({ rows: usable.map(({ row }) => [1, row]), targets: usable.map(({ centroid }) => centroid) });
  if (fitted !== undefined) return { intercept: fitted[0] as number, slope: fitted[1] as number };
  throw new InputError('quality.edge', 'Expected an edge in every row but found none', action);
}

function requireStraight(centroids: Float64Array, line: Float64Array, width: number): void {
  const strays = centroids.map((centroid, row) => (centroid - (line[row] as number)) ** 2);
  const stray = Math.sqrt(strays.reduce((sum, square) => sum + square, 0) / strays.length);
  if (!(stray <= straightnessPixels)) {
    const received = `rows that stray from a line by ${stray.toFixed(2)} pixels`;
    throw new InputError('quality.edge', `Expected one straight edge but received ${received}`, action);
  }
  const margin = Math.min(...[line[0] as number, line.at(-1) as number].map((column) => Math.min(column, width - 1 - column)));
  if (margin >= leastSide / 4) return;
  throw new InputError('quality.edge', 'Expected the edge to leave at least 4 pixels to both sides in every row', action);
}
