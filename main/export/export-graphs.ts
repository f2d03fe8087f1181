import { InputError, messageOf } from '../base/errors.ts';
import type { Graph } from '../graph/graph.ts';
import { openGraphSession } from '../processor/graph-session.ts';
import type { ProcessorHandle } from '../processor/processor-handle.ts';
import type { ProcessorRequest } from '../processor/processor-plan.ts';
import type { InputValues } from '../processor/stage.ts';
import type { VideoTensor } from '../processor/video-tensor.ts';
import type { GraphForFrames } from './sized-graph.ts';

/** How the graphs of a processor are had for an export. */
export interface ExportGraphs {
  /** Rejects with what planning throws, and with an InputError for a model that cannot be part of a graph. */
  plan(request: ProcessorRequest): Promise<Graph>;
  /** Whether it is a model of somebody else: of one layout and range, which are no choice, and of sizes that nobody has declared. */
  readonly isModel: boolean;
}

/** The graphs of a processor that gives them, or that is called around a model; undefined for code that is called. */
export function exportGraphs(handle: ProcessorHandle): ExportGraphs | undefined {
  if (handle.facts.functions.includes('graph')) return { plan: (request) => handle.plan(request), isModel: false };
  const { planModel } = handle;
  return planModel && { plan: planModel, isModel: true };
}

/** Multiples that models of several scales ask for, one after the other. */
const multiples = [1, 2, 4, 8, 16, 32, 64];

/**
 * The graph of a model for all sizes, with the multiple that its frames have to have: the first at which it runs on a small frame, which a
 * model does not say of itself. A graph for one size is left alone. `inputs` are those beside the frame. Rejects with an InputError
 * where it runs on no frame.
 */
export async function runnableGraph(planned: GraphForFrames, inputs: InputValues): Promise<GraphForFrames> {
  if (planned.size) return planned;
  let last: unknown;
  try {
    const session = await openGraphSession(planned.graph, { quiet: true });
    try {
      for (const multiple of multiples.filter((one) => one >= planned.multiple)) {
        try {
          await session.run(blackFrame(multiple), inputs);
          return { ...planned, multiple };
        } catch (thrown) {
          last = thrown;
        }
      }
    } finally {
      await session.close();
    }
  } catch (thrown) {
    last = thrown;
  }
  const message = `Expected a model that takes frames of some size but received: ${messageOf(last)}`;
  throw new InputError('export.model', message, 'Give the sizes of your frames, for example --size 1920x1080.', last);
}

/** Of odd multiples of a number, so that nothing else divides its extents. */
function blackFrame(multiple: number): VideoTensor {
  const extent = (least: number): number => (Math.ceil(least / multiple) | 1) * multiple;
  const [rows, columns] = [extent(33), extent(49)];
  return { data: new Float32Array(rows * columns * 3), shape: [1, rows, columns, 3] };
}
