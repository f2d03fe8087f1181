import type { Constant, Graph, Node, Value } from './graph.ts';
import { reduced } from './hoisting.ts';

/**
 * The same graph without what is of no use where graphs have been joined: changes of layout that undo each other (Reshape of Reshape,
 * Transpose of Transpose, also across a Clip, which does the same in any order of its samples), a Clip of a Clip to the same range, a
 * Slice of everything. ONNX Runtime would rather move a Transpose behind what follows it and run that in the slower layout. Every sample is the same as before.
 */
export function foldSeams(graph: Graph): Graph {
  const folding = new Folding(graph);
  for (const node of graph.nodes) folding.add(node);
  return withoutUnused({ ...graph, nodes: folding.nodes });
}

class Folding {
  readonly nodes: Node[] = [];
  readonly #values: Map<string, Value>;
  readonly #makers = new Map<string, Node>();
  /** What stands for a value that is not made any more. */
  readonly #standIns = new Map<string, string>();
  readonly #constants: ReadonlyMap<string, Constant>;
  readonly #outputs: ReadonlySet<string>;

  constructor({ inputs, constants, outputs }: Graph) {
    this.#constants = new Map(constants.map((constant) => [constant.name, constant]));
    this.#values = new Map([...inputs, ...constants].map((value) => [value.name, value]));
    this.#outputs = new Set(outputs.map(({ name }) => name));
  }

  add(node: Node): void {
    const [made] = node.outputs;
    const renamed = this.#overAnyLayout({ ...node, inputs: node.inputs.map((name) => this.#standIns.get(name) ?? name) });
    const standIn = made && !this.#outputs.has(made.name) ? this.#standInFor(renamed, made) : undefined;
    if (made && standIn !== undefined) this.#standIns.set(made.name, standIn);
    else this.#keep(renamed);
  }

  /** A value that there is already, or the Clip of one, in the place of what `node` makes. */
  #standInFor(node: Node, made: Value): string | undefined {
    const [from, ...rest] = node.inputs as [string, ...string[]];
    const before = this.#makers.get(from);
    if (node.operator === 'Slice') return this.#isWhole(node, made) ? from : undefined;
    if (node.operator === 'Clip') return before && this.#clipsAs(before, node) ? from : undefined;
    if (!isLayout(node) || !made.shape.every(Number.isInteger)) return undefined;
    if (before?.operator === 'Clip') {
      const [clipped, ...bounds] = before.inputs as [string, ...string[]];
      const laid = this.#standInFor({ ...node, inputs: [clipped, ...rest] }, made);
      const outputs = [{ ...made, name: `${made.name}/clipped` }];
      return laid && this.#once({ ...before, name: `${node.name}/clip`, inputs: [laid, ...bounds], outputs });
    }
    if (node.operator === 'Reshape' && this.#hasShape(from, made)) return from;
    if (before?.operator !== node.operator) return undefined;
    const [earlier] = before.inputs as [string, ...string[]];
    // A 0 takes the extent of what enters, which would be another.
    const target = node.operator === 'Reshape' ? this.#constants.get(rest[0] as string)?.data : undefined;
    if (target instanceof BigInt64Array && !target.includes(0n)) {
      return this.#standInFor({ ...node, inputs: [earlier, ...rest] }, made);
    }
    return undoes(node, before) ? earlier : undefined;
  }

  /** Whether a Slice gives all that it is given, in the order that it has. */
  #isWhole({ inputs: [from = '', , , , steps = ''] }: Node, made: Value): boolean {
    const data = this.#constants.get(steps)?.data;
    const isForward = data instanceof BigInt64Array && data.every((step) => step === 1n);
    return isForward && this.#hasShape(from, made);
  }

  /** Whether a value has the shape of another; one that is not known is never equal. */
  #hasShape(name: string, { shape }: Value): boolean {
    const known = this.#values.get(name)?.shape;
    return known?.length === shape.length && known.every((extent, axis) => Number.isInteger(extent) && extent === shape[axis]);
  }

  /** A sum of everything adds up the same samples in any layout of as many axes: in the first one that there was. */
  #overAnyLayout(node: Node): Node {
    const [made] = node.outputs;
    if (node.operator !== 'ReduceSum' || !made || !this.#isOverAll(node, made.shape.length)) return node;
    let [earliest, ...axes] = node.inputs as [string, ...string[]];
    for (let maker = this.#makers.get(earliest), from = earliest; maker && isLayout(maker); maker = this.#makers.get(from)) {
      [from] = maker.inputs as [string];
      if (this.#values.get(from)?.shape.length === made.shape.length) earliest = from;
    }
    return { ...node, inputs: [earliest, ...axes] };
  }

  /** Whether a sum is along every axis: a shape of ones says so only where nothing was one sample long before. */
  #isOverAll({ inputs: [, axes = ''] }: Node, rank: number): boolean {
    const data = this.#constants.get(axes)?.data;
    if (!(data instanceof BigInt64Array)) return false;
    return new Set(Array.from(data, (axis) => (Number(axis) + rank) % rank)).size === rank;
  }

  /** Whether two Clips have the same constant bounds. */
  #clipsAs(first: Node, second: Node): boolean {
    const boundsOf = ({ inputs }: Node): string =>
      inputs
        .slice(1)
        .map((name) => String(this.#constants.get(name)?.data))
        .join();
    const areConstant = [...first.inputs, ...second.inputs].filter((name) => this.#constants.has(name)).length === 4;
    return first.operator === 'Clip' && areConstant && boundsOf(first) === boundsOf(second);
  }

  /** Keeps a node unless it has been kept for another value, and gives its result. */
  #once(node: Node): string {
    const [made] = node.outputs as [Value];
    if (!this.#makers.has(made.name)) this.#keep(node);
    return made.name;
  }

  #keep(node: Node): void {
    if (node.outputs.every(({ name }) => this.#makers.has(name))) return;
    this.nodes.push(node);
    for (const output of node.outputs) {
      this.#makers.set(output.name, node);
      this.#values.set(output.name, output);
    }
  }
}

/** Whether a node changes nothing but where samples lie. */
function isLayout({ operator }: Node): boolean {
  return operator === 'Reshape' || operator === 'Transpose';
}

function undoes(second: Node, first: Node): boolean {
  const [outer, inner] = [second.attributes.perm, first.attributes.perm];
  return Array.isArray(outer) && Array.isArray(inner) && outer.every((axis, index) => inner[axis] === index);
}

/** Without nodes and constants that no output needs; ports stay, whatever reads them. */
function withoutUnused(graph: Graph): Graph {
  return { ...reduced(graph, graph.nodes), inputs: graph.inputs };
}
