import { assert } from '../base/errors.ts';
import type { Value } from './graph.ts';
import { GraphWriter } from './graph-writer.ts';
import * as infer from './shape-inference.ts';
import { type Dimension, describeShape, type ElementType, GraphError, type Shape, shapesAgree } from './tensor-type.ts';
import * as windows from './window-inference.ts';

/**
 * Writes a graph operator by operator, checking element types and shapes as it goes, so that a mistake is reported at
 * the line that makes it and names the node. Operators are those of ONNX opset 17 that the lab uses.
 */
export class GraphBuilder extends GraphWriter {
  add(a: Value, b: Value): Value {
    return this.#elementwise('Add', a, b);
  }

  subtract(a: Value, b: Value): Value {
    return this.#elementwise('Sub', a, b);
  }

  multiply(a: Value, b: Value): Value {
    return this.#elementwise('Mul', a, b);
  }

  divide(a: Value, b: Value): Value {
    return this.#elementwise('Div', a, b);
  }

  minimum(a: Value, b: Value): Value {
    return this.#elementwise('Min', a, b);
  }

  maximum(a: Value, b: Value): Value {
    return this.#elementwise('Max', a, b);
  }

  power(x: Value, exponent: Value): Value {
    return this.#elementwise('Pow', x, exponent);
  }

  /** True where a > b, element by element. */
  greater(a: Value, b: Value): Value {
    return this.#comparison('Greater', a, b);
  }

  /** True where a < b, element by element. */
  less(a: Value, b: Value): Value {
    return this.#comparison('Less', a, b);
  }

  /** True where a = b, element by element. */
  equal(a: Value, b: Value): Value {
    return this.#comparison('Equal', a, b);
  }

  /** Elements of `a` where `condition` is true, else of `b`. */
  where(condition: Value, a: Value, b: Value): Value {
    const node = this.nextName('Where');
    infer.expectType(node, 'bool', condition);
    infer.expectType(node, a.type, b);
    const shape = infer.broadcast(node, condition, { ...a, shape: infer.broadcast(node, a, b) });
    return this.node('Where', [condition, a, b], {}, { type: a.type, shape });
  }

  squareRoot(x: Value): Value {
    return this.#floatFunction('Sqrt', x);
  }

  exponential(x: Value): Value {
    return this.#floatFunction('Exp', x);
  }

  logarithm(x: Value): Value {
    return this.#floatFunction('Log', x);
  }

  hyperbolicTangent(x: Value): Value {
    return this.#floatFunction('Tanh', x);
  }

  /** 1 / x. */
  reciprocal(x: Value): Value {
    return this.#floatFunction('Reciprocal', x);
  }

  /** To the nearest integer, halves to the even one. */
  round(x: Value): Value {
    return this.#floatFunction('Round', x);
  }

  floor(x: Value): Value {
    return this.#floatFunction('Floor', x);
  }

  absolute(x: Value): Value {
    return this.node('Abs', [x], {}, x);
  }

  negative(x: Value): Value {
    return this.node('Neg', [x], {}, x);
  }

  cast(x: Value, type: ElementType): Value {
    return this.node('Cast', [x], { to: infer.onnxCode(type) }, { type, shape: x.shape });
  }

  /** Clips to scalars, which may be run-time values. */
  clip(x: Value, lowest: Value, highest: Value): Value {
    infer.expectType(this.nextName('Clip'), x.type, lowest, highest);
    infer.expectScalar(this.nextName('Clip'), lowest);
    infer.expectScalar(this.nextName('Clip'), highest);
    return this.node('Clip', [x, lowest, highest], {}, x);
  }

  reduceMinimum(x: Value, axes: readonly number[]): Value {
    return this.#reduction('ReduceMin', x, axes);
  }

  reduceMaximum(x: Value, axes: readonly number[]): Value {
    return this.#reduction('ReduceMax', x, axes);
  }

