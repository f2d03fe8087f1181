import type { Graph, Value } from '../graph/graph.ts';
import type { ElementType } from '../graph/tensor-type.ts';
import type { Kernel } from '../kernel/kernel.ts';

const elementBytes: Readonly<Record<ElementType, number>> = { float32: 4, uint8: 1, uint16: 2, int32: 4, int64: 8, bool: 1 };

/**
 * Estimates what one session takes: the model's bytes as it keeps them, constants included, once more for the form into which ONNX
 * Runtime packs constants, and the most that intermediate values take at one time, which is what its arena grows to. ONNX Runtime
 * tells none of these, so the estimate serves for a budget and not for a display. `openExtent` stands for extents left open.
 */
export function estimateSessionBytes(modelBytes: number, graph: Graph, openExtent: number): number {
  return 2 * modelBytes + peakIntermediateBytes(graph, openExtent);
}

/** Estimates what a kernel takes in one thread: its memory, which is known, and some of its bytes' multiple for the machine code made of them. */
export function estimateKernelBytes({ memoryBytes, wasm }: Kernel): number {
  return memoryBytes + 4 * wasm.length;
}

/** Values live from the node that makes them to the last that reads them; inputs and outputs of the graph are the lab's. */
function peakIntermediateBytes({ nodes, outputs }: Graph, openExtent: number): number {
  const lastReader = new Map(nodes.flatMap(({ inputs }, index) => inputs.map((name) => [name, index] as const)));
  const own = new Set(outputs.map(({ name }) => name));
  const ending = new Map<number, number>();
  let live = 0;
  let peak = 0;
  for (const [index, node] of nodes.entries()) {
    for (const value of node.outputs.filter(({ name }) => !own.has(name))) {
      const bytes = bytesOf(value, openExtent);
      const last = lastReader.get(value.name) ?? index;
      live += bytes;
      ending.set(last, (ending.get(last) ?? 0) + bytes);
    }
    peak = Math.max(peak, live);
    live -= ending.get(index) ?? 0;
  }
  return peak;
}

function bytesOf({ type, shape }: Value, openExtent: number): number {
  const count = shape.reduce<number>((product, extent) => product * (typeof extent === 'string' ? openExtent : extent), 1);
  return count * elementBytes[type];
}
