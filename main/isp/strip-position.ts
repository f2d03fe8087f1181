import type { Value } from '../graph/graph.ts';
import { stagePorts } from '../processor/stage.ts';
import type { OperatorContext } from './operator.ts';

/** The first mosaic row of the frame that the run makes, as a float scalar: a graph input for strips, 0 for whole frames. */
export function firstRowOf({ g, geometry, input }: OperatorContext): Value {
  if (geometry.whole) return g.scalar(0);
  return input(stagePorts.firstRow, 'float32', [], 'First row of the frame that this run makes, in mosaic rows');
}

/**
 * Where samples `first`, `first + step`, … of an axis lie on the frame, as float positions [count], for each of several [planes, 1] firsts: those
 * beyond an edge lie where the sample is that was mirrored there. Exact below 2^24.
 */
export function mirroredPositions(
  { g }: OperatorContext,
  first: Value,
  { count, step, extent }: { readonly count: number; readonly step: number; readonly extent: number },
): Value {
  const steps = Float32Array.from({ length: count }, (_, index) => index * step);
  const positions = g.absolute(g.add(g.constant('float32', steps, [count]), first));
  const last = g.scalar(extent - 1);
  return g.subtract(last, g.absolute(g.subtract(positions, last)));
}
