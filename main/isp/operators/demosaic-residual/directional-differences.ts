import type { Value } from '../../../graph/graph.ts';
import type { GraphBuilder } from '../../../graph/graph-builder.ts';
import { between, type CellField, type CellShift, channelOf, type Phase, phaseIndex, stack, windowOf } from './cell-field.ts';
import { guidedSlope } from './guided-slope.ts';

type Direction = 'horizontal' | 'vertical';

/** Green minus colour along one direction at all four positions of the cell, in reading order. */
export type Differences = readonly CellField[];

/** Side of the windows of a slope, in samples of one colour along a line and in lines of that colour. */
const side = 3;

/** One line of the mosaic: a colour and green by turns, and what one of the two says about the other. */
interface Line {
  readonly direction: Direction;
  readonly colour: Phase;
  readonly green: Phase;
  /** From a colour sample to the cell of its other green neighbour. */
  readonly towardsGreen: CellShift;
  readonly towardsColour: CellShift;
}

function lineThrough(colour: Phase, direction: Direction): Line {
  const alongRow = direction === 'horizontal';
  const green = alongRow ? { ...colour, column: 1 - colour.column } : { ...colour, row: 1 - colour.row };
  const step = (alongRow ? colour.column : colour.row) === 0 ? -1 : 1;
  const shift = (cells: number): CellShift => (alongRow ? { rows: 0, columns: cells } : { rows: cells, columns: 0 });
  return { direction, colour, green, towardsGreen: shift(step), towardsColour: shift(-step) };
}

/**
 * Tentative differences between green and the colour of each line, along rows and along columns: each of the two is estimated where
 * the other was sampled, guided by it. Takes five cells of margin.
 */
export function directionalDifferences(
  g: GraphBuilder,
  packed: CellField,
  colours: readonly Phase[],
): Record<Direction, Differences> {
  const planes = [0, 1, 2, 3].map((index) => channelOf(g, packed, index));
  const plane = (phase: Phase): CellField => planes[phaseIndex(phase)] as CellField;
  const lines = (['horizontal', 'vertical'] as const).flatMap((direction) =>
    colours.map((colour) => lineThrough(colour, direction)),
  );
  const margin = packed.margin - 1;
  const pairs = lines.flatMap((line) => {
    const [colour, green] = [plane(line.colour), plane(line.green)];
    return [
      { guide: between(g, colour, line.towardsColour).value, value: windowOf(g, green, margin) },
      { guide: between(g, green, line.towardsGreen).value, value: windowOf(g, colour, margin) },
    ];
  });
  const guide = stack(
    g,
    pairs.map((pair) => pair.guide),
    margin,
  );
  const value = stack(
    g,
    pairs.map((pair) => pair.value),
    margin,
  );
  const laplacians = { guideLaplacian: laplacian(g, guide), valueLaplacian: laplacian(g, value) };
  const slope = guidedSlope(g, { guide, value, ...laplacians }, side, side);
  const rest = g.subtract(windowOf(g, value, slope.margin), g.multiply(slope.value, windowOf(g, guide, slope.margin)));
  const residual: CellField = { value: rest, margin: slope.margin };
  const out = { horizontal: new Array<CellField>(4), vertical: new Array<CellField>(4) };
  lines.forEach((line, index) => {
    const estimate = (channel: number, guidedBy: CellField, shift: CellShift): Value => {
      const mean = between(g, channelOf(g, slope, channel), shift);
      const offset = between(g, channelOf(g, residual, channel), shift);
      return g.add(g.multiply(mean.value, windowOf(g, guidedBy, mean.margin)), offset.value);
    };
    const [colour, green] = [plane(line.colour), plane(line.green)];
    const left = slope.margin - 1;
    const greenAtColour = estimate(2 * index, colour, line.towardsGreen);
    const colourAtGreen = estimate(2 * index + 1, green, line.towardsColour);
    const differences = out[line.direction];
    differences[phaseIndex(line.colour)] = { value: g.subtract(greenAtColour, windowOf(g, colour, left)), margin: left };
    differences[phaseIndex(line.green)] = { value: g.subtract(windowOf(g, green, left), colourAtGreen), margin: left };
  });
  return out;
}

/** 2 x minus both neighbours on the line; the first half of the channels lies along rows. */
function laplacian(g: GraphBuilder, { value, margin }: CellField): CellField {
  const channels = value.shape[1] as number;
  const half = (first: number, rows: number, columns: number): Value => {
    const part = { value: g.slice(value, [{ axis: 1, start: first, end: first + channels / 2 }]), margin };
    const sides = g.add(
      windowOf(g, part, margin - 1, { rows, columns }),
      windowOf(g, part, margin - 1, { rows: -rows, columns: -columns }),
    );
    const centre = windowOf(g, part, margin - 1);
    return g.subtract(g.add(centre, centre), sides);
  };
  return stack(g, [half(0, 0, 1), half(channels / 2, 1, 0)], margin - 1);
}
