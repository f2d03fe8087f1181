import type { Graph, Node, Port, Value } from '../graph/graph.ts';
import { reduced } from '../graph/hoisting.ts';

/** A graph in two parts: what is the same for all pixels of a strip, and the rest. */
export interface UniformSplit {
  /** Absent where everything that the rest reads is an input or a constant. */
  readonly uniforms?: Graph;
  /** Reads what the other part makes as inputs. */
  readonly pixels: Graph;
}

/**
 * Splits a graph by what its nodes read: those that read no plane, directly or not, make small tensors, and ONNX Runtime runs them once per
 * strip. What only spreads such a tensor over rows and columns is left to the pixels.
 */
export function splitUniforms(graph: Graph, planes: ReadonlySet<string>): UniformSplit {
  const listed = graph.nodes.filter(({ operator }) => operator === listing);
  // A list of places becomes planes of its own, whatever it is made of.
  const perPixel = new Set([
    ...planes,
    ...listed.flatMap(({ inputs, outputs }) => [inputs[0] as string, outputs[0]?.name as string]),
  ]);
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output.name, node] as const)));
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => perPixel.has(name))) continue;
    for (const { name } of node.outputs) perPixel.add(name);
    for (const spread of node.inputs.flatMap((name) => spreaders(name, node, makers, perPixel))) perPixel.add(spread);
  }
  const isPixels = (node: Node): boolean => node.outputs.some(({ name }) => perPixel.has(name));
  const pixelNodes = graph.nodes.filter(isPixels);
  const rest = graph.nodes.filter((node) => !isPixels(node));
  const made = new Map(rest.flatMap((node) => node.outputs.map((output) => [output.name, output] as const)));
  const handedOn = [...new Set(pixelNodes.flatMap(({ inputs }) => inputs.filter((name) => made.has(name))))];
  const ports = handedOn.map((name): Port => ({ ...(made.get(name) as Value), help: 'The same for all pixels of a strip' }));
  const pixels = reduced({ ...graph, inputs: [...graph.inputs, ...ports] }, pixelNodes);
  if (ports.length === 0) return { pixels };
  return { uniforms: reduced({ ...graph, name: `${graph.name}-uniforms`, outputs: ports }, rest), pixels };
}

const listing = 'ScatterElements';

/** Nodes of these kinds before `name` that give every pixel of `reader`'s output a value of its own, out of small tensors. */
const spreading = new Set(['MatMul', 'Expand', 'Reshape']);

function spreaders(
  name: string,
  reader: Node,
  makers: ReadonlyMap<string, Node>,
  perPixel: ReadonlySet<string>,
): readonly string[] {
  const maker = makers.get(name);
  if (!maker || perPixel.has(name) || !spreading.has(maker.operator)) return [];
  const [own, target] = [maker.outputs[0]?.shape.slice(-2) ?? [], reader.outputs[0]?.shape.slice(-2) ?? []];
  const isRaster = own.length === 2 && own.every((extent, axis) => extent === target[axis] && Number(extent) > 1);
  if (!isRaster) return [];
  if (maker.operator !== 'Reshape') return [name];
  const before = spreaders(maker.inputs[0] as string, { ...reader, outputs: maker.outputs }, makers, perPixel);
  return before.length > 0 ? [name, ...before] : [];
}
