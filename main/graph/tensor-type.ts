import { InputError } from '../base/errors.ts';

/** Element types that the lab's graphs use, named as in onnxruntime-node. */
export type ElementType = 'float32' | 'uint8' | 'uint16' | 'int32' | 'int64' | 'bool';

/** Codes of `TensorProto.DataType` (onnx.proto). */
export const onnxElementCodes: Record<ElementType, number> = { float32: 1, uint8: 2, uint16: 4, int32: 6, int64: 7, bool: 9 };

/** A fixed extent, or the name of one that is known only when the graph runs. */
export type Dimension = number | string;

/** Extents from the outermost to the innermost; an empty shape is a scalar. */
export type Shape = readonly Dimension[];

/** A graph that cannot be built: the message names the node and what it expected and received. */
export class GraphError extends InputError {
  constructor(node: string, expected: string, received: string) {
    super('graph.invalid', `Expected ${expected} for node ${node} but received ${received}`);
  }
}

/** A shape for a person: `[1, 16, rows, 960]`. */
export function describeShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Number of elements of a fixed shape, or undefined where a dimension is symbolic. */
export function elementCount(shape: Shape): number | undefined {
  let count = 1;
  for (const dimension of shape) {
    if (typeof dimension === 'string') return undefined;
    count *= dimension;
  }
  return count;
}

/** True when two shapes have the same rank and no dimension that is known to differ. */
export function shapesAgree(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimensionsAgree(dimension, b[axis] as Dimension));
}

function dimensionsAgree(a: Dimension, b: Dimension): boolean {
  return typeof a === 'string' || typeof b === 'string' || a === b;
}

/** The shape of an element-wise operation, by ONNX's multidirectional broadcasting. */
export function broadcastShapes(node: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - (rank - a.length)] ?? 1;
    const right = b[axis - (rank - b.length)] ?? 1;
    if (left === 1) return right;
    if (right === 1 || left === right) return left;
    if (typeof left === 'string') return right;
    if (typeof right === 'string') return left;
    throw new GraphError(node, `a shape that broadcasts with ${describeShape(a)}`, describeShape(b));
  });
}
