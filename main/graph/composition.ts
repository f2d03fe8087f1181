import type { Constant, Graph, Node, Port } from './graph.ts';
import { describeShape, GraphError, shapesAgree } from './tensor-type.ts';

/**
 * Joins two graphs into one: each entry of `wiring` leads an output of `first` into an input of `second`. What is not
 * wired stays an input or output of the result. Names of `second`'s inside are prefixed, so that they cannot meet.
 */
export function compose(first: Graph, second: Graph, wiring: Readonly<Record<string, string>>): Graph {
  const targets = new Map(Object.entries(wiring).map(([output, input]) => [input, expectPort(first.outputs, output, first)]));
  for (const [input, source] of targets) expectMatch(source, expectPort(second.inputs, input, second), second);
  const freeInputs = second.inputs.filter((port) => !targets.has(port.name));
  const kept = first.outputs.filter((port) => !(port.name in wiring));
  expectDistinct([...first.inputs, ...freeInputs, ...kept, ...second.outputs], second);

  const outer = new Set([...freeInputs, ...second.outputs].map((port) => port.name));
  const rename = (name: string): string => targets.get(name)?.name ?? (outer.has(name) ? name : `${second.name}/${name}`);
  return {
    name: `${first.name}+${second.name}`,
    inputs: [...first.inputs, ...freeInputs],
    outputs: [...kept, ...second.outputs],
    constants: [...first.constants, ...second.constants.map((constant) => renameConstant(constant, rename))],
    nodes: [...first.nodes, ...second.nodes.map((node) => renameNode(node, rename))],
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

function renameConstant(constant: Constant, rename: (name: string) => string): Constant {
  return { ...constant, name: rename(constant.name) };
}

function renameNode(node: Node, rename: (name: string) => string): Node {
  const outputs = node.outputs.map((output) => ({ ...output, name: rename(output.name) }));
  return { ...node, name: rename(node.name), inputs: node.inputs.map(rename), outputs };
}
