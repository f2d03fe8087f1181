import { InputError } from '../../base/errors.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { Value } from '../../graph/graph.ts';
import type { OperatorContext, Raster } from '../operator.ts';
import { firstRowOf } from '../strip-position.ts';

/** Positions travel as two floats, position = high * split + low, since a float alone is exact only to 2^24. */
const split = 4096;

/** The sensor's defects as {@link locateDefects} takes them. Throws InputError where there are more than the graph has room for. */
export function positionsOf({ defects = new Uint32Array() }: SensorDescription, capacity: number): Float32Array {
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

/** Where defects and their copies lie. */
export interface DefectPlaces {
  /** In the flattened planes of the strip, int64 [9, capacity]: each itself, then its copies beyond the edges of the frame. */
  readonly places: Value;
  /** 1 where there is one on the strip, [9, capacity]; else 0, under the first place of all. */
  readonly isThere: Value;
}

/** Declares the map of defects and finds them on packed planes. Made of parameters and of where the strip lies alone. */
export function locateDefects(context: OperatorContext, x: Raster, capacity: number): DefectPlaces {
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
