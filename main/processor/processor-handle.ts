import type { ParameterValues } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { CallSource } from './chain/call-source.ts';
import type { PictureCall } from './chain/picture-call.ts';
import type { CallInputs, ImageProcessor } from './image-processor.ts';
import type { Parameters } from './parameters.ts';
import type { ProcessorCall } from './processor-call.ts';
import { type ProcessorFacts, processorFacts } from './processor-facts.ts';
import { loadTimeOf, type ProcessorRequest, planProcessor, runtimeOf } from './processor-plan.ts';

/**
 * A processor wherever its code runs: on this thread, or on one of its own behind a package. What comes back is what the code gave,
 * unchecked. Everything may reject: with an InputError for the fault of a declaration, a ResourceError where the code failed.
 */
export interface ProcessorHandle {
  readonly facts: ProcessorFacts;
  /** From what a lane makes the same processor, so that its calls run there; absent where it has a thread of its own. */
  readonly source?: CallSource;
  prepare(loadTimeValues: ParameterValues): Promise<unknown>;
  /** Where frames may be cut in strips: the rows that a row depends on, above and below; see `isHalo`. */
  halo?(loadTimeValues: ParameterValues): Promise<unknown>;
  plan(request: ProcessorRequest): Promise<Graph>;
  /** Where the processor is called around a model: what it does as a graph, for exports; see `modelGraph` of a processor. */
  planModel?(request: ProcessorRequest): Promise<Graph>;
  call(request: ProcessorCall): Promise<unknown>;
  /** Where the processor has a thread of its own: a call on pictures in shared memory, see `callOnPictures`. */
  callOnPictures?(call: PictureCall): Promise<void>;
  /** Shuts the processor down and gives back its thread, where it has one. */
  close(): Promise<void>;
}

/** The handle of a processor whose code may run on this thread: one of the lab's own, or a model. `source` is where lanes get it from. */
export function inlineHandle(processor: ImageProcessor, source?: CallSource): ProcessorHandle {
  const { id, params, modelGraph } = processor;
  return {
    facts: processorFacts(processor),
    ...(source ? { source } : {}),
    prepare: async (values) => processor.prepare(loadTimeOf(params, values)),
    ...(processor.halo ? { halo: async (values) => processor.halo?.(loadTimeOf(params, values)) } : {}),
    plan: async (request) => planProcessor(processor, request),
    ...(modelGraph
      ? {
          planModel: async (request) => {
            const graph = await modelGraph(loadTimeOf(params, request.loadTimeValues));
            return planProcessor({ ...processor, graph }, request);
          },
        }
      : {}),
    call: async ({ video, prompts, values }) => {
      if (!processor.call) throw new InputError('processor.no-call', `Expected a processor that is called but received ${id}`);
      const inputs = { ...runtimeOf(params, values), video, prompts } as CallInputs<Parameters>;
      return processor.call(inputs, loadTimeOf(params, values));
    },
    close: async () => processor.shutdown?.(),
  };
}
