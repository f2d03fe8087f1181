import { InputError } from '../base/errors.ts';
import type { Graph } from '../graph/graph.ts';
import { probeSizes, symbolicGraph } from '../graph/symbolic-size.ts';
import { processorPorts } from '../processor/processor-plan.ts';

/** Columns and rows of a frame. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** A graph for frames of every size of a kind, or of one size. */
export interface GraphForFrames {
  readonly graph: Graph;
  /** Absent where the graph takes every size in multiples of `multiple`. */
  readonly size?: FrameSize;
  readonly multiple: number;
}

/** Writes a graph for frames of one size, input `video`. */
export type PlanGraph = (size: FrameSize) => Graph | Promise<Graph>;

/**
 * One graph for all frames where it can be had: for every size, for even ones or for multiples of four, whichever is the first that the
 * author of the graph takes. Else undefined: the graph depends on the size by more than its shapes. Never rejects for what planning throws.
 */
async function graphForAllSizes(plan: PlanGraph): Promise<GraphForFrames | undefined> {
  for (const multiple of [1, 2, 4]) {
    const graph = await symbolicAt(plan, multiple);
    if (graph) return { graph, multiple };
  }
  return undefined;
}

async function symbolicAt(plan: PlanGraph, multiple: number): Promise<Graph | undefined> {
  const probes: { width: number; height: number; graph: Graph }[] = [];
  for (const size of probeSizes(multiple)) {
    try {
      probes.push({ ...size, graph: await plan(size) });
    } catch {
      // What is wrong with the graph itself is told where it is planned for a size that the user has given.
      return undefined;
    }
  }
  return symbolicGraph(probes, processorPorts.video);
}

/** The graph for all sizes, else one for each of `sizes`. Rejects with what planning throws, and with an InputError where there is no size. */
export async function graphsForFrames(plan: PlanGraph, sizes: readonly FrameSize[]): Promise<GraphForFrames[]> {
  const forAll = sizes.length === 0 ? await graphForAllSizes(plan) : undefined;
  if (forAll) return [forAll];
  if (sizes.length === 0) {
    // A graph that cannot be written at all has a better reason of its own.
    await plan({ width: 64, height: 48 });
    const message = 'Expected a size of frames, since the graph depends on it by more than its shapes, but received none';
    throw new InputError('export.size', message, 'Give the sizes of your frames, for example --size 1920x1080.');
  }
  const graphs: GraphForFrames[] = [];
  for (const size of sizes) graphs.push({ graph: await plan(size), size, multiple: 1 });
  return graphs;
}
