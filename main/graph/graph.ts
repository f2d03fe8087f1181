import type { ElementType, Shape } from './tensor-type.ts';

/** A named tensor inside one graph. Immutable; the name is unique within its graph. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

/** A value that enters or leaves the graph, with one line saying what it holds: unit, range, order. */
export interface Port extends Value {
  readonly help: string;
}

/** Data of a constant, of the typed array that belongs to its element type. */
export type ConstantData = Float32Array | Uint8Array | Uint16Array | Int32Array | BigInt64Array;

/** A constant of the graph (an ONNX initializer). */
export interface Constant extends Value {
  readonly data: ConstantData;
}

/** An attribute value: an integer, a float (wrapped, since JavaScript cannot tell 1 from 1.0), a string or integers. */
export type Attribute = number | { readonly float: number } | string | readonly number[];

/** One operator of the standard ONNX operator set. */
export interface Node {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A complete, checked graph in execution order. Plain data: it can be composed, hashed, written and cloned. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly Node[];
}
