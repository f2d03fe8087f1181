import type { CfaOrder } from '../../main/frame/pixel-format.ts';

/** A plane that is asked sample by sample; every value is computed once. */
type Plane = (row: number, column: number) => number;

const floor = 1 / 255 ** 2;
const spread = 1.2;

/** Computes a plane when it is asked and remembers it. */
function remembered(compute: Plane): Plane {
  const known = new Map<number, number>();
  return (row, column) => {
    const key = (row + 1000) * 100_000 + column + 1000;
    const value = known.get(key) ?? compute(row, column);
    known.set(key, value);
    return value;
  };
}

/** The mean over a square of samples that are two apart: those of one colour. */
function meanOfColour(plane: Plane, side: number): Plane {
  const reach = side - 1;
  return (row, column) => {
    let sum = 0;
    for (let r = -reach; r <= reach; r += 2) for (let c = -reach; c <= reach; c += 2) sum += plane(row + r, column + c);
    return sum / side ** 2;
  };
}

interface Slope {
  readonly guide: Plane;
  readonly value: Plane;
  readonly guideLaplacian: Plane;
  readonly valueLaplacian: Plane;
}

/** Slopes by least Laplacian energy, averaged by the inverse of the variance that each leaves about its own line. */
function slopes({ guide, value, guideLaplacian, valueLaplacian }: Slope, side: number, averageSide: number): Plane {
  const mean = (plane: Plane): Plane => meanOfColour(plane, side);
  const own = remembered((r, c) => {
    const shared = mean((y, x) => guideLaplacian(y, x) * valueLaplacian(y, x))(r, c);
    return shared / (mean((y, x) => guideLaplacian(y, x) ** 2)(r, c) + floor);
  });
  const weight = remembered((r, c) => {
    const slope = own(r, c);
    const offset = mean((y, x) => value(y, x) - slope * guide(y, x))(r, c);
    return 1 / Math.max(floor, mean((y, x) => (value(y, x) - slope * guide(y, x) - offset) ** 2)(r, c));
  });
  const average = (plane: Plane): Plane => meanOfColour(plane, averageSide);
  return remembered((r, c) => average((y, x) => own(y, x) * weight(y, x))(r, c) / average(weight)(r, c));
}

/** Green minus the line's colour, everywhere, along the direction (dr, dc). */
function difference(at: Plane, isGreen: (row: number, column: number) => boolean, dr: number, dc: number): Plane {
  const across =
    (plane: Plane): Plane =>
    (r, c) =>
      (plane(r - dr, c - dc) + plane(r + dr, c + dc)) / 2;
  const laplacian =
    (plane: Plane): Plane =>
    (r, c) =>
      2 * plane(r, c) - plane(r - 2 * dr, c - 2 * dc) - plane(r + 2 * dr, c + 2 * dc);
  const guide = across(at);
  const slope = slopes({ guide, value: at, guideLaplacian: laplacian(guide), valueLaplacian: laplacian(at) }, 3, 3);
  const rest: Plane = (r, c) => at(r, c) - slope(r, c) * guide(r, c);
  return remembered((r, c) => {
    const other = across(slope)(r, c) * at(r, c) + across(rest)(r, c);
    return isGreen(r, c) ? at(r, c) - other : other - at(r, c);
  });
}

function fused(horizontal: Plane, vertical: Plane): Plane {
  const change = (plane: Plane, dr: number, dc: number): Plane =>
    remembered((r, c) => Math.abs(plane(r + dr, c + dc) - plane(r - dr, c - dc)));
  const unrest = (plane: Plane, row: number, column: number): number => {
    let sum = 0;
    for (let r = -2; r <= 2; r++) for (let c = -2; c <= 2; c++) sum += plane(row + r, column + c);
    return sum / 25;
  };
  const [changeH, changeV] = [change(horizontal, 0, 1), change(vertical, 1, 0)];
  return remembered((row, column) => {
    let [total, weights] = [0, 0];
    for (const [dr, dc] of [
      [-1, 0],
      [1, 0],
      [0, -1],
      [0, 1],
    ] as const) {
      const [plane, changes] = dr === 0 ? [horizontal, changeH] : [vertical, changeV];
      const weight = 1 / (unrest(changes, row + 2 * dr, column + 2 * dc) ** 2 + floor);
      let [average, taps] = [0, 0];
      for (let k = 0; k <= 4; k++) {
        const tap = Math.exp(-(k * k) / (2 * spread * spread));
        average += tap * plane(row + k * dr, column + k * dc);
        taps += tap;
      }
      total += (weight * average) / taps;
      weights += weight;
    }
    return total / weights;
  });
}

/**
 * Residual-interpolation demosaicking as the papers put it, on the full raster, in double precision and sample by sample. `mosaic`
 * gives samples of any coordinates, mirrored by its owner. Returns a function from (row, column) to [R, G, B].
 */
export function referenceResidualDemosaic(mosaic: Plane, cfa: CfaOrder): (row: number, column: number) => number[] {
  const at = remembered(mosaic);
  const colour = (r: number, c: number): string => cfa[(r & 1) * 2 + (c & 1)] as string;
  const isGreen = (r: number, c: number): boolean => colour(r, c) === 'G';
  const delta = fused(difference(at, isGreen, 0, 1), difference(at, isGreen, 1, 0));
  const green = remembered((r, c) => (isGreen(r, c) ? at(r, c) : Math.max(0, at(r, c) + delta(r, c))));
  const laplacian =
    (plane: Plane): Plane =>
    (r, c) =>
      4 * plane(r, c) - plane(r - 2, c) - plane(r + 2, c) - plane(r, c - 2) - plane(r, c + 2);
  const laplacians = { guideLaplacian: remembered(laplacian(green)), valueLaplacian: remembered(laplacian(at)) };
  const slope = slopes({ guide: green, value: at, ...laplacians }, 5, 3);
  const rest: Plane = (r, c) => at(r, c) - slope(r, c) * green(r, c);
  return (r, c) =>
    ['R', 'G', 'B'].map((wanted) => {
      if (wanted === 'G') return green(r, c);
      if (wanted === colour(r, c)) return at(r, c);
      const near = [-1, 0, 1].flatMap((dr) => [-1, 0, 1].map((dc) => [r + dr, c + dc] as const));
      const samples = near.filter(([y, x]) => colour(y, x) === wanted);
      const mean = (plane: Plane): number => samples.reduce((sum, [y, x]) => sum + plane(y, x), 0) / samples.length;
      return mean(slope) * green(r, c) + mean(rest);
    });
}
