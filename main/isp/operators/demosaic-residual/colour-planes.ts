import type { Value } from '../../../graph/graph.ts';
import type { GraphBuilder } from '../../../graph/graph-builder.ts';
import { between, type CellField, type CellShift, channelOf, type Phase, phaseIndex, stack, windowOf } from './cell-field.ts';
import { guidedSlope } from './guided-slope.ts';

/** Sides of the windows of a slope and of its average, in samples of one colour. */
const side = 5;
const averageSide = 3;

/**
 * Each colour at all four positions of the cell, guided by the green that is known there: slopes at the colour's samples, and the
 * residual between them bilinearly. Takes five cells of margin. Returns, for each colour, its planes in reading order of the cell.
 */
export function colourPlanes(
  g: GraphBuilder,
  packed: CellField,
  green: readonly CellField[],
  colours: readonly Phase[],
): readonly (readonly Value[])[] {
  const margin = (green[0] as CellField).margin;
  const guide = stack(
    g,
    colours.map((colour) => (green[phaseIndex(colour)] as CellField).value),
    margin,
  );
  const sampled = colours.map((colour) => windowOf(g, channelOf(g, packed, phaseIndex(colour)), margin));
  const value = stack(g, sampled, margin);
  const laplacians = { guideLaplacian: laplacian(g, guide), valueLaplacian: laplacian(g, value) };
  const slope = guidedSlope(g, { guide, value, ...laplacians }, side, averageSide);
  const rest = g.subtract(windowOf(g, value, slope.margin), g.multiply(slope.value, windowOf(g, guide, slope.margin)));
  const last = slope.margin - 1;
  return colours.map((colour, channel) => {
    const terms = [slope, { value: rest, margin: slope.margin }].map((field) => channelOf(g, field, channel));
    return [0, 1, 2, 3].map((index) => {
      const away = { row: (index >> 1) ^ colour.row, column: (index & 1) ^ colour.column };
      if (index === phaseIndex(colour)) return windowOf(g, channelOf(g, packed, index), last);
      const [mean, offset] = terms.map((field) => bilinear(g, field, colour, away, last)) as [Value, Value];
      return g.add(g.multiply(mean, windowOf(g, green[index] as CellField, last)), offset);
    });
  });
}

/** A field of a colour's samples where another position of the cell is: halfway to the next sample, in rows, columns or both. */
function bilinear(g: GraphBuilder, field: CellField, colour: Phase, away: Phase, margin: number): Value {
  const step = (position: number): number => (position === 0 ? 1 : -1);
  const towards: CellShift = { rows: away.row * step(colour.row), columns: away.column * step(colour.column) };
  if (away.row === 0 || away.column === 0) return between(g, field, towards).value;
  const beside = g.add(windowOf(g, field, margin), windowOf(g, field, margin, { ...towards, rows: 0 }));
  const below = g.add(windowOf(g, field, margin, { ...towards, columns: 0 }), windowOf(g, field, margin, towards));
  return g.multiply(g.add(beside, below), g.scalar(0.25));
}

function laplacian(g: GraphBuilder, field: CellField): CellField {
  const margin = field.margin - 1;
  const at = (rows: number, columns: number): Value => windowOf(g, field, margin, { rows, columns });
  const cross = g.add(g.add(at(0, 1), at(0, -1)), g.add(at(1, 0), at(-1, 0)));
  return { value: g.subtract(g.multiply(at(0, 0), g.scalar(4)), cross), margin };
}
