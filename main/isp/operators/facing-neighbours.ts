import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { type CellField, windowOf } from './demosaic-residual/cell-field.ts';

/**
 * Neighbours of one colour as pairs that face each other across the sample: rows and columns of the first of each, on a plane of
 * that colour; twice as many on the mosaic.
 */
export const facing = [
  [0, 1],
  [1, 0],
  [1, 1],
  [1, -1],
] as const;

/** Planes of what lies at both ends of a pair, beside each sample. */
export type FacingPair = readonly [one: Value, other: Value];

/** The pairs of {@link facing} as planes, each of one cell of margin less than the field. */
export function facingPlanes(g: GraphBuilder, field: CellField): readonly FacingPair[] {
  const beside = (rows: number, columns: number): Value => windowOf(g, field, field.margin - 1, { rows, columns });
  return facing.map(([row, column]) => [beside(row, column), beside(-row, -column)]);
}

/** What the weights of a sample's neighbours are taken for at least, where all are defects. */
export const leastWeightSum = 1e-6;

/** The weight of each good end of a pair in a mean: the more the better both agree; a little where only one is good, 1 or 0. */
export function weightOfPair(g: GraphBuilder, one: Value, other: Value, areBothGood: Value): Value {
  const difference = g.add(g.absolute(g.subtract(one, other)), g.scalar(1e-3));
  const agreement = g.divide(g.scalar(1), g.multiply(difference, difference));
  return g.add(g.multiply(areBothGood, agreement), g.scalar(1e-3));
}

/** What is second in brightness and in darkness. */
interface SecondExtremes {
  readonly bright: Value;
  readonly dark: Value;
}

/**
 * The second brightest and the second darkest of a sample's neighbours, by a tournament of pairs that face each other: `one` and `other`
 * are the ends of each pair, [pairs, samples], a power of two of them.
 */
export function secondExtremes(g: GraphBuilder, one: Value, other: Value): SecondExtremes {
  const [highs, lows] = [g.maximum(one, other), g.minimum(one, other)];
  return { bright: second(g, 'bright', highs, lows), dark: second(g, 'dark', lows, highs) };
}

/** Of pairs, whose outer ends are `first` and whose inner ones `next`: the second from outside of all. */
function second(g: GraphBuilder, side: keyof SecondExtremes, first: Value, next: Value): Value {
  const [higher, lower] = [g.maximum.bind(g), g.minimum.bind(g)];
  const [out, into] = side === 'bright' ? [higher, lower] : [lower, higher];
  const [[a, b], [c, d]] = [halves(g, first), halves(g, next)];
  const runnersUp = out(into(a, b), out(c, d));
  return first.shape[0] === 2 ? runnersUp : second(g, side, out(a, b), runnersUp);
}

function halves(g: GraphBuilder, of: Value): readonly [Value, Value] {
  const count = of.shape[0] as number;
  const half = (start: number): Value => g.slice(of, [{ axis: 0, start, end: start + count / 2 }]);
  return [half(0), half(count / 2)];
}
