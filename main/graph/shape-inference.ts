import type { Constant, ConstantData, Value } from './graph.ts';
import {
  broadcastShapes,
  type Dimension,
  describeShape,
  type ElementType,
  elementCount,
  GraphError,
  onnxElementCodes,
  type Shape,
  shapesAgree,
} from './tensor-type.ts';

/** The `TensorProto.DataType` code of an element type, for Cast. */
export function onnxCode(type: ElementType): number {
  return onnxElementCodes[type];
}

/** Throws unless the value is a scalar. */
export function expectScalar(node: string, value: Value): void {
  if (value.shape.length !== 0) throw new GraphError(node, 'a scalar', describeShape(value.shape));
}

/** Throws unless every value has that element type. */
export function expectType(node: string, type: ElementType, ...values: readonly Value[]): void {
  const wrong = values.find((value) => value.type !== type);
  if (wrong) throw new GraphError(node, `${type} values`, `${wrong.type} in ${wrong.name}`);
}

/** Throws unless the axes exist. */
export function expectAxes(node: string, x: Value, axes: readonly number[]): void {
  const rank = x.shape.length;
  const wrong = axes.find((axis) => !Number.isInteger(axis) || axis < 0 || axis >= rank);
  if (wrong !== undefined) throw new GraphError(node, `an axis from 0 to ${rank - 1}`, String(wrong));
}

const dataTypes: Record<ElementType, new (length: number) => ConstantData | Uint8Array> = {
  float32: Float32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
};

/** Throws unless data is of the typed array that belongs to the element type. */
export function expectData(node: string, type: ElementType, data: ConstantData): void {
  const expected = dataTypes[type];
  if (!(data instanceof expected)) throw new GraphError(node, `${expected.name} for ${type} data`, data.constructor.name);
}

/** Throws unless the padded shape has the rank of the input and, where the pads are known, exactly its extents. */
export function expectPadded(node: string, x: Value, pads: Constant | undefined, padded: Shape): void {
  const rank = x.shape.length;
  const known = pads && [...pads.data].map(Number);
  const expected = x.shape.map((extent, axis) => {
    if (typeof extent === 'string' || !known) return 'any';
    return extent + (known[axis] as number) + (known[axis + rank] as number);
  });
  if (!shapesAgree(expected, padded))
    throw new GraphError(node, `a padded shape of ${describeShape(expected)}`, describeShape(padded));
}

/** Shape of an element-wise operation on two values. */
export function broadcast(node: string, a: Value, b: Value): Shape {
  return broadcastShapes(node, a.shape, b.shape);
}

/** Shape after a reduction that keeps the reduced axes with extent 1. */
export function reduced(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((dimension, axis) => (axes.includes(axis) ? 1 : dimension));
}

/** Shape of a matrix product; leading dimensions broadcast. */
export function matrixProduct(node: string, a: Value, b: Value): Shape {
  const inner = a.shape.at(-1);
  const other = b.shape.at(-2);
  if (a.shape.length < 2 || b.shape.length < 2 || (inner !== other && typeof inner === 'number' && typeof other === 'number')) {
    throw new GraphError(node, `a right operand with ${inner} rows`, describeShape(b.shape));
  }
  const batch = broadcastShapes(node, a.shape.slice(0, -2), b.shape.slice(0, -2));
  return [...batch, a.shape.at(-2) as Dimension, b.shape.at(-1) as Dimension];
}

/** Shape after Reshape; with symbolic input dimensions a -1 becomes a symbol. */
export function reshaped(node: string, from: Shape, to: readonly number[]): Shape {
  const total = elementCount(from);
  const known = to.filter((extent) => extent !== -1).reduce((product, extent) => product * extent, 1);
  const open = to.filter((extent) => extent === -1).length;
  const fits = total === undefined || (open === 0 ? total === known : total % known === 0);
  if (open > 1 || !fits) throw new GraphError(node, `a shape that holds ${describeShape(from)}`, describeShape(to));
  return to.map((extent) => (extent !== -1 ? extent : total === undefined ? 'rest' : total / known));
}

/** Shape after Transpose. */
export function transposed(node: string, shape: Shape, permutation: readonly number[]): Shape {
  const complete = [...permutation].sort((a, b) => a - b).every((axis, index) => axis === index);
  if (!complete || permutation.length !== shape.length) {
    throw new GraphError(node, `a permutation of ${shape.length} axes`, `[${permutation.join(', ')}]`);
  }
  return permutation.map((axis) => shape[axis] as Dimension);
}

/** Shape after Concat: all dimensions but `axis` agree. */
export function concatenated(node: string, values: readonly Value[], axis: number): Shape {
  const first = values[0] as Value;
  let extent = 0;
  for (const value of values) {
    const agrees = value.shape.length === first.shape.length && value.shape.every((d, i) => i === axis || d === first.shape[i]);
    const along = value.shape[axis];
    if (!agrees || typeof along !== 'number' || value.type !== first.type) {
      throw new GraphError(
        node,
        `${first.type} ${describeShape(first.shape)} but for axis ${axis}`,
        `${value.type} ${describeShape(value.shape)}`,
      );
    }
    extent += along;
  }
  return first.shape.map((dimension, index) => (index === axis ? extent : dimension));
}

/** Shape after Expand: `to`, which the input must broadcast to. */
export function expanded(node: string, from: Shape, to: readonly number[]): Shape {
  const result = broadcastShapes(node, from, to);
  if (describeShape(result) !== describeShape(to))
    throw new GraphError(node, `a shape that expands to ${describeShape(to)}`, describeShape(from));
  return to;
}

/** Shape after a convolution without padding, NCHW, whose channels are split into `groups`. */
export function convolved(node: string, x: Value, weights: Value, strides: readonly [number, number], groups = 1): Shape {
  const [batch, channels, rows, columns] = x.shape;
  const [outputs, inputs, kernelRows, kernelColumns] = weights.shape;
  const isDivided = Number(outputs) % groups === 0 && channels === Number(inputs) * groups;
  if (x.shape.length !== 4 || weights.shape.length !== 4 || !isDivided) {
    const grouped = groups === 1 ? '' : ` in ${groups} groups`;
    throw new GraphError(node, `weights for ${channels} input channels${grouped}`, describeShape(weights.shape));
  }
  const extent = (size: Dimension | undefined, kernel: Dimension | undefined, stride: number): Dimension => {
    if (typeof size !== 'number' || typeof kernel !== 'number') return 'strided';
    if (kernel > size) throw new GraphError(node, `a kernel within ${describeShape(x.shape)}`, describeShape(weights.shape));
    return Math.floor((size - kernel) / stride) + 1;
  };
  return [
    batch as Dimension,
    outputs as Dimension,
    extent(rows, kernelRows, strides[0]),
    extent(columns, kernelColumns, strides[1]),
  ];
}
