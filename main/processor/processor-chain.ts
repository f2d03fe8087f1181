import type { ParameterValues } from '../../preload/contract.ts';
import { assert } from '../base/errors.ts';
import { compose, mergeInputs, renameInputs } from '../graph/composition.ts';
import type { Graph } from '../graph/graph.ts';
import type { ImageProcessor } from './image-processor.ts';
import { loadTimeOf, planProcessor, processorPorts } from './processor-plan.ts';
import { type InputValues, stagePorts } from './stage.ts';

/** A processor at its place in a chain, planned for the size of the frames. */
export interface ChainLink {
  readonly id: string;
  /** Frames that it sees of what comes before it. */
  readonly inputSize: number;
  /** As {@link planProcessor} makes it; absent for a processor that is called. */
  readonly graph?: Graph;
}

/** Neighbours that became one graph: input `video`, the members' parameters, output `video_out`. */
export interface GraphSegment {
  readonly kind: 'graph';
  readonly graph: Graph;
  readonly inputSize: number;
  /** The processors in it: their places in the chain, and the graph's input for each parameter of theirs. */
  readonly members: readonly { readonly index: number; readonly inputs: Readonly<Record<string, string>> }[];
}

/** A processor that is called, between two graphs. */
export interface CallSegment {
  readonly kind: 'call';
  /** Its place in the chain. */
  readonly index: number;
  readonly inputSize: number;
}

/** What runs one after the other on every frame; each hands on one frame. */
export type ChainSegment = GraphSegment | CallSegment;

/** A processor of this thread as a link. Throws what planning throws. */
export function chainLink(
  processor: ImageProcessor,
  request: { readonly width: number; readonly height: number; readonly loadTimeValues: ParameterValues },
): ChainLink {
  const { id, params } = processor;
  const { inputSize } = processor.prepare(loadTimeOf(params, request.loadTimeValues));
  return { id, inputSize, ...(processor.graph ? { graph: planProcessor(processor, request) } : {}) };
}

/**
 * Joins neighbouring graphs into one, so that one session runs them. A call stands alone, and a processor that sees several frames
 * begins a graph of its own, since what came before it has to be remembered; those behind it join it.
 */
export function composeProcessors(links: readonly ChainLink[]): ChainSegment[] {
  const segments: ChainSegment[] = [];
  for (const [index, { id, inputSize, graph }] of links.entries()) {
    const last = segments.at(-1);
    if (graph === undefined) segments.push({ kind: 'call', index, inputSize });
    else if (last?.kind === 'graph' && inputSize === 1) segments.splice(-1, 1, joined(last, { index, id, graph }));
    else segments.push({ kind: 'graph', graph, inputSize, members: [{ index, inputs: ownNames(graph) }] });
  }
  return segments;
}

/** Inputs that all processors of a segment have in common. */
const sharedInputs: readonly string[] = [stagePorts.firstRow, processorPorts.alarm];
const commonInputs: ReadonlySet<string> = new Set([processorPorts.video, ...sharedInputs]);

function ownNames(graph: Graph): Record<string, string> {
  const names = graph.inputs.map(({ name }) => name).filter((name) => !commonInputs.has(name));
  return Object.fromEntries(names.map((name) => [name, name]));
}

/** An input that a graph has for two of its members, or for the later one alone, as one under its own name. */
function withShared(graph: Graph, name: string, later: string): Graph {
  const isThere = graph.inputs.some((port) => port.name === name);
  return isThere ? mergeInputs(graph, later, name) : renameInputs(graph, { [later]: name });
}

function joined(
  segment: GraphSegment,
  next: { readonly index: number; readonly id: string; readonly graph: Graph },
): GraphSegment {
  const taken = new Set(segment.graph.inputs.map(({ name }) => name));
  const inputs: Record<string, string> = {};
  for (const name of Object.keys(ownNames(next.graph))) {
    let free = taken.has(name) ? `${next.id}.${name}` : name;
    for (let number = 2; taken.has(free); number++) free = `${next.id}#${number}.${name}`;
    taken.add(free);
    inputs[name] = free;
  }
  const shared = sharedInputs.filter((name) => next.graph.inputs.some((port) => port.name === name));
  const apart = Object.fromEntries(shared.map((name) => [name, `${name} of ${next.id}`]));
  const both = compose(segment.graph, renameInputs(next.graph, { ...inputs, ...apart }), {
    [processorPorts.result]: processorPorts.video,
  });
  const graph = shared.reduce((one, name) => withShared(one, name, apart[name] as string), both);
  return { ...segment, graph, members: [...segment.members, { index: next.index, inputs }] };
}

/**
 * The inputs of a segment's graph beside the frames and the strip, from those of each member under its own names. `alarm` is for graphs
 * that were planned with guards: whether results that are no numbers end a run.
 */
export function segmentInputs(
  { graph, members }: GraphSegment,
  inputsOf: (index: number) => InputValues,
  alarm: 0 | 1 = 1,
): InputValues {
  const values: Record<string, Float32Array> = {};
  if (graph.inputs.some(({ name }) => name === processorPorts.alarm)) values[processorPorts.alarm] = Float32Array.of(alarm);
  for (const { index, inputs } of members) {
    const own = inputsOf(index);
    for (const [name, port] of Object.entries(inputs)) {
      const value = own[name];
      assert(value, `Expected a value for input ${name} of the processor at place ${index}`);
      values[port] = value;
    }
  }
  return values;
}
