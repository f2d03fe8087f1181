import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { OperatorContext, Raster } from '../operator.ts';
import { locateDefects } from './defect-places.ts';
import { windowOf } from './demosaic-residual/cell-field.ts';
import { facingPlanes, leastWeightSum, weightOfPair } from './facing-neighbours.ts';

/**
 * Patches known defects of packed planes where they are, for what makes a picture row by row: a mask says where they lie, and estimates
 * are asked for only there. The outermost cells, whose neighbours are not all there, are cut off.
 */
export function patchPlanes(context: OperatorContext, x: Raster, capacity: number): Raster {
  const { g } = context;
  const field = { value: x.value, margin: x.margin / 2 };
  const isDefect = { ...field, value: maskOf(context, x, capacity) };
  const neighbours = facingPlanes(g, field);
  const marks = facingPlanes(g, isDefect);
  const pairs = neighbours.map((pair, index) => estimateOf(g, pair, marks[index] as readonly [Value, Value]));
  const sum = (of: readonly Value[]): Value => of.reduce((total, value) => g.add(total, value));
  const weights = sum(pairs.map(({ weight }) => weight));
  const estimate = g.divide(sum(pairs.map(({ weighted }) => weighted)), g.maximum(weights, g.scalar(leastWeightSum)));
  const isHere = g.greater(windowOf(g, isDefect, field.margin - 1), g.scalar(0));
  const value = g.where(isHere, estimate, windowOf(g, field, field.margin - 1));
  return { ...x, value, margin: x.margin - 2 };
}

/** Planes with more than 0 where a defect lies, 0 elsewhere: what is not on the strip adds nothing to its first place. */
function maskOf(context: OperatorContext, x: Raster, capacity: number): Value {
  const { g } = context;
  const { places, isThere } = locateDefects(context, x, capacity);
  const [, , rows, columns] = x.value.shape as [number, number, number, number];
  const nothing = g.expand(g.constant('float32', [0], [1]), [4 * rows * columns]);
  const list = (of: Value): Value => g.reshape(of, [9 * capacity]);
  return g.reshape(g.scatterAdd(nothing, list(places), list(isThere), 0), [1, 4, rows, columns]);
}

/** What a pair of facing neighbours adds to a mean: nothing by an end that is a defect itself. */
function estimateOf(
  g: GraphBuilder,
  [one, other]: readonly [Value, Value],
  marks: readonly [Value, Value],
): { readonly weight: Value; readonly weighted: Value } {
  const good = marks.map((mark) => g.subtract(g.scalar(1), g.minimum(mark, g.scalar(1)))) as [Value, Value];
  const common = weightOfPair(g, one, other, g.multiply(...good));
  const [first, second] = good.map((isGood) => g.multiply(isGood, common)) as [Value, Value];
  return { weight: g.add(first, second), weighted: g.add(g.multiply(one, first), g.multiply(other, second)) };
}
