import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';

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

/**
 * The second brightest and the second darkest of a sample's neighbours, by a tournament of pairs that face each other: `one` and `other`
 * are the ends of each pair, [pairs, samples], a power of two of them.
 */
export function secondExtremes(g: GraphBuilder, one: Value, other: Value): { readonly bright: Value; readonly dark: Value } {
  const [highs, lows] = [g.maximum(one, other), g.minimum(one, other)];
  const outer = { bright: g.maximum.bind(g), dark: g.minimum.bind(g) };
  const inner = { bright: outer.dark, dark: outer.bright };
  const second = (side: 'bright' | 'dark', first: Value, next: Value): Value => {
    const [[a, b], [c, d]] = [halves(g, first), halves(g, next)];
    const runnerUp = outer[side](inner[side](a, b), outer[side](c, d));
    return first.shape[0] === 2 ? runnerUp : second(side, outer[side](a, b), runnerUp);
  };
  return { bright: second('bright', highs, lows), dark: second('dark', lows, highs) };
}

function halves(g: GraphBuilder, of: Value): readonly [Value, Value] {
  const count = of.shape[0] as number;
  const half = (start: number): Value => g.slice(of, [{ axis: 0, start, end: start + count / 2 }]);
  return [half(0), half(count / 2)];
}
