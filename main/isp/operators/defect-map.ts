import { InputError } from '../../base/errors.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { Value } from '../../graph/graph.ts';
import { expectLayout, type GraphOperator, type OperatorContext, type Raster } from '../operator.ts';
import { firstRowOf } from '../strip-position.ts';
import { facing } from './facing-neighbours.ts';

/** Positions travel as two floats, position = high * split + low, since a float alone is exact only to 2^24. */
const split = 4096;

/** What marks a defect in light, where nothing else comes near. */
const sentinel = 1e6;

/** Room for a sensor's defects in the graph: the next power of two, so that a map can grow without a new graph. */
export function defectCapacity({ defects }: SensorDescription): number {
  return 2 ** Math.ceil(Math.log2(Math.max(256, defects?.length ?? 0)));
}

/**
 * Patches the sensor's known defects on the mosaic. Each takes the mean of facing neighbours of its colour, those that agree most
 * counting most, and neighbours that are defects themselves not at all; what has no good neighbour becomes black. Work is done on
 * lists of defects and not on the raster, which is copied twice: on packed planes a masked mean cost four times as much.
 * Copies of a defect in the mirrored margin are patched with it.
 */
export function defectMap(capacity: number): GraphOperator {
  return {
    kind: 'graph',
    id: 'defect-map',
    params: {},
    halo: { above: 2, below: 2 },
    graph: (context, x) => patch(context, x, capacity),
    inputs: (_values, sensor) => ({ defect_positions: positionsOf(sensor, capacity) }),
  };
}

function positionsOf({ defects = new Uint32Array() }: SensorDescription, capacity: number): Float32Array {
  const known = [...new Set(defects)];
  if (known.length > capacity) {
    const message = `Expected at most ${capacity} defects for the loaded stage but received ${known.length}`;
    throw new InputError('isp.defect-map', message, 'Load the stage again for the larger map.');
  }
  const list = new Float32Array(2 * capacity).fill(-1);
  known.forEach((position, index) => {
    list[index] = Math.floor(position / split);
    list[capacity + index] = position % split;
  });
  return list;
}

function patch(context: OperatorContext, x: Raster, capacity: number): Raster {
  expectLayout(x, 'mosaic', 'defect-map');
  const { g, geometry } = context;
  const [rows, columns] = [geometry.rows + 2 * x.margin, geometry.width + 2 * x.margin];
  const flat = g.reshape(x.value, [rows * columns]);
  const { indices, inside } = locate(context, x, capacity);
  const marked = g.scatterAdd(flat, indices, g.multiply(inside, g.scalar(sentinel)), 0);
  const self = { axis: 0, start: 0, end: capacity };
  const at = g.slice(indices, [self]);
  const change = g.subtract(estimate(context, marked, at, columns), g.gather(flat, at, 0));
  const changes = g.reshape(g.expand(g.reshape(change, [1, capacity]), [9, capacity]), [9 * capacity]);
  const patched = g.scatterAdd(flat, indices, g.multiply(changes, inside), 0);
  const crop = [2, 3].map((axis) => ({ axis, start: 2, end: (axis === 2 ? rows : columns) - 2 }));
  return { ...x, value: g.slice(g.reshape(patched, [1, 1, rows, columns]), crop), margin: x.margin - 2 };
}

/** Defects in the flattened raster, then their copies beyond the edges of the frame: int64 indices, and 1 where there is one. */
function locate(context: OperatorContext, x: Raster, capacity: number): { readonly indices: Value; readonly inside: Value } {
  const { g, geometry, input } = context;
  const { width, height, rows } = geometry;
  const columns = width + 2 * x.margin;
  const help = `Known defects as row * width + column, split by ${split}: high parts, then low parts; -1 where there are no more`;
  const halves = g.cast(input('defect_positions', 'float32', [2, capacity], help), 'int64');
  const half = (index: number): Value => g.reshape(g.slice(halves, [{ axis: 0, start: index, end: index + 1 }]), [capacity]);
  const position = g.add(g.multiply(half(0), g.integer(split)), half(1));
  const row = g.divide(position, g.integer(width));
  const column = g.subtract(position, g.multiply(row, g.integer(width)));
  const strip = g.subtract(g.scalar(x.margin), firstRowOf(context));
  const onRows = copiesAlong(context, row, { extent: height, shift: strip, count: rows + 2 * x.margin });
  const onColumns = copiesAlong(context, column, { extent: width, shift: g.scalar(x.margin), count: columns });
  const listed = g.cast(g.greater(position, g.integer(-1)), 'float32');
  const spread = (value: Value, shape: readonly number[]): Value => g.reshape(value, [...shape, capacity]);
  const inside = g.multiply(spread(g.multiply(onRows.inside, listed), [3, 1]), spread(onColumns.inside, [1, 3]));
  const rowStarts = g.multiply(spread(onRows.at, [3, 1]), g.integer(columns));
  const everywhere = g.add(rowStarts, spread(onColumns.at, [1, 3]));
  // What is not in the raster changes its first sample by nothing.
  const indices = g.multiply(everywhere, g.cast(inside, 'int64'));
  return { indices: g.reshape(indices, [9 * capacity]), inside: g.reshape(inside, [9 * capacity]) };
}

