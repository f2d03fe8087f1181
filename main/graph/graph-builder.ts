import { assert } from '../base/errors.ts';
import type { Attribute, Constant, ConstantData, Graph, Node, Port, Value } from './graph.ts';
import * as infer from './shape-inference.ts';
import { describeShape, type ElementType, elementCount, GraphError, type Shape, shapesAgree } from './tensor-type.ts';

/**
 * Writes a graph operator by operator, checking element types and shapes as it goes, so that a mistake is reported at
 * the line that makes it and names the node. Operators are those of ONNX opset 17 that the lab uses.
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #constants = new Map<string, Constant>();
  readonly #nodes: Node[] = [];
  readonly #values = new Set<Value>();
  readonly #names = new Set<string>();
  readonly #outputNames = new Map<string, string>();

  constructor(name: string) {
    this.#name = name;
  }

  /** Declares an input. `help` documents unit, range and order for whoever runs the exported model. */
  input(name: string, type: ElementType, shape: Shape, help: string): Value {
    assert(!this.#names.has(name), `Expected a new name for an input of graph ${this.#name} but received ${name}`);
    const port = { name, type, shape, help };
    this.#inputs.push(port);
    return this.#own(port);
  }

  /** Declares a computed value as an output under its own name. */
  output(name: string, value: Value, help: string): void {
    this.#expectOwn('output', value);
    assert(!this.#names.has(name), `Expected a new name for an output of graph ${this.#name} but received ${name}`);
    const computed = this.#nodes.some((node) => node.outputs.includes(value)) && !this.#outputNames.has(value.name);
    assert(computed, `Expected a computed value, not yet an output, for output ${name} but received ${value.name}`);
    this.#names.add(name);
    this.#outputNames.set(value.name, name);
    this.#outputs.push({ name, type: value.type, shape: value.shape, help });
  }

  constant(type: 'float32', data: readonly number[] | Float32Array, shape: Shape): Value;
  constant(type: ElementType, data: ConstantData, shape: Shape): Value;
  constant(type: ElementType, data: readonly number[] | ConstantData, shape: Shape): Value {
    const typed = Array.isArray(data) ? Float32Array.from(data) : (data as ConstantData);
    infer.expectData(this.#newName('constant'), type, typed);
    if (elementCount(shape) !== typed.length) {
      throw new GraphError(
        this.#newName('constant'),
        `${elementCount(shape)} elements for shape ${describeShape(shape)}`,
        `${typed.length}`,
      );
    }
    const constant = { name: this.#newName('constant'), type, shape, data: typed };
    this.#constants.set(constant.name, constant);
    return this.#own(constant);
  }

  /** A float scalar. */
  scalar(value: number): Value {
    return this.constant('float32', [value], []);
  }

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

  squareRoot(x: Value): Value {
    infer.expectType(this.#newName('Sqrt'), 'float32', x);
    return this.#node('Sqrt', [x], {}, x.type, x.shape);
  }

  power(x: Value, exponent: Value): Value {
    return this.#elementwise('Pow', x, exponent);
  }

  cast(x: Value, type: ElementType): Value {
    return this.#node('Cast', [x], { to: infer.onnxCode(type) }, type, x.shape);
  }

  /** Clips to scalars, which may be run-time values. */
  clip(x: Value, lowest: Value, highest: Value): Value {
    infer.expectType(this.#newName('Clip'), x.type, lowest, highest);
    infer.expectScalar(this.#newName('Clip'), lowest);
    infer.expectScalar(this.#newName('Clip'), highest);
    return this.#node('Clip', [x, lowest, highest], {}, x.type, x.shape);
  }

  reduceMinimum(x: Value, axes: readonly number[]): Value {
    infer.expectAxes(this.#newName('ReduceMin'), x, axes);
    return this.#node('ReduceMin', [x], { axes, keepdims: 1 }, x.type, infer.reduced(x.shape, axes));
  }

  matrixMultiply(a: Value, b: Value): Value {
    infer.expectType(this.#newName('MatMul'), 'float32', a, b);
    return this.#node('MatMul', [a, b], {}, a.type, infer.matrixProduct(this.#newName('MatMul'), a, b));
  }

  /** `shape` may hold one -1, which takes what the other dimensions leave. */
  reshape(x: Value, shape: readonly number[]): Value {
    const target = this.constant('int64', BigInt64Array.from(shape, BigInt), [shape.length]);
    return this.#node('Reshape', [x, target], {}, x.type, infer.reshaped(this.#newName('Reshape'), x.shape, shape));
  }

  transpose(x: Value, permutation: readonly number[]): Value {
    return this.#node(
      'Transpose',
      [x],
      { perm: permutation },
      x.type,
      infer.transposed(this.#newName('Transpose'), x.shape, permutation),
    );
  }

  concatenate(values: readonly Value[], axis: number): Value {
    const first = values[0];
    assert(first !== undefined, 'Expected at least one value to concatenate');
    return this.#node('Concat', values, { axis }, first.type, infer.concatenated(this.#newName('Concat'), values, axis));
  }

  /** Repeats dimensions of extent 1 up to `shape`. */
  expand(x: Value, shape: readonly number[]): Value {
    const target = this.constant('int64', BigInt64Array.from(shape, BigInt), [shape.length]);
    return this.#node('Expand', [x, target], {}, x.type, infer.expanded(this.#newName('Expand'), x.shape, shape));
  }

  /**
   * Mirrors rows and columns about the border samples without repeating them, which keeps the CFA phase for even
   * amounts. `pads` is an int64 vector [begin of every axis, end of every axis]; the caller states the padded shape,
   * because run-time pads leave it open.
   */
  padReflect(x: Value, pads: Value, paddedShape: Shape): Value {
    const node = this.#newName('Pad');
    if (pads.type !== 'int64' || !shapesAgree(pads.shape, [2 * x.shape.length])) {
      throw new GraphError(node, `int64 pads of shape [${2 * x.shape.length}]`, `${pads.type} ${describeShape(pads.shape)}`);
    }
    infer.expectPadded(node, x, this.#constants.get(pads.name), paddedShape);
    return this.#node('Pad', [x, pads], { mode: 'reflect' }, x.type, paddedShape);
  }

  /** Two-dimensional convolution without padding; `weights` are [outputs, inputs, kernel rows, kernel columns]. */
  convolve(x: Value, weights: Value, strides: readonly [number, number]): Value {
    infer.expectType(this.#newName('Conv'), 'float32', x, weights);
    const shape = infer.convolved(this.#newName('Conv'), x, weights, strides);
    const kernel = weights.shape.slice(2) as number[];
    return this.#node('Conv', [x, weights], { kernel_shape: kernel, strides }, x.type, shape);
  }

  /** round(x / scale) + zeroPoint, saturated to 8 bits; `scale` and `zeroPoint` per channel of `axis`. */
  quantizeToUint8(x: Value, scale: Value, zeroPoint: Value, axis: number): Value {
    const node = this.#newName('QuantizeLinear');
    infer.expectAxes(node, x, [axis]);
    infer.expectType(node, 'float32', x, scale);
    infer.expectType(node, 'uint8', zeroPoint);
    for (const perChannel of [scale, zeroPoint]) {
      if (shapesAgree(perChannel.shape, [x.shape[axis] as number])) continue;
      throw new GraphError(node, `${perChannel.name} of shape [${x.shape[axis]}]`, describeShape(perChannel.shape));
    }
    return this.#node('QuantizeLinear', [x, scale, zeroPoint], { axis }, 'uint8', x.shape);
  }

  /** The finished graph: every output reachable, every name unique. The builder must not be used afterwards. */
  build(): Graph {
    assert(this.#outputs.length > 0, `Expected at least one output for graph ${this.#name}`);
    return {
      name: this.#name,
      inputs: this.#inputs,
      outputs: this.#outputs,
      constants: [...this.#constants.values()],
      nodes: this.#nodes.map((node) => this.#withOutputNames(node)),
    };
  }

  #withOutputNames(node: Node): Node {
    const rename = (name: string): string => this.#outputNames.get(name) ?? name;
    const outputs = node.outputs.map((output) => ({ ...output, name: rename(output.name) }));
    return { ...node, name: rename(node.name), inputs: node.inputs.map(rename), outputs };
  }

  #elementwise(operator: string, a: Value, b: Value): Value {
    infer.expectType(this.#newName(operator), a.type, b);
    return this.#node(operator, [a, b], {}, a.type, infer.broadcast(this.#newName(operator), a, b));
  }

  #node(
    operator: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute>,
    type: ElementType,
    shape: Shape,
  ): Value {
    for (const input of inputs) this.#expectOwn(this.#newName(operator), input);
    const output = this.#own({ name: this.#newName(operator), type, shape });
    const node = { name: output.name, operator, inputs: inputs.map((input) => input.name), outputs: [output], attributes };
    this.#nodes.push(node);
    return output;
  }

  #expectOwn(node: string, value: Value): void {
    if (!this.#values.has(value)) throw new GraphError(node, `a value of graph ${this.#name}`, `foreign value ${value.name}`);
  }

  #own<T extends Value>(value: T): T {
    assert(!this.#names.has(value.name), `Expected a new name in graph ${this.#name} but received ${value.name}`);
    this.#names.add(value.name);
    this.#values.add(value);
    return value;
  }

  /** The name that the next value of this stem will have: errors of a node that is not made yet can already name it. */
  #newName(stem: string): string {
    return `${stem}_${this.#names.size}`;
  }
}
