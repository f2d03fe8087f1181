import type { Graph } from '../graph/graph.ts';
import type { ExpressionPool } from './expression-pool.ts';
import { Lowering } from './lowering.ts';
import { lowerings } from './lowerings.ts';
import type { RasterTensor } from './raster-tensor.ts';
import { unsupported } from './unsupported.ts';

/** A graph's outputs as planes, in the order of its ports, with the pool that their expressions are of. */
export interface LoweredGraph {
  readonly outputs: readonly RasterTensor[];
  readonly pool: ExpressionPool;
}

/** Translates all nodes of a graph. `planes` are its inputs of samples. Throws KernelError for what no kernel can do. */
export function lowerGraph(graph: Graph, planes: readonly string[]): LoweredGraph {
  const lowering = new Lowering(graph, planes);
  for (const node of graph.nodes) {
    const lower = lowerings[node.operator];
    if (!lower) throw unsupported(node.name, 'an operator that kernels have', node.operator);
    const tensor = lower(lowering, node);
    const [output] = node.outputs;
    if (tensor && output) lowering.define(output.name, tensor);
  }
  return { outputs: graph.outputs.map(({ name }) => lowering.tensor(graph.name, name)), pool: lowering.pool };
}