interface AxisOfRaster {
  /** Samples of the frame along the axis, and of the raster with its margins. */
  readonly extent: number;
  readonly count: number;
  /** What is added to a place on the frame to get the place in the raster. */
  readonly shift: Value;
}

/** Places along an axis of the raster: the sample itself, mirrored at the frame's begin, and at its end, [3, capacity] each. */
function copiesAlong(
  { g }: OperatorContext,
  places: Value,
  { extent, shift, count }: AxisOfRaster,
): {
  readonly at: Value;
  readonly inside: Value;
} {
  const [zero, one] = [g.scalar(0), g.scalar(1)];
  const capacity = Number(places.shape[0]);
  const place = g.reshape(g.cast(places, 'float32'), [1, capacity]);
  const untilEnd = g.subtract(g.scalar(extent - 1), place);
  const onFrame = g.concatenate([place, g.negative(place), g.add(g.scalar(extent - 1), untilEnd)], 0);
  const at = g.add(onFrame, shift);
  // The outermost samples are mirrored about themselves and have no copy.
  const hasCopy = g.concatenate([g.add(g.multiply(place, zero), one), g.clip(place, zero, one), g.clip(untilEnd, zero, one)], 0);
  const isWithin = g.multiply(g.clip(g.add(at, one), zero, one), g.clip(g.subtract(g.scalar(count), at), zero, one));
  return { at: g.cast(at, 'int64'), inside: g.multiply(hasCopy, isWithin) };
}

/** What stands in for each defect, from the raster in which all defects are marked; 0 where every neighbour is one, [capacity]. */
function estimate(context: OperatorContext, marked: Value, at: Value, columns: number): Value {
  const { g } = context;
  const [zero, one] = [g.scalar(0), g.scalar(1)];
  const last = g.integer(Number(marked.shape[0]) - 1);
  const neighbours = (sign: number): Value => {
    const offsets = facing.map(([row, column]) => BigInt(sign * (row * columns + column)));
    const indices = g.add(g.reshape(at, [1, -1]), g.constant('int64', BigInt64Array.from(offsets), [facing.length, 1]));
    return g.gather(marked, g.maximum(g.minimum(indices, last), g.integer(0)), 0);
  };
  const [before, after] = [neighbours(-1), neighbours(1)];
  const isGood = (value: Value): Value => g.clip(g.subtract(g.scalar(sentinel / 2), value), zero, one);
  const [good, alsoGood] = [isGood(before), isGood(after)];
  const difference = g.add(g.absolute(g.subtract(before, after)), g.scalar(1e-3));
  const pairWeight = g.divide(g.multiply(good, alsoGood), g.multiply(difference, difference));
  const single = g.scalar(1e-3);
  const weight = (isUsable: Value): Value => g.multiply(isUsable, g.add(pairWeight, single));
  const sum = (a: Value, b: Value): Value => g.reduceSum(g.add(a, b), [0]);
  const [weightBefore, weightAfter] = [weight(good), weight(alsoGood)];
  const total = g.maximum(sum(weightBefore, weightAfter), g.scalar(1e-6));
  const clean = (value: Value, usable: Value): Value => g.multiply(g.minimum(value, g.scalar(sentinel / 4)), usable);
  const weighted = sum(clean(before, weightBefore), clean(after, weightAfter));
  return g.reshape(g.divide(weighted, total), [-1]);
}