  reduceMean(x: Value, axes: readonly number[]): Value {
    return this.#reduction('ReduceMean', x, axes);
  }

  /** The sum over axes, which stay with extent 1. */
  reduceSum(x: Value, axes: readonly number[]): Value {
    const node = this.nextName('ReduceSum');
    infer.expectAxes(node, x, axes);
    const list = this.#integers(axes);
    return this.node('ReduceSum', [x, list], { keepdims: 1 }, { type: x.type, shape: infer.reduced(x.shape, axes) });
  }

  matrixMultiply(a: Value, b: Value): Value {
    infer.expectType(this.nextName('MatMul'), 'float32', a, b);
    const shape = infer.matrixProduct(this.nextName('MatMul'), a, b);
    return this.node('MatMul', [a, b], {}, { type: a.type, shape });
  }

  /** `shape` may hold one -1, which takes what the other dimensions leave. */
  reshape(x: Value, shape: readonly number[]): Value {
    const target = this.#integers(shape);
    return this.node(
      'Reshape',
      [x, target],
      {},
      { type: x.type, shape: infer.reshaped(this.nextName('Reshape'), x.shape, shape) },
    );
  }

  transpose(x: Value, permutation: readonly number[]): Value {
    const shape = infer.transposed(this.nextName('Transpose'), x.shape, permutation);
    return this.node('Transpose', [x], { perm: permutation }, { type: x.type, shape });
  }

  concatenate(values: readonly Value[], axis: number): Value {
    const first = values[0];
    assert(first !== undefined, 'Expected at least one value to concatenate');
    const shape = infer.concatenated(this.nextName('Concat'), values, axis);
    return this.node('Concat', values, { axis }, { type: first.type, shape });
  }

  /** Repeats dimensions of extent 1 up to `shape`. */
  expand(x: Value, shape: readonly number[]): Value {
    const target = this.#integers(shape);
    return this.node('Expand', [x, target], {}, { type: x.type, shape: infer.expanded(this.nextName('Expand'), x.shape, shape) });
  }

  /**
   * Part of a value: from `start` to `end` along each axis named, every `step`-th element. A negative start or end counts from
   * the end of the axis.
   */
  slice(x: Value, ranges: readonly windows.AxisRange[]): Value {
    const shape = windows.sliced(this.nextName('Slice'), x, ranges);
    const list = (of: (range: windows.AxisRange) => number): Value => this.#integers(ranges.map(of));
    const bounds = [list(({ start }) => start), list(({ end }) => end)];
    const inputs = [x, ...bounds, list(({ axis }) => axis), list(({ step }) => step ?? 1)];
    return this.node('Slice', inputs, {}, { type: x.type, shape });
  }

