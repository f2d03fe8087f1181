import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { OperatorContext, Raster } from '../operator.ts';
import {
  correctedSamples,
  type DefectLimits,
  defectLimits,
  type Evidence,
  otherColours,
  type Tolerance,
} from './defect-judgement.ts';
import { roundingSlack } from './defect-suspects.ts';
import { windowOf } from './demosaic-residual/cell-field.ts';
import { type FacingPair, facingPlanes } from './facing-neighbours.ts';

/**
 * Corrects packed planes where they are, for what makes a picture row by row: every sample is judged, but only the verdict on suspects is
 * asked for. They are those that exceed the second extremes of the four samples beside them by the least margin and their contrast, which
 * every defect does, and it takes no root to see. The outermost cells are not judged, and cut off.
 */
export function correctPlanes(context: OperatorContext, x: Raster, tolerates: Tolerance): Raster {
  const { g } = context;
  const limits = defectLimits(context);
  const margin = x.margin / 2;
  const light = { value: g.minimum(x.value, g.scalar(1)), margin };
  const pairs = facingPlanes(g, light);
  const unchanged = windowOf(g, { value: x.value, margin }, margin - 1);
  const here = windowOf(g, light, margin - 1);
  const cell = cellPairs(g, here);
  const evidence = { unchanged, here, ...neighbourhood(g, pairs), ...otherColours(context, cell, tolerates) };
  const judged = correctedSamples(context, limits, evidence);
  const value = g.where(suspects(g, limits, here, pairs), judged, unchanged);
  return { ...x, value, margin: x.margin - 2 };
}

/** True where a sample may be a defect by what lies straight beside it. */
function suspects(g: GraphBuilder, limits: DefectLimits, here: Value, [beside, below]: readonly FacingPair[]): Value {
  const [one, other] = [beside, below] as [FacingPair, FacingPair];
  const lowerHigh = g.minimum(g.maximum(...one), g.maximum(...other));
  const higherLow = g.maximum(g.minimum(...one), g.minimum(...other));
  const [bright, dark] = [g.maximum(lowerHigh, higherLow), g.minimum(lowerHigh, higherLow)];
  const least = g.add(limits.inTheDark, limits.excess);
  const hotLimit = g.add(g.add(bright, g.subtract(bright, dark)), least);
  const dead = g.subtract(g.subtract(g.multiply(dark, limits.deadShare), limits.inTheDark), here);
  return g.greater(g.maximum(g.subtract(here, hotLimit), dead), g.scalar(-roundingSlack));
}

type Neighbourhood = Pick<Evidence, 'bright' | 'dark' | 'supportedBright' | 'supportedDark'>;

function neighbourhood(g: GraphBuilder, pairs: readonly FacingPair[]): Neighbourhood {
  const highs = pairs.map((pair) => g.maximum(...pair));
  const lows = pairs.map((pair) => g.minimum(...pair));
  const [higher, lower] = [g.maximum.bind(g), g.minimum.bind(g)];
  return {
    bright: second(highs, lows, higher, lower),
    dark: second(lows, highs, lower, higher),
    supportedBright: lows.reduce(higher),
    supportedDark: highs.reduce(lower),
  };
}

type Choice = (a: Value, b: Value) => Value;

/** Of pairs, whose outer ends are `first` and whose inner ones `next`: the second from outside of all, by a tournament. */
function second(first: readonly Value[], next: readonly Value[], out: Choice, into: Choice): Value {
  const half = first.length / 2;
  const halves = (of: readonly Value[], choose: Choice): Value[] =>
    of.slice(0, half).map((value, index) => choose(value, of[half + index] as Value));
  const losers = halves(first, into);
  const runnersUp = halves(next, out).map((value, index) => out(value, losers[index] as Value));
  return half === 1 ? (runnersUp[0] as Value) : second(halves(first, out), runnersUp, out, into);
}

/** The cell's four samples as two pairs, [1, 1, rows, columns] each. */
function cellPairs(g: GraphBuilder, planes: Value): { uppers: [Value, Value]; lowers: [Value, Value] } {
  const [a, b, c, d] = [0, 1, 2, 3].map((plane) => g.slice(planes, [{ axis: 1, start: plane, end: plane + 1 }])) as [
    Value,
    Value,
    Value,
    Value,
  ];
  return { uppers: [g.maximum(a, b), g.maximum(c, d)], lowers: [g.minimum(a, b), g.minimum(c, d)] };
}
