import { assert } from '../base/errors.ts';
import type { Attribute, Constant, ConstantData, Graph, Node, Port, Value } from './graph.ts';
import * as infer from './shape-inference.ts';
import { describeShape, type ElementType, elementCount, GraphError, type Shape } from './tensor-type.ts';

/**
 * Keeps the parts of a graph that is being written: ports, constants, nodes and their names. What operators mean lies in
 * {@link GraphBuilder}. Every value belongs to the graph that made it, and every name is used once.
 */
export class GraphWriter {
  readonly #name: string;
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #constants = new Map<string, Constant>();
  readonly #nodes: Node[] = [];
  readonly #values = new Set<Value>();
  readonly #names = new Set<string>();
  readonly #outputNames = new Map<string, string>();
  #section = '';

  constructor(name: string) {
    this.#name = name;
  }

  /** Names the part of the graph that is written from here on: `section/` begins the names of its nodes, for profiles and errors. */
  beginSection(section: string): void {
    this.#section = `${section}/`;
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

  /** A constant tensor; plain numbers make a float one. */
  constant(type: 'float32', data: readonly number[] | Float32Array, shape: Shape): Value;
  constant(type: ElementType, data: ConstantData, shape: Shape): Value;
  constant(type: ElementType, data: readonly number[] | ConstantData, shape: Shape): Value {
    const typed = Array.isArray(data) ? Float32Array.from(data) : (data as ConstantData);
    infer.expectData(this.nextName('constant'), type, typed);
    if (elementCount(shape) !== typed.length) {
      throw new GraphError(
        this.nextName('constant'),
        `${elementCount(shape)} elements for shape ${describeShape(shape)}`,
        `${typed.length}`,
      );
    }
    const constant = { name: this.nextName('constant'), type, shape, data: typed };
    this.#constants.set(constant.name, constant);
    return this.#own(constant);
  }

  /**
   * Makes a whole graph a part of this one: `inputs` take the place of its ports, and the values of its outputs come back, of the
   * shapes that the caller knows them to have. Its names get a prefix of their own.
   */
  inline(graph: Graph, inputs: Readonly<Record<string, Value>>, shapes: Readonly<Record<string, Shape>>): Record<string, Value> {
    const prefix = this.nextName(graph.name);
    const names = new Map<string, string>(graph.inputs.map(({ name }) => [name, (inputs[name] as Value).name]));
    for (const input of Object.values(inputs)) this.#expectOwn(prefix, input);
    for (const constant of graph.constants) {
      const own = this.#own({ ...constant, name: `${prefix}/${constant.name}` });
      names.set(constant.name, own.name);
      this.#constants.set(own.name, own);
    }
    // An empty name is an optional input that is not given.
    const nameOf = (name: string): string => (name === '' ? '' : (names.get(name) as string));
    const made = new Map<string, Value>();
    for (const node of graph.nodes) {
      const nodeInputs = node.inputs.map(nameOf);
      const outputs = node.outputs.map((output) => {
        const own = this.#own({ ...output, shape: shapes[output.name] ?? output.shape, name: `${prefix}/${output.name}` });
        names.set(output.name, own.name);
        made.set(output.name, own);
        return own;
      });
      this.#nodes.push({ ...node, name: `${prefix}/${node.name}`, inputs: nodeInputs, outputs });
    }
    return Object.fromEntries(graph.outputs.map(({ name }) => [name, made.get(name) as Value]));
  }

  /** A float scalar. */
  scalar(value: number): Value {
    return this.constant('float32', [value], []);
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

  /** Appends a node with one output. The caller has checked that operator, attributes, type and shape belong together. */
  protected node(
    operator: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute>,
    output: Pick<Value, 'type' | 'shape'>,
  ): Value {
    return this.nodeOfMany(operator, inputs, attributes, [output])[0] as Value;
  }

  /** As {@link node}, with as many outputs as the operator has. */
  protected nodeOfMany(
    operator: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute>,
    results: readonly Pick<Value, 'type' | 'shape'>[],
  ): Value[] {
    for (const input of inputs) this.#expectOwn(this.nextName(operator), input);
    const name = this.nextName(operator);
    const outputs = results.map(({ type, shape }) => this.#own({ name: this.nextName(operator), type, shape }));
    this.#nodes.push({ name, operator, inputs: inputs.map((input) => input.name), outputs, attributes });
    return outputs;
  }

  /** The constant behind a value; undefined for one that is computed or comes from outside. */
  protected constantOf(value: Value): Constant | undefined {
    return this.#constants.get(value.name);
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
  protected nextName(stem: string): string {
    return `${this.#section}${stem}_${this.#names.size}`;
  }
}