  /** As many rows of an axis as `rows`, from a row on that is only known at run time: `start` is an int64 vector of one. */
  rowsFrom(x: Value, start: Value, rows: number, axis = 0): Value {
    const node = this.nextName('Slice');
    infer.expectType(node, 'int64', start);
    const end = this.add(start, this.#integers([rows]));
    infer.expectAxes(node, x, [axis]);
    const shape = x.shape.with(axis, rows);
    return this.node('Slice', [x, start, end, this.#integers([axis])], {}, { type: x.type, shape });
  }

  /** `x` with the last element of `axis` first. */
  reverse(x: Value, axis: number): Value {
    infer.expectAxes(this.nextName('Slice'), x, [axis]);
    // Beyond every extent on the left, which -1 would not be: it counts from the end.
    const beyond = -(2 ** 31);
    const bounds = [-1, beyond, axis, -1].map((bound) => this.#integers([bound]));
    return this.node('Slice', [x, ...bounds], {}, x);
  }

  /** The elements of `x` along `axis` at `indices` (int32 or int64), whose shape takes the place of that axis. */
  gather(x: Value, indices: Value, axis: number): Value {
    const shape = windows.gathered(this.nextName('Gather'), x, indices, axis);
    return this.node('Gather', [x, indices], { axis }, { type: x.type, shape });
  }

  /** `x` with `updates` added at `indices` (int64) along `axis`; repeated indices add up. */
  scatterAdd(x: Value, indices: Value, updates: Value, axis: number): Value {
    return this.#scatter(x, indices, updates, { axis, reduction: 'add' });
  }

  /** `x` with `updates` in the place of its elements at `indices` (int64) along `axis`. */
  scatter(x: Value, indices: Value, updates: Value, axis: number): Value {
    return this.#scatter(x, indices, updates, { axis });
  }

  /** Where `x` is not zero, in reading order: the index along each axis as a row of int64, [rank, 'found']. */
  nonZero(x: Value): Value {
    return this.node('NonZero', [x], {}, { type: 'int64', shape: [x.shape.length, 'found'] });
  }

  /** A whole number as an int64 scalar. */
  integer(value: number): Value {
    return this.constant('int64', BigInt64Array.of(BigInt(value)), []);
  }

  /** The `count` largest or smallest elements along `axis`, the outermost first. */
  extremes(x: Value, which: 'largest' | 'smallest', count: number, axis: number): Value {
    const node = this.nextName('TopK');
    infer.expectAxes(node, x, [axis]);
    const extent = x.shape[axis] as Dimension;
    if (typeof extent === 'number' && count > extent) throw new GraphError(node, `at most ${extent} elements`, String(count));
    const shape = x.shape.map((dimension, at) => (at === axis ? count : dimension));
    const attributes = { axis, largest: which === 'largest' ? 1 : 0, sorted: 1 };
    const results = [x.type, 'int64'].map((type) => ({ type: type as ElementType, shape }));
    return this.nodeOfMany('TopK', [x, this.#integers([count])], attributes, results)[0] as Value;
  }

  /**
   * Mirrors rows and columns about the border samples without repeating them, which keeps the CFA phase for even
   * amounts. `pads` is an int64 vector [begin of every axis, end of every axis]; the caller states the padded shape,
   * because run-time pads leave it open.
   */
  padReflect(x: Value, pads: Value, paddedShape: Shape): Value {
    return this.#pad('reflect', x, pads, paddedShape);
  }

  /** As {@link padReflect}, repeating the border samples. */
  padEdge(x: Value, pads: Value, paddedShape: Shape): Value {
    return this.#pad('edge', x, pads, paddedShape);
  }

  /**
   * Two-dimensional convolution without padding; `weights` are [outputs, inputs / groups, kernel rows, kernel columns]. With
   * as many groups as input channels every channel has a filter of its own.
   */
  convolve(x: Value, weights: Value, strides: readonly [number, number], groups = 1): Value {
    infer.expectType(this.nextName('Conv'), 'float32', x, weights);
    const shape = infer.convolved(this.nextName('Conv'), x, weights, strides, groups);
    const kernel = weights.shape.slice(2) as number[];
    const grouped = groups === 1 ? {} : { group: groups };
    return this.node('Conv', [x, weights], { kernel_shape: kernel, strides, ...grouped }, { type: x.type, shape });
  }

  /** Mean of each window of `kernel` rows and columns, without padding. */
  averagePool(x: Value, kernel: readonly [number, number], strides: readonly [number, number] = [1, 1]): Value {
    return this.#pool('AveragePool', x, kernel, strides);
  }

  /** Largest sample of each window of `kernel` rows and columns, without padding. */
  maximumPool(x: Value, kernel: readonly [number, number], strides: readonly [number, number] = [1, 1]): Value {
    return this.#pool('MaxPool', x, kernel, strides);
  }

  /** Bilinear interpolation of the last two axes to `rows` x `columns`; first and last samples meet (`align_corners`) or centres do. */
  resizeLinear(x: Value, rows: number, columns: number, alignment: 'align_corners' | 'half_pixel'): Value {
    const shape = windows.resized(this.nextName('Resize'), x, rows, columns);
    const none = this.constant('float32', [], [0]);
    const sizes = this.#integers(shape.map(Number));
    const attributes = { mode: 'linear', coordinate_transformation_mode: alignment };
    return this.node('Resize', [x, none, none, sizes], attributes, { type: x.type, shape });
  }

  /** round(x / scale) + zeroPoint, saturated to 8 bits; `scale` and `zeroPoint` per channel of `axis`. */
  quantizeToUint8(x: Value, scale: Value, zeroPoint: Value, axis: number): Value {
    const node = this.nextName('QuantizeLinear');
    infer.expectAxes(node, x, [axis]);
    infer.expectType(node, 'float32', x, scale);
    infer.expectType(node, 'uint8', zeroPoint);
    for (const perChannel of [scale, zeroPoint]) {
      if (shapesAgree(perChannel.shape, [x.shape[axis] as number])) continue;
      throw new GraphError(node, `${perChannel.name} of shape [${x.shape[axis]}]`, describeShape(perChannel.shape));
    }
    return this.node('QuantizeLinear', [x, scale, zeroPoint], { axis }, { type: 'uint8', shape: x.shape });
  }

  #elementwise(operator: string, a: Value, b: Value): Value {
    infer.expectType(this.nextName(operator), a.type, b);
    return this.node(operator, [a, b], {}, { type: a.type, shape: infer.broadcast(this.nextName(operator), a, b) });
  }

  #comparison(operator: string, a: Value, b: Value): Value {
    infer.expectType(this.nextName(operator), a.type, b);
    return this.node(operator, [a, b], {}, { type: 'bool', shape: infer.broadcast(this.nextName(operator), a, b) });
  }

  #floatFunction(operator: string, x: Value): Value {
    infer.expectType(this.nextName(operator), 'float32', x);
    return this.node(operator, [x], {}, x);
  }

  #reduction(operator: string, x: Value, axes: readonly number[]): Value {
    infer.expectAxes(this.nextName(operator), x, axes);
    return this.node(operator, [x], { axes, keepdims: 1 }, { type: x.type, shape: infer.reduced(x.shape, axes) });
  }

  #scatter(x: Value, indices: Value, updates: Value, attributes: { readonly axis: number; readonly reduction?: 'add' }): Value {
    const node = this.nextName('ScatterElements');
    infer.expectAxes(node, x, [attributes.axis]);
    infer.expectType(node, 'int64', indices);
    infer.expectType(node, x.type, updates);
    if (!shapesAgree(indices.shape, updates.shape)) {
      throw new GraphError(node, `updates of shape ${describeShape(indices.shape)}`, describeShape(updates.shape));
    }
    return this.node('ScatterElements', [x, indices, updates], attributes, x);
  }

  #pool(operator: string, x: Value, kernel: readonly [number, number], strides: readonly [number, number]): Value {
    infer.expectType(this.nextName(operator), 'float32', x);
    const shape = windows.pooled(this.nextName(operator), x, kernel, strides);
    return this.node(operator, [x], { kernel_shape: kernel, strides }, { type: x.type, shape });
  }

  #pad(mode: 'reflect' | 'edge', x: Value, pads: Value, paddedShape: Shape): Value {
    const node = this.nextName('Pad');
    if (pads.type !== 'int64' || !shapesAgree(pads.shape, [2 * x.shape.length])) {
      throw new GraphError(node, `int64 pads of shape [${2 * x.shape.length}]`, `${pads.type} ${describeShape(pads.shape)}`);
    }
    infer.expectPadded(node, x, this.constantOf(pads), paddedShape);
    return this.node('Pad', [x, pads], { mode }, { type: x.type, shape: paddedShape });
  }

  #integers(list: readonly number[]): Value {
    return this.constant('int64', BigInt64Array.from(list, BigInt), [list.length]);
  }
}
