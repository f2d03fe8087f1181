import { assert } from '../base/errors.ts';
import type { Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';

/** c₀ + c₁ x + c₂ x² + … by Horner's rule: two passes over `x` for each degree. Coefficients are scalars, lowest first. */
export function horner(g: GraphBuilder, x: Value, coefficients: readonly Value[]): Value {
  const [highest, ...lower] = coefficients.toReversed();
  const [next, ...rest] = lower;
  assert(highest && next, 'Expected a polynomial of degree 1 at least');
  const start = g.add(g.multiply(x, highest), next);
  return rest.reduce((sum, coefficient) => g.add(g.multiply(sum, x), coefficient), start);
}
