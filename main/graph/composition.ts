import type { Graph, Node, Port } from './graph.ts';
import { describeShape, GraphError, shapesAgree } from './tensor-type.ts';

/**
 * Joins two graphs into one: each entry of `wiring` leads an output of `first` into an input of `second`. What is not
 * wired stays an input or output of the result, under its own name; inner names are changed where they would meet.
 */
export function compose(first: Graph, second: Graph, wiring: Readonly<Record<string, string>>): Graph {
  const sources = sourcesOf(first, second, wiring);
  const freeInputs = second.inputs.filter((port) => !sources.has(port.name));
  const kept = first.outputs.filter((port) => !(port.name in wiring));
  expectDistinct([...first.inputs, ...freeInputs, ...kept, ...second.outputs], second);

  const ownPorts = new Set([...first.inputs, ...kept].map((port) => port.name));
  const laterPorts = new Set([...freeInputs, ...second.outputs].map((port) => port.name));
  const taken = new Set([...ownPorts, ...laterPorts]);
  const renameFirst = renamer(first, taken, (name) => (ownPorts.has(name) ? name : undefined), '');
  const firstParts = renameParts(first, renameFirst);
  const keptName = (name: string): string | undefined => {
    const source = sources.get(name);
    return source ? renameFirst(source.name) : laterPorts.has(name) ? name : undefined;
  };
  const secondParts = renameParts(second, renamer(second, taken, keptName, `${second.name}/`));
  return {
    name: `${first.name}+${second.name}`,
    inputs: [...first.inputs, ...freeInputs],
    outputs: [...kept, ...second.outputs],
    constants: [...firstParts.constants, ...secondParts.constants],
    nodes: [...firstParts.nodes, ...secondParts.nodes],
  };
}

/** The output of `first` behind each wired input of `second`. */
function sourcesOf(first: Graph, second: Graph, wiring: Readonly<Record<string, string>>): Map<string, Port> {
  const sources = new Map<string, Port>();
  for (const [output, input] of Object.entries(wiring)) {
    const source = expectPort(first.outputs, output, first);
    expectMatch(source, expectPort(second.inputs, input, second), second);
    const other = sources.get(input);
    if (other) throw new GraphError(`${second.name}/${input}`, 'one source', `${other.name} and ${output}`);
    sources.set(input, source);
  }
  return sources;
}

/** Gives every value that is no port of the result a name of its own; names stay as they are while nothing else has them. */
function renamer(
  graph: Graph,
  taken: Set<string>,
  portName: (name: string) => string | undefined,
  prefix: string,
): (name: string) => string {
  const names = new Map<string, string>();
  const values = [...graph.inputs, ...graph.constants, ...graph.nodes.flatMap((node) => [...node.outputs, node])];
  for (const { name } of values) {
    if (names.has(name)) continue;
    let inner = portName(name) ?? `${prefix}${name}`;
    for (let number = 2; portName(name) === undefined && taken.has(inner); number++) inner = `${prefix}${name}#${number}`;
    taken.add(inner);
    names.set(name, inner);
  }
  return (name) => names.get(name) as string;
}

function renameParts(graph: Graph, rename: (name: string) => string): Pick<Graph, 'constants' | 'nodes'> {
  return {
    constants: graph.constants.map((constant) => ({ ...constant, name: rename(constant.name) })),
    nodes: graph.nodes.map((node) => renameNode(node, rename)),
  };
}

function expectPort(ports: readonly Port[], name: string, graph: Graph): Port {
  const port = ports.find((candidate) => candidate.name === name);
  if (port) return port;
  throw new GraphError(graph.name, `one of ${ports.map((candidate) => candidate.name).join(', ')}`, name);
}

function expectMatch(source: Port, target: Port, graph: Graph): void {
  if (source.type === target.type && shapesAgree(source.shape, target.shape)) return;
  const describe = (port: Port): string => `${port.type} ${describeShape(port.shape)}`;
  throw new GraphError(`${graph.name}/${target.name}`, describe(target), describe(source));
}

function expectDistinct(ports: readonly Port[], graph: Graph): void {
  const names = ports.map((port) => port.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new GraphError(graph.name, 'distinct names of inputs and outputs', `${twice} twice`);
}

function renameNode(node: Node, rename: (name: string) => string): Node {
  const outputs = node.outputs.map((output) => ({ ...output, name: rename(output.name) }));
  return { ...node, name: rename(node.name), inputs: node.inputs.map(rename), outputs };
}

/** The same graph without the input `name`: what read it reads the input `as`. Throws GraphError where the two are not of one kind. */
export function mergeInputs(graph: Graph, name: string, as: string): Graph {
  expectMatch(expectPort(graph.inputs, as, graph), expectPort(graph.inputs, name, graph), graph);
  const merged = (input: string): string => (input === name ? as : input);
  return {
    ...graph,
    inputs: graph.inputs.filter((port) => port.name !== name),
    nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(merged) })),
  };
}

/** The same graph with other names for some of its inputs. Throws GraphError for an input that it has not, and for a name that is taken. */
export function renameInputs(graph: Graph, names: Readonly<Record<string, string>>): Graph {
  const inner = [...graph.inputs, ...graph.constants, ...graph.nodes.flatMap(({ outputs }) => outputs)].map(({ name }) => name);
  const taken = new Set(inner.filter((name) => !Object.hasOwn(names, name)));
  for (const [from, to] of Object.entries(names)) {
    expectPort(graph.inputs, from, graph);
    if (taken.has(to)) throw new GraphError(graph.name, `a new name for input ${from}`, `${to}, which is taken`);
    taken.add(to);
  }
  const rename = (name: string): string => (Object.hasOwn(names, name) ? (names[name] as string) : name);
  const inputs = graph.inputs.map((port) => ({ ...port, name: rename(port.name) }));
  return { ...graph, inputs, nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename) })) };
}
