import type { Value } from './graph.ts';
import { type Dimension, describeShape, GraphError, type Shape } from './tensor-type.ts';

/** Elements of one axis: every `step`-th (1 by default) from `start` up to but without `end`; a negative bound counts from the axis' end. */
export interface AxisRange {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step?: number;
}

/** Shape after Slice. Axes are fixed extents and steps positive; an empty range is refused. */
export function sliced(node: string, x: Value, ranges: readonly AxisRange[]): Shape {
  const shape = [...x.shape];
  for (const { axis, start, end, step = 1 } of ranges) {
    const extent = shape[axis];
    if (typeof extent !== 'number') throw new GraphError(node, `a fixed extent of axis ${axis}`, describeShape(x.shape));
    const bound = (value: number): number => Math.min(extent, Math.max(0, value < 0 ? value + extent : value));
    const count = Math.ceil((bound(end) - bound(start)) / step);
    if (step < 1 || count < 1) {
      throw new GraphError(node, `a range within ${describeShape(x.shape)}`, `${start} to ${end} by ${step} of axis ${axis}`);
    }
    shape[axis] = count;
  }
  return shape;
}

/** Shape after Gather: that of the indices in the place of `axis`. */
export function gathered(node: string, x: Value, indices: Value, axis: number): Shape {
  if (indices.type !== 'int32' && indices.type !== 'int64') throw new GraphError(node, 'integer indices', indices.type);
  if (!(axis in x.shape)) throw new GraphError(node, `an axis of ${describeShape(x.shape)}`, String(axis));
  return [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
}

/** Shape after a pooling without padding, NCHW. */
export function pooled(node: string, x: Value, kernel: readonly [number, number], strides: readonly [number, number]): Shape {
  const [batch, channels, rows, columns] = x.shape;
  if (x.shape.length !== 4) throw new GraphError(node, 'planes [batch, channels, rows, columns]', describeShape(x.shape));
  const extent = (size: Dimension | undefined, window: number, stride: number): Dimension => {
    if (typeof size !== 'number') return 'strided';
    if (window > size) throw new GraphError(node, `a window within ${describeShape(x.shape)}`, describeShape(kernel));
    return Math.floor((size - window) / stride) + 1;
  };
  return [batch as Dimension, channels as Dimension, extent(rows, kernel[0], strides[0]), extent(columns, kernel[1], strides[1])];
}

/** Shape after resizing the last two axes, which may be open. */
export function resized(node: string, x: Value, rows: number, columns: number): Shape {
  const [batch, channels] = x.shape;
  const isKnown = x.shape.length === 4 && typeof batch === 'number' && typeof channels === 'number';
  if (!isKnown) throw new GraphError(node, 'planes of as many channels as are known', describeShape(x.shape));
  if (!(rows >= 1 && columns >= 1)) throw new GraphError(node, 'at least one row and column', `${rows} x ${columns}`);
  return [batch as Dimension, channels as Dimension, rows, columns];
}
