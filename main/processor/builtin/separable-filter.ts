import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { withBorder } from './video-planes.ts';

/**
 * Columns that are made at once, each as a channel of its own. ONNX Runtime convolves 8 or 16 channels at a time, whichever the machine's
 * vectors hold, and would leave all but one of them idle on a plane.
 */
const phases = 16;

/**
 * Filters along rows: a plane [1, 1, rows, columns], border samples repeated for an odd number of weights, becomes
 * [1, 16, rows + weights - 1, columns / 16], where channel p holds columns p, p + 16, and so on; {@link planeOfPhases} undoes that.
 */
export function acrossInPhases(g: GraphBuilder, plane: Value, weights: readonly number[]): Value {
  const width = weights.length + phases - 1;
  const kernels = Array.from({ length: phases }, (_, phase) =>
    Array.from({ length: width }, (_tap, column) => weights[column - phase] ?? 0),
  );
  const padded = withBorder(g, plane, (weights.length - 1) / 2, phases - 1);
  return g.convolve(padded, g.constant('float32', kernels.flat(), [phases, 1, 1, width]), [1, phases]);
}

/** Filters what {@link acrossInPhases} has made along columns, which leaves the plane's own rows where the weights are as many. */
export function downInPhases(g: GraphBuilder, x: Value, weights: readonly number[]): Value {
  const kernels = Array.from({ length: phases }, () => weights).flat();
  return g.convolve(x, g.constant('float32', kernels, [phases, 1, weights.length, 1]), [1, 1], phases);
}

/** Phases of columns as a plane [1, 1, rows, columns]. */
export function planeOfPhases(g: GraphBuilder, x: Value, columns: number): Value {
  const rows = x.shape[2] as number;
  const interleaved = g.reshape(g.transpose(x, [0, 2, 3, 1]), [1, 1, rows, -1]);
  return g.slice(interleaved, [{ axis: 3, start: 0, end: columns }]);
}
