import type { CfaOrder } from '../../frame/pixel-format.ts';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { ZoneGrid } from './zone-grid.ts';

/** What the parts of the statistics graph share. */
export interface StatisticsContext {
  readonly g: GraphBuilder;
  readonly cfa: CfaOrder;
  readonly grid: ZoneGrid;
  /** The sampled rows of cells as float, DN: [sampledRows, 2 rows of the cell * 2 * cellColumns]. */
  readonly samples: Value;
  /** The same after the sensor's linearisation, which must come before any mean; the samples themselves where it has none. */
  readonly linear: Value;
  /** Shading gains of the zones by position of the cell, [4, rows, columns]; undefined where the sensor brings no grid. */
  readonly gains: Value | undefined;
  /** Row and column means of all cells, as in `rowMeans` and `columnMeans`. */
  readonly rowMeans: Value;
  readonly columnMeans: Value;
}

/** The rows of cells that are read, taken out of the 16-bit mosaic before anything is converted: a seventh of the memory traffic. */
export function sampleRows(g: GraphBuilder, mosaic: Value, { cellColumns, cellRows, firstRow, rowStep }: ZoneGrid): Value {
  const rowsOfCells = g.reshape(mosaic, [cellRows, 4 * cellColumns]);
  return g.cast(g.slice(rowsOfCells, [{ axis: 0, start: firstRow, end: cellRows, step: rowStep }]), 'float32');
}

/** Means over zones [rows, columns] of a value per sampled cell [sampledRows, cellColumns]. */
export function zoneMeansOf({ g, rowMeans, columnMeans }: StatisticsContext, perCell: Value): Value {
  return g.matrixMultiply(g.matrixMultiply(rowMeans, perCell), columnMeans);
}
