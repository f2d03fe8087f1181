import { InputError } from '../base/errors.ts';

/** A place in an image, in pixels from the middle of its first one; fractions are welcome. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The centres of a chart's four outermost patches, as they lie in the image: a chart on its head has its top left elsewhere. */
export interface ChartCorners {
  readonly topLeft: Point;
  readonly topRight: Point;
  readonly bottomLeft: Point;
  readonly bottomRight: Point;
}

/** Rows and columns of patches. */
export interface ChartLayout {
  readonly columns: number;
  readonly rows: number;
}

/** Six by four, as the ColorChecker Classic and the classic target of the Passport. */
export const colourCheckerLayout: ChartLayout = { columns: 6, rows: 4 };

/** One patch's place: its centre and the steps to its neighbours along the row and down the column, in pixels. */
export interface PatchPlace {
  /** From 0 at the top left, row by row. */
  readonly index: number;
  readonly centre: Point;
  readonly alongRow: Point;
  readonly downColumn: Point;
}

/**
 * Where all patches lie, bilinearly between the corners: exact for charts that are turned or sheared, near enough for the
 * perspective of a hand-held shot. Throws InputError for corners that span no area, or for less than two rows and columns.
 */
export function patchPlaces(corners: ChartCorners, { columns, rows }: ChartLayout = colourCheckerLayout): PatchPlace[] {
  if (!(columns >= 2 && rows >= 2)) {
    throw new InputError('quality.chart', `Expected at least 2 rows and columns but received ${rows} and ${columns}`);
  }
  const { topLeft, topRight, bottomLeft, bottomRight } = corners;
  const at = (u: number, v: number): Point => ({
    x: (1 - v) * ((1 - u) * topLeft.x + u * topRight.x) + v * ((1 - u) * bottomLeft.x + u * bottomRight.x),
    y: (1 - v) * ((1 - u) * topLeft.y + u * topRight.y) + v * ((1 - u) * bottomLeft.y + u * bottomRight.y),
  });
  return Array.from({ length: columns * rows }, (_, index) => {
    const [u, v] = [(index % columns) / (columns - 1), Math.floor(index / columns) / (rows - 1)];
    const alongRow = {
      x: mixed(topRight.x - topLeft.x, bottomRight.x - bottomLeft.x, v),
      y: mixed(topRight.y - topLeft.y, bottomRight.y - bottomLeft.y, v),
    };
    const downColumn = {
      x: mixed(bottomLeft.x - topLeft.x, bottomRight.x - topRight.x, u),
      y: mixed(bottomLeft.y - topLeft.y, bottomRight.y - topRight.y, u),
    };
    const place: PatchPlace = {
      index,
      centre: at(u, v),
      alongRow: { x: alongRow.x / (columns - 1), y: alongRow.y / (columns - 1) },
      downColumn: { x: downColumn.x / (rows - 1), y: downColumn.y / (rows - 1) },
    };
    requireArea(place);
    return place;
  });
}

/**
 * Calls `visit` with every pixel within the middle `share` of a patch that lies inside an image of that size, and with the pixel's
 * place within that middle, 0 to 1 along the row and down the column. Returns whether all pixels lay inside.
 */
export function visitPatch(
  { centre, alongRow, downColumn }: PatchPlace,
  size: { readonly width: number; readonly height: number },
  share: number,
  visit: (column: number, row: number, across: number, down: number) => void,
): boolean {
  const reachX = (share / 2) * (Math.abs(alongRow.x) + Math.abs(downColumn.x));
  const reachY = (share / 2) * (Math.abs(alongRow.y) + Math.abs(downColumn.y));
  const determinant = alongRow.x * downColumn.y - alongRow.y * downColumn.x;
  let isWhole = true;
  for (let row = Math.ceil(centre.y - reachY); row <= centre.y + reachY; row++) {
    for (let column = Math.ceil(centre.x - reachX); column <= centre.x + reachX; column++) {
      const [dx, dy] = [column - centre.x, row - centre.y];
      const u = (dx * downColumn.y - dy * downColumn.x) / determinant;
      const v = (dy * alongRow.x - dx * alongRow.y) / determinant;
      if (Math.abs(u) > share / 2 || Math.abs(v) > share / 2) continue;
      if (column >= 0 && row >= 0 && column < size.width && row < size.height)
        visit(column, row, u / share + 0.5, v / share + 0.5);
      else isWhole = false;
    }
  }
  return isWhole;
}

function mixed(one: number, other: number, share: number): number {
  return (1 - share) * one + share * other;
}

function requireArea({ alongRow, downColumn, centre }: PatchPlace): void {
  const area = Math.abs(alongRow.x * downColumn.y - alongRow.y * downColumn.x);
  if (area >= 1 && Number.isFinite(centre.x + centre.y)) return;
  throw new InputError(
    'quality.chart',
    'Expected the centres of the four outermost patches but received corners that span no area',
    'Give top left, top right, bottom left and bottom right as they lie on the chart.',
  );
}
