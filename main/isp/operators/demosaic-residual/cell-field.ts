import type { Value } from '../../../graph/graph.ts';
import type { GraphBuilder } from '../../../graph/graph-builder.ts';

/** Planes [1, channels, rows + 2 margin, columns + 2 margin] on the raster of 2x2 cells; the margin is counted in cells. */
export interface CellField {
  readonly value: Value;
  readonly margin: number;
}

/** A position of the 2x2 cell. */
export interface Phase {
  readonly row: number;
  readonly column: number;
}

/** A distance in cells. */
export interface CellShift {
  readonly rows: number;
  readonly columns: number;
}

const here: CellShift = { rows: 0, columns: 0 };

/** Index of a position in the cell, in reading order. */
export function phaseIndex({ row, column }: Phase): number {
  return 2 * row + column;
}

/** What lies `shift` further, cut down to `margin`. */
export function windowOf(g: GraphBuilder, { value, margin: had }: CellField, margin: number, shift: CellShift = here): Value {
  if (had === margin && shift.rows === 0 && shift.columns === 0) return value;
  const range = (axis: 2 | 3, offset: number): { axis: number; start: number; end: number } => {
    const start = had - margin + offset;
    return { axis, start, end: start + (value.shape[axis] as number) - 2 * (had - margin) };
  };
  return g.slice(value, [range(2, shift.rows), range(3, shift.columns)]);
}

/** One channel of a field. */
export function channelOf(g: GraphBuilder, { value, margin }: CellField, channel: number): CellField {
  return { value: g.slice(value, [{ axis: 1, start: channel, end: channel + 1 }]), margin };
}

/** Channels of equal margin side by side. */
export function stack(g: GraphBuilder, fields: readonly Value[], margin: number): CellField {
  return { value: g.concatenate(fields, 1), margin };
}

/** The mean of what lies here and what lies `shift` further; one cell of margin less. */
export function between(g: GraphBuilder, field: CellField, shift: CellShift): CellField {
  const margin = field.margin - 1;
  const sum = g.add(windowOf(g, field, margin), windowOf(g, field, margin, shift));
  return { value: g.multiply(sum, g.scalar(0.5)), margin };
}

/** The mean over a square of `side` (odd) cells. */
export function boxMean(g: GraphBuilder, field: CellField, side: number): CellField {
  const alongRows = g.averagePool(field.value, [1, side]);
  return { value: g.averagePool(alongRows, [side, 1]), margin: field.margin - (side - 1) / 2 };
}
