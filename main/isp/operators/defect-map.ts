import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { Value } from '../../graph/graph.ts';
import { expectLayout, type GraphOperator, type OperatorContext, type Raster } from '../operator.ts';
import { patchPlanes } from './defect-map-dense.ts';
import { locateDefects, positionsOf } from './defect-places.ts';
import { facing, leastWeightSum, weightOfPair } from './facing-neighbours.ts';

/** What marks a defect in light, where nothing else comes near. */
const sentinel = 1e6;

/** Room for a sensor's defects in the graph: the next power of two, so that a map can grow without a new graph. */
export function defectCapacity({ defects }: SensorDescription): number {
  return 2 ** Math.ceil(Math.log2(Math.max(256, defects?.length ?? 0)));
}

/**
 * Patches the sensor's known defects on packed planes. Each takes the mean of facing neighbours of its colour, those that agree most
 * counting most, and neighbours that are defects themselves not at all; what has no good neighbour becomes black. Work is done on
 * lists of defects, in place: on planes a masked mean cost as much as the rest of the chain. Where they lie is found once for a
 * frame, and a strip moves it by its first row. Copies of a defect in the mirrored margin are patched with it. A dense graph does the same by
 * {@link patchPlanes}.
 */
export function defectMap(capacity: number): GraphOperator {
  return {
    kind: 'graph',
    id: 'defect-map',
    params: {},
    halo: { above: 2, below: 2 },
    graph: (context, x) => {
      expectLayout(x, 'packed', 'defect-map');
      return context.geometry.dense ? patchPlanes(context, x, capacity) : patchInPlace(context, x, capacity);
    },
    inputs: (_values, sensor) => ({ defect_positions: positionsOf(sensor, capacity) }),
  };
}

function patchInPlace(context: OperatorContext, x: Raster, capacity: number): Raster {
  const { g } = context;
  const [, , rows, columns] = x.value.shape as [number, number, number, number];
  const flat = g.reshape(x.value, [4 * rows * columns]);
  const { places, isThere } = locateDefects(context, x, capacity);
  const everywhere = g.reshape(places, [9 * capacity]);
  // What is not on the strip adds nothing to its first sample.
  const added = (to: Value, values: Value): Value =>
    g.scatterAdd(to, everywhere, g.reshape(g.multiply(values, isThere), [9 * capacity]), 0);
  const marked = added(flat, g.scalar(sentinel));
  const itself = g.slice(places, [{ axis: 0, start: 0, end: 1 }]);
  const value = estimate(context, marked, itself, columns);
  const emptied = added(marked, g.negative(g.gather(marked, places, 0)));
  return { ...x, value: g.reshape(added(emptied, value), [1, 4, rows, columns]) };
}

/** What stands in for each defect, from planes in which all defects are marked; 0 where every neighbour is one, [1, capacity]. */
function estimate({ g }: OperatorContext, marked: Value, at: Value, columns: number): Value {
  const [zero, one] = [g.scalar(0), g.scalar(1)];
  const last = g.integer(Number(marked.shape[0]) - 1);
  const capacity = Number(at.shape[1]);
  const offsets = [-1, 1].flatMap((sign) => facing.map(([row, column]) => BigInt(sign * (row * columns + column))));
  const places = g.add(at, g.constant('int64', BigInt64Array.from(offsets), [offsets.length, 1]));
  const around = g.gather(marked, g.maximum(g.minimum(places, last), g.integer(0)), 0);
  const ends = g.reshape(around, [2, facing.length, capacity]);
  const good = g.clip(g.subtract(g.scalar(sentinel / 2), ends), zero, one);
  const sides = (of: Value): readonly [Value, Value] =>
    [0, 1].map((start) => g.slice(of, [{ axis: 0, start, end: start + 1 }])) as [Value, Value];
  const [before, after] = sides(ends);
  const areBothGood = g.multiply(...sides(good));
  const weights = g.multiply(good, weightOfPair(g, before, after, areBothGood));
  const sum = (of: Value): Value => g.reshape(g.reduceSum(of, [0, 1]), [1, capacity]);
  const clean = g.minimum(ends, g.scalar(sentinel / 4));
  return g.divide(sum(g.multiply(clean, weights)), g.maximum(sum(weights), g.scalar(leastWeightSum)));
}
