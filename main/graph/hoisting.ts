import type { Constant, Graph, Node, Port } from './graph.ts';

/** A graph in two parts, the second of which runs once for every strip of a frame. */
export interface HoistedGraph {
  /** What is the same for all strips of a frame; absent where there is no such part. Its outputs are inputs of {@link body}. */
  readonly prologue?: Graph;
  /** What differs from strip to strip. Its other inputs are those of the whole graph that it reads itself. */
  readonly body: Graph;
}

/**
 * Splits a graph by what its nodes depend on: `varying` are the inputs that differ between the strips of a frame, and what reads none of
 * them, directly or not, is moved into the prologue. Nodes that read constants only stay where they are, since ONNX Runtime folds them
 * when it loads a model; those that the prologue needs are in both parts. Both together compute what the whole graph does, by the same nodes.
 */
export function hoist(graph: Graph, varying: ReadonlySet<string>): HoistedGraph {
  const parameters = graph.inputs.filter(({ name }) => !varying.has(name));
  const perFrame = dependents(graph, new Set(parameters.map(({ name }) => name)));
  const perStrip = dependents(graph, varying);
  const isHoisted = (node: Node): boolean => reads(node, perFrame) && !reads(node, perStrip);
  const hoisted = graph.nodes.filter(isHoisted);
  const made = new Map(hoisted.flatMap(({ outputs }) => outputs.map((output) => [output.name, output] as const)));
  const rest = graph.nodes.filter((node) => !isHoisted(node));
  const handedOn = [...new Set(rest.flatMap(({ inputs }) => inputs.filter((name) => made.has(name))))];
  // A graph may give away what it made of parameters alone: then there is nothing to hand on.
  if (handedOn.length === 0 || graph.outputs.some(({ name }) => made.has(name))) return { body: graph };
  const ports = handedOn.map((name): Port => ({ ...portOf(made, name), help: 'Made of the parameters, once for a frame' }));
  const prologue = { ...graph, name: `${graph.name}-prologue`, outputs: ports };
  return {
    prologue: reduced(
      prologue,
      graph.nodes.filter((node) => isHoisted(node) || !reads(node, perStrip)),
    ),
    body: reduced({ ...graph, inputs: [...graph.inputs, ...ports] }, rest),
  };
}

function portOf<T>(values: ReadonlyMap<string, T>, name: string): T {
  return values.get(name) as T;
}

/** Names of all values that depend on one of `sources`, these included. */
function dependents(graph: Graph, sources: ReadonlySet<string>): ReadonlySet<string> {
  const names = new Set(sources);
  for (const node of graph.nodes) {
    if (reads(node, names)) for (const { name } of node.outputs) names.add(name);
  }
  return names;
}

function reads({ inputs }: Node, names: ReadonlySet<string>): boolean {
  return inputs.some((name) => names.has(name));
}

/** `graph` with those of `nodes` that its outputs need, and with the inputs and constants that these read. */
export function reduced(graph: Graph, nodes: readonly Node[]): Graph {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  const kept: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some(({ name }) => needed.has(name))) continue;
    kept.unshift(node);
    for (const name of node.inputs) needed.add(name);
  }
  const isNeeded = ({ name }: Port | Constant): boolean => needed.has(name);
  return { ...graph, nodes: kept, inputs: graph.inputs.filter(isNeeded), constants: graph.constants.filter(isNeeded) };
}
