import { InputError } from '../../base/errors.ts';

/** Zones of a frame that is large enough for all of them. */
export const fullZoneGrid = { columns: 32, rows: 24 } as const;

/** Cells that are read, about: reading is what statistics cost, and means of sixty cells per zone say enough. */
const sampledCells = 48_000;

/** Sampled rows of cells that a zone of a large frame has at least. */
const leastRowsPerZone = 2;

/**
 * How a frame's 2x2 cells fall into zones. Zone `z` of `n` along an axis of `m` cells has those with floor(index * n / m) = z, so that
 * every cell has a zone and zones differ by one cell at most. A frame with fewer cells than zones along an axis has a zone per cell.
 */
export interface ZoneGrid {
  readonly columns: number;
  readonly rows: number;
  /** Cells of the whole frame. */
  readonly cellColumns: number;
  readonly cellRows: number;
  /** Rows of cells that are read: every `rowStep`-th from `firstRow` on; all columns are. */
  readonly firstRow: number;
  readonly rowStep: number;
  readonly sampledRows: number;
}

/** The zones of a mosaic. Throws InputError for a frame without a cell. */
export function zoneGridOf(width: number, height: number): ZoneGrid {
  const [cellColumns, cellRows] = [Math.floor(width / 2), Math.floor(height / 2)];
  if (Math.min(cellColumns, cellRows) < 1) {
    throw new InputError(
      'fast-algo.too-small',
      `Expected a frame of at least 2x2 for statistics but received ${width}x${height}`,
    );
  }
  const columns = Math.min(fullZoneGrid.columns, cellColumns);
  const rows = Math.min(fullZoneGrid.rows, cellRows);
  const evenStep = Math.floor((cellColumns * cellRows) / sampledCells);
  const rowStep = Math.max(1, Math.min(evenStep, Math.floor(cellRows / (rows * leastRowsPerZone))));
  const firstRow = rowStep >> 1;
  const sampledRows = Math.ceil((cellRows - firstRow) / rowStep);
  return { columns, rows, cellColumns, cellRows, firstRow, rowStep, sampledRows };
}

/** The zone along an axis of `zones` that cell `index` of `cells` lies in. */
export function zoneOf(index: number, cells: number, zones: number): number {
  return Math.floor((index * zones) / cells);
}

/** Row means as a matrix [rows, sampledRows]: what it is multiplied with from the left becomes one mean per row of zones. */
export function rowMeans({ rows, cellRows, firstRow, rowStep, sampledRows }: ZoneGrid): Float32Array {
  const zones = Array.from({ length: sampledRows }, (_, row) => zoneOf(firstRow + row * rowStep, cellRows, rows));
  const matrix = new Float32Array(rows * sampledRows);
  for (const [row, zone] of zones.entries()) matrix[zone * sampledRows + row] = 1 / occurrences(zones, zone);
  return matrix;
}

/**
 * Column means as a matrix [cells, columns], for the first `cells` columns of the frame: what it is multiplied with from the right
 * becomes one mean per column of zones. A zone without any of these cells gets 0.
 */
export function columnMeans({ columns, cellColumns }: ZoneGrid, cells: number): Float32Array {
  const zones = Array.from({ length: cells }, (_, column) => zoneOf(column, cellColumns, columns));
  const matrix = new Float32Array(cells * columns);
  for (const [column, zone] of zones.entries()) matrix[column * columns + zone] = 1 / occurrences(zones, zone);
  return matrix;
}

function occurrences(zones: readonly number[], zone: number): number {
  return zones.reduce((count, other) => count + (other === zone ? 1 : 0), 0);
}
