import type { ChainPrompt, ParameterValues } from '../../../preload/contract.ts';
import type { ParameterStore } from '../../processor/parameter-store.ts';
import type { Parameters } from '../../processor/parameters.ts';
import { type GraphSegment, segmentInputs } from '../../processor/processor-chain.ts';
import type { ProcessorHandle } from '../../processor/processor-handle.ts';
import { processorInputs, runtimeOf } from '../../processor/processor-plan.ts';
import type { InputValues } from '../../processor/stage.ts';
import type { ComparisonRequest } from '../../runtime/session-comparer.ts';

/** A processor in a segment: its values, whose newest version every frame takes, and those that it was built with. */
export interface SegmentMember {
  readonly key: string;
  readonly params: Parameters;
  readonly parameters: ParameterStore;
  readonly loadTimeValues: ParameterValues;
  /** Asked for every frame; empty where the processor follows none. */
  readonly prompts: () => readonly ChainPrompt[];
}

/** Neighbours that run as one: loaded, and ready for frames. */
export interface LoadedSegment {
  /** Keys of its members joined by `+`. */
  readonly stage: string;
  readonly members: readonly SegmentMember[];
  /** Frames that it sees. */
  readonly inputSize: number;
  /** Of the model, or of the processor that is called. */
  readonly modelHash: string;
  /** Strips of a frame; 1 where it is taken whole. */
  readonly strips: number;
  readonly work:
    | { readonly kind: 'graph'; readonly inputs: () => InputValues }
    | { readonly kind: 'lane-call' }
    | { readonly kind: 'outside-call'; readonly handle: ProcessorHandle };
  /** Plans its members anew, as one and each alone, to be compared; absent for a session of one. */
  readonly comparison?: () => Promise<ComparisonRequest>;
}

/** The inputs of a segment's graph now. Those of a member are made once for each version of its values. */
export function newestInputs(segment: GraphSegment, memberAt: (index: number) => SegmentMember): () => InputValues {
  const made = new Map<number, { readonly version: number; readonly inputs: InputValues }>();
  const inputsOf = (index: number): InputValues => {
    const { params, parameters } = memberAt(index);
    const { version, values } = parameters.current;
    let known = made.get(index);
    if (known?.version !== version) {
      known = { version, inputs: processorInputs(params, values) };
      made.set(index, known);
    }
    return known.inputs;
  };
  return () => segmentInputs(segment, inputsOf);
}

/** Every value of a called processor now: those of load-time parameters as they were when it was built. */
export function newestValues({ params, parameters, loadTimeValues }: SegmentMember): ParameterValues {
  return { ...loadTimeValues, ...runtimeOf(params, parameters.current.values) };
}
