import type { Value } from '../../../graph/graph.ts';
import type { GraphBuilder } from '../../../graph/graph-builder.ts';
import { boxMean, type CellField, windowOf } from './cell-field.ts';

/** What keeps divisions away from zero: variances of one 8-bit step, far below any noise and far above rounding. */
const floor = 1 / 255 ** 2;

/** What slopes are estimated from; guide and value lie at the same positions, as do their Laplacians. */
export interface SlopeInputs {
  readonly guide: CellField;
  readonly value: CellField;
  readonly guideLaplacian: CellField;
  readonly valueLaplacian: CellField;
}

/**
 * The slope of `value` over `guide` that leaves the least Laplacian energy in a window, averaged over the windows that hold a
 * sample with the inverse of what each leaves unexplained (D. Kiku, Y. Monno, M. Tanaka, M. Okutomi, "Minimized-Laplacian
 * residual interpolation for color image demosaicking", 2014). The paper's intercept is left out: interpolating the
 * residual of value - slope * guide gives the same estimate for any intercept. Sides are odd numbers of cells.
 */
export function guidedSlope(g: GraphBuilder, inputs: SlopeInputs, side: number, averageSide: number): CellField {
  const { guide, value, guideLaplacian, valueLaplacian } = inputs;
  const mean = (product: Value, margin: number): CellField => boxMean(g, { value: product, margin }, side);
  const square = (x: Value): Value => g.multiply(x, x);
  const margin = guideLaplacian.margin;
  const shared = mean(g.multiply(guideLaplacian.value, valueLaplacian.value), margin);
  const own = mean(square(guideLaplacian.value), margin);
  const slope = g.divide(shared.value, g.add(own.value, g.scalar(floor)));
  const [x, y] = [windowOf(g, guide, margin), windowOf(g, value, margin)];
  // Statistics of y - slope * x need no means of their own products: its variance is a quadratic in the slope.
  const [meanX, meanY] = [mean(x, margin).value, mean(y, margin).value];
  const varianceX = g.subtract(mean(square(x), margin).value, square(meanX));
  const varianceY = g.subtract(mean(square(y), margin).value, square(meanY));
  const covariance = g.subtract(mean(g.multiply(x, y), margin).value, g.multiply(meanX, meanY));
  const explained = g.multiply(slope, g.subtract(g.multiply(slope, varianceX), g.add(covariance, covariance)));
  const unexplained = g.add(varianceY, explained);
  const weight = g.reciprocal(g.maximum(unexplained, g.scalar(floor)));
  const total = boxMean(g, { value: weight, margin: own.margin }, averageSide);
  const weighted = boxMean(g, { value: g.multiply(slope, weight), margin: own.margin }, averageSide);
  return { value: g.divide(weighted.value, total.value), margin: total.margin };
}
