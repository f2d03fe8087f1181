import type { LumaImage } from './luma-pyramid.ts';

/** Side of a tile in pixels of its pyramid level. */
export const tileSide = 16;

/** Reach of the first search at the coarsest level, pixels of that level. */
const coarsestReach = 6;

/** A tile moves away from what it was told only for a gain beyond what noise alone would give, in standard deviations. */
const significance = 3;

/** Variance of |d| of a normal d with unit deviation: 1 - 2 / pi. */
const absoluteVariance = 1 - 2 / Math.PI;

/** Where each tile of the reference is found in another frame: tile (x, y) at row-major y * columns + x. */
export interface TileField {
  readonly columns: number;
  readonly rows: number;
  /** Displacement in pixels of the finest luma level: half-resolution, so twice as many mosaic pixels. */
  readonly dx: Int16Array;
  readonly dy: Int16Array;
  /** The displacement of the picture as a whole, same unit. */
  readonly global: { readonly x: number; readonly y: number };
}

/** A displacement in pixels. */
export interface Vector {
  readonly x: number;
  readonly y: number;
}

/**
 * Finds `frame` in `reference` from coarse to fine: one translation for the whole picture, then one per tile. Whole steps of
 * the half-resolution luma only, so that a shifted mosaic keeps its colour order.
 *
 * `sigmaDn` is the deviation of the difference of two luma values of the finest level through noise; a tile in which
 * nothing but noise is seen keeps the motion of its surroundings instead of following the noise.
 */
export function alignTiles(reference: readonly LumaImage[], frame: readonly LumaImage[], sigmaDn: number): TileField {
  let field: TileField | undefined;
  for (let level = reference.length - 1; level >= 0; level--) {
    const image = reference[level] as LumaImage;
    const other = frame[level] as LumaImage;
    // Each halving averages four values.
    const sigma = sigmaDn / 2 ** level;
    const global = field ? doubled(field.global) : { x: 0, y: 0 };
    const refined = searchGlobal(image, other, global, field ? 1 : coarsestReach);
    field = searchTiles(image, other, refined, field, sigma);
  }
  return field as TileField;
}

/** The displacement of the picture as a whole, pixels of the finest level: what {@link alignTiles} starts from. */
export function alignGlobally(reference: readonly LumaImage[], frame: readonly LumaImage[]): Vector {
  let shift: Vector = { x: 0, y: 0 };
  for (let level = reference.length - 1; level >= 0; level--) {
    const isCoarsest = level === reference.length - 1;
    shift = searchGlobal(
      reference[level] as LumaImage,
      frame[level] as LumaImage,
      doubled(shift),
      isCoarsest ? coarsestReach : 1,
    );
  }
  return shift;
}

function doubled({ x, y }: Vector): Vector {
  return { x: 2 * x, y: 2 * y };
}

function searchGlobal(image: LumaImage, other: LumaImage, around: Vector, reach: number): Vector {
  let best = around;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const candidate of neighbourhood(around, reach)) {
    const cost = pictureDifference(image, other, candidate);
    if (cost < bestCost) {
      best = candidate;
      bestCost = cost;
    }
  }
  return best;
}

/** Nearest first, so that equal costs choose the smaller step. */
function neighbourhood({ x, y }: Vector, reach: number): Vector[] {
  const vectors: Vector[] = [];
  for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) vectors.push({ x: x + dx, y: y + dy });
  return vectors.sort((a, b) => Math.hypot(a.x - x, a.y - y) - Math.hypot(b.x - x, b.y - y));
}

/** Mean absolute difference over the part that both pictures show; every other row and column is enough. */
function pictureDifference(image: LumaImage, other: LumaImage, { x: dx, y: dy }: Vector): number {
  const { width, height, values } = image;
  const left = Math.max(0, -dx);
  const right = Math.min(width, width - dx);
  const top = Math.max(0, -dy);
  const bottom = Math.min(height, height - dy);
  let sum = 0;
  let count = 0;
  for (let y = top; y < bottom; y += 2) {
    const shifted = (y + dy) * width + dx;
    for (let x = left; x < right; x += 2)
      sum += Math.abs((values[y * width + x] as number) - (other.values[shifted + x] as number));
    count += Math.ceil(Math.max(0, right - left) / 2);
  }
  return count === 0 ? Number.POSITIVE_INFINITY : sum / count;
}

function searchTiles(
  image: LumaImage,
  other: LumaImage,
  global: Vector,
  coarser: TileField | undefined,
  sigma: number,
): TileField {
  const columns = Math.ceil(image.width / tileSide);
  const rows = Math.ceil(image.height / tileSide);
  const dx = new Int16Array(columns * rows);
  const dy = new Int16Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const found = searchTile(image, other, column, row, startsOf(coarser, column, row, global), sigma);
      dx[row * columns + column] = found.x;
      dy[row * columns + column] = found.y;
    }
  }
  return { columns, rows, dx, dy, global };
}

/** What the tile may do: the whole picture's motion first, then that of the coarser tiles over and beside it. */
function startsOf(coarser: TileField | undefined, column: number, row: number, global: Vector): Vector[] {
  const starts = [global];
  if (!coarser) return starts;
  const { columns, rows, dx, dy } = coarser;
  const nextColumn = (column >> 1) + (column % 2 === 0 ? -1 : 1);
  const nextRow = (row >> 1) + (row % 2 === 0 ? -1 : 1);
  for (const [x, y] of [
    [column >> 1, row >> 1],
    [nextColumn, row >> 1],
    [column >> 1, nextRow],
  ] as const) {
    if (x < 0 || y < 0 || x >= columns || y >= rows) continue;
    const start = { x: 2 * (dx[y * columns + x] as number), y: 2 * (dy[y * columns + x] as number) };
    if (!starts.some((known) => known.x === start.x && known.y === start.y)) starts.push(start);
  }
  return starts;
}

function searchTile(
  image: LumaImage,
  other: LumaImage,
  column: number,
  row: number,
  starts: readonly Vector[],
  sigma: number,
): Vector {
  const pixels = tileSide * tileSide;
  const margin = significance * sigma * Math.sqrt(absoluteVariance / pixels);
  let best = starts[0] as Vector;
  let bestCost = tileDifference(image, other, column, row, best);
  const consider = (candidate: Vector, gainNeeded: number): void => {
    const cost = tileDifference(image, other, column, row, candidate);
    if (cost >= bestCost - gainNeeded) return;
    best = candidate;
    bestCost = cost;
  };
  for (const start of starts.slice(1)) consider(start, margin);
  const centre = best;
  for (const candidate of neighbourhood(centre, 1).slice(1)) consider(candidate, best === centre ? margin : 0);
  return best;
}

/** Mean absolute difference over the part of a tile that lies in both pictures. */
function tileDifference(image: LumaImage, other: LumaImage, column: number, row: number, { x: dx, y: dy }: Vector): number {
  const { width, height, values } = image;
  const left = Math.max(column * tileSide, -dx);
  const right = Math.min((column + 1) * tileSide, width, width - dx);
  const top = Math.max(row * tileSide, -dy);
  const bottom = Math.min((row + 1) * tileSide, height, height - dy);
  if (right - left < tileSide / 4 || bottom - top < tileSide / 4) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let y = top; y < bottom; y++) {
    const shifted = (y + dy) * width + dx;
    for (let x = left; x < right; x++) sum += Math.abs((values[y * width + x] as number) - (other.values[shifted + x] as number));
  }
  return sum / ((right - left) * (bottom - top));
}
