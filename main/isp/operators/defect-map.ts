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
 * Patches the sensor's known defects on packed planes. Each takes the mean of facing neighbours of its colour, those that agree most
 * counting most, and neighbours that are defects themselves not at all; what has no good neighbour becomes black. Work is done on
 * lists of defects, in place: on planes a masked mean cost as much as the rest of the chain. Where they lie is found once for a
 * frame, and a strip moves it by its first row. Copies of a defect in the mirrored margin are patched with it.
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
  expectLayout(x, 'packed', 'defect-map');
  const { g } = context;
  const [, , rows, columns] = x.value.shape as [number, number, number, number];
  const flat = g.reshape(x.value, [4 * rows * columns]);
  const { places, isThere } = locate(context, x, capacity);
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

/**
 * Places of the defects in the flattened planes of the strip, int64 [9, capacity]: each itself, then its copies beyond the edges of the
 * frame. What is not on the strip has the first place of all, and 0 in the place of 1.
 */
function locate(context: OperatorContext, x: Raster, capacity: number): { readonly places: Value; readonly isThere: Value } {
  const { g, geometry, input } = context;
  const { width, height } = geometry;
  const [, , rows, columns] = x.value.shape as [number, number, number, number];
  const help = `Known defects as row * width + column, split by ${split}: high parts, then low parts; -1 where there are no more`;
  const halves = g.cast(input('defect_positions', 'float32', [2, capacity], help), 'int64');
  const half = (index: number): Value => g.slice(halves, [{ axis: 0, start: index, end: index + 1 }]);
  const position = g.add(g.multiply(half(0), g.integer(split)), half(1));
  const row = g.divide(position, g.integer(width));
  const column = g.subtract(position, g.multiply(row, g.integer(width)));
  const [onRows, onColumns] = [copiesAlong(context, row, height), copiesAlong(context, column, width)];
  const halo = g.scalar(x.margin / 2);
  const alongColumns = (value: Value): Value => g.reshape(value, [1, 3, capacity]);
  const alongRows = (value: Value): Value => g.reshape(value, [3, 1, capacity]);
  const columnCell = g.add(onColumns.cell, halo);
  const listed = g.cast(g.greater(position, g.integer(-1)), 'float32');
  const exists = g.multiply(alongRows(g.multiply(onRows.exists, listed)), alongColumns(onColumns.exists));
  const isWithinRow = g.multiply(exists, alongColumns(within(context, columnCell, columns)));
  const plane = g.add(g.multiply(onRows.phase, g.scalar(2)), onColumns.phase);
  const planeRow = g.add(g.multiply(plane, g.scalar(rows)), g.add(onRows.cell, halo));
  const ofFrame = g.add(
    g.multiply(alongRows(g.cast(planeRow, 'int64')), g.integer(columns)),
    alongColumns(g.cast(columnCell, 'int64')),
  );
  // All above is the same for every strip of a frame.
  const firstCell = g.multiply(firstRowOf(context), g.scalar(1 / 2));
  const rowCell = g.subtract(g.add(onRows.cell, halo), firstCell);
  const isOnStrip = g.multiply(isWithinRow, alongRows(within(context, rowCell, rows)));
  const onStrip = g.subtract(ofFrame, g.multiply(g.cast(firstCell, 'int64'), g.integer(columns)));
  const places = g.multiply(onStrip, g.cast(isOnStrip, 'int64'));
  return { places: g.reshape(places, [9, capacity]), isThere: g.reshape(isOnStrip, [9, capacity]) };
}

interface Copies {
  /** The cell along the axis, from the frame's first on: of the sample itself, mirrored at the frame's begin, and at its end, [3, capacity]. */
  readonly cell: Value;
  /** The place within the cell, 0 or 1, of all three: mirroring leaves a sample its colour, [1, capacity]. */
  readonly phase: Value;
  /** 1 where there is one, [3, capacity]. */
  readonly exists: Value;
}

/** Where samples at `places` of an axis lie, `extent` samples long, and where their copies do. */
function copiesAlong({ g }: OperatorContext, places: Value, extent: number): Copies {
  const [zero, one] = [g.scalar(0), g.scalar(1)];
  const place = g.cast(places, 'float32');
  const untilEnd = g.subtract(g.scalar(extent - 1), place);
  const at = g.concatenate([place, g.negative(place), g.add(g.scalar(extent - 1), untilEnd)], 0);
  const cell = (of: Value): Value => g.floor(g.multiply(of, g.scalar(1 / 2)));
  // The outermost samples are mirrored about themselves and have no copy.
  const exists = g.concatenate([g.add(g.multiply(place, zero), one), g.clip(place, zero, one), g.clip(untilEnd, zero, one)], 0);
  return { cell: cell(at), phase: g.subtract(place, g.multiply(cell(place), g.scalar(2))), exists };
}

/** 1 where a whole number is one of 0 to `count` - 1, else 0. */
function within({ g }: OperatorContext, value: Value, count: number): Value {
  const [zero, one] = [g.scalar(0), g.scalar(1)];
  return g.multiply(g.clip(g.add(value, one), zero, one), g.clip(g.subtract(g.scalar(count), value), zero, one));
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
  const difference = g.add(g.absolute(g.subtract(before, after)), g.scalar(1e-3));
  const agreement = g.divide(one, g.multiply(difference, difference));
  const areBothGood = g.multiply(...sides(good));
  const weights = g.multiply(good, g.add(g.multiply(areBothGood, agreement), g.scalar(1e-3)));
  const sum = (of: Value): Value => g.reshape(g.reduceSum(of, [0, 1]), [1, capacity]);
  const clean = g.minimum(ends, g.scalar(sentinel / 4));
  return g.divide(sum(g.multiply(clean, weights)), g.maximum(sum(weights), g.scalar(1e-6)));
}
