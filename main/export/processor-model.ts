import type { ParameterValues } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import type { Graph, Port } from '../graph/graph.ts';
import { type OnnxModel, writeOnnxModel } from '../graph/onnx-model.ts';
import { foldSeams } from '../graph/seam-folding.ts';
import { keysOf } from '../processor/chain/chain-document.ts';
import { type ChainLink, composeProcessors, type GraphSegment, segmentInputs } from '../processor/processor-chain.ts';
import type { ProcessorHandle } from '../processor/processor-handle.ts';
import { processorInputs } from '../processor/processor-plan.ts';
import type { InputValues } from '../processor/stage.ts';
import { type ExportGraphs, exportGraphs, runnableGraph } from './export-graphs.ts';
import { type ExportParameter, exportParameters } from './export-parameter.ts';
import type { ExportSubject } from './scope/processor-source.ts';
import { type FrameSize, type GraphForFrames, graphsForFrames } from './sized-graph.ts';

/** A processor of a chain with the values that it is exported with: load-time ones shape the graph, runtime ones are documented. */
export interface ChainMember extends ExportSubject {
  readonly values: ParameterValues;
}

/** A chain as one model, and its ports as they are documented in it. */
export interface ChainModel extends OnnxModel {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/**
 * Processors in order as one ONNX model: input `video`, one float scalar for every runtime parameter, under its own name or behind the
 * member's key where that is taken, output `video_out`; seams are folded as where the lab runs them. It is for every size
 * of frame where the graphs allow it, else for `size`. Every input says its meaning, range and default in the model; `metadata_props`
 * say the same for programs, and of what number a frame's rows and columns have to be multiples. Rejects with an InputError for code that is
 * called and for processors that see several frames behind another one.
 */
export async function chainModel(members: readonly ChainMember[], size: FrameSize | undefined): Promise<ChainModel> {
  const sources = graphsOf(members);
  let segment: GraphSegment | undefined;
  const plan = async (planned: FrameSize): Promise<Graph> => {
    segment = oneSegment(await linksOf(members, sources, planned));
    return foldSeams(segment.graph);
  };
  const [forFrames] = (await graphsForFrames(plan, size ? [size] : [])) as [GraphForFrames];
  const made = segment as GraphSegment;
  const inputs = segmentInputs(made, (index) => valuesOf(members[index] as ChainMember));
  const runnable = sources.some(({ isModel }) => isModel) ? await runnableGraph(forFrames, inputs) : forFrames;
  const parameters = parametersOf(members, made);
  const graph = documented(runnable.graph, parameters);
  const ids = members.map(({ handle: { facts } }) => `${facts.id} ${facts.version}`);
  const description = {
    text: `Camera Lab: ${ids.join(', then ')}. Frames and parameters in, one frame out.`,
    properties: {
      processors: ids.join(', '),
      parameters: JSON.stringify(parameters.map(propertyOf)),
      load_time: JSON.stringify(members.map(loadTimeOf)),
      size_multiple: String(runnable.multiple),
    },
  };
  return { ...writeOnnxModel(graph, description), inputs: graph.inputs, outputs: graph.outputs };
}

function graphsOf(members: readonly ChainMember[]): ExportGraphs[] {
  return members.map(({ handle }) => {
    const source = exportGraphs(handle);
    if (source) return source;
    const message = `Expected processors that are graphs but ${handle.facts.id} is called`;
    throw new InputError('export.no-graph', message, 'Leave it out.');
  });
}

function valuesOf({ params, values }: ChainMember): InputValues {
  return processorInputs(params, values);
}

function membersKeys(members: readonly ChainMember[]): string[] {
  return keysOf(members.map(({ handle: { facts } }) => String(facts.id)));
}

async function linksOf(members: readonly ChainMember[], sources: readonly ExportGraphs[], size: FrameSize): Promise<ChainLink[]> {
  const keys = membersKeys(members);
  const link = async ({ handle, values }: ChainMember, index: number): Promise<ChainLink> => ({
    id: keys[index] as string,
    inputSize: await inputSizeOf(handle, values),
    graph: await (sources[index] as ExportGraphs).plan({ ...size, loadTimeValues: values }),
  });
  return Promise.all(members.map(link));
}

async function inputSizeOf(handle: ProcessorHandle, values: ParameterValues): Promise<number> {
  return ((await handle.prepare(values)) as { readonly inputSize: number }).inputSize;
}

function oneSegment(links: readonly ChainLink[]): GraphSegment {
  const [first, second] = composeProcessors(links);
  if (first?.kind === 'graph' && !second) return first;
  const late = links.find(({ inputSize }, index) => index > 0 && inputSize > 1);
  const received = late ? `${late.id}, which sees several, behind another one` : 'none';
  throw new InputError('export.chain', `Expected processors of one frame behind the first one but received ${received}`);
}

interface DocumentedParameter {
  readonly input: string;
  /** Of the member. */
  readonly key: string;
  readonly processor: string;
  readonly parameter: ExportParameter;
}

function parametersOf(members: readonly ChainMember[], segment: GraphSegment): DocumentedParameter[] {
  const keys = membersKeys(members);
  return segment.members.flatMap(({ index, inputs }) => {
    const { handle, params, values } = members[index] as ChainMember;
    return exportParameters(params, values).flatMap((parameter) => {
      const input = inputs[parameter.name];
      return input === undefined ? [] : [{ input, key: keys[index] as string, processor: String(handle.facts.id), parameter }];
    });
  });
}

function documented(graph: Graph, parameters: readonly DocumentedParameter[]): Graph {
  const inputs = graph.inputs.map((port) => {
    const found = parameters.find(({ input }) => input === port.name);
    return found ? { ...port, help: `${port.help}; ${domainOf(found.parameter)}` } : port;
  });
  return { ...graph, inputs };
}

function domainOf({ options, control, minimum, maximum, defaultValue }: ExportParameter): string {
  if (options) {
    const places = options.map(({ value }, index) => `${index} ${value}`).join(', ');
    return `${places}; default ${options.findIndex(({ value }) => value === defaultValue)}`;
  }
  return control === 'toggle'
    ? `0 off, 1 on; default ${defaultValue ? 1 : 0}`
    : `${minimum} to ${maximum}, default ${defaultValue}`;
}

function propertyOf({ input, key, processor, parameter }: DocumentedParameter): object {
  const { name, label, unit, minimum, maximum, defaultValue, options } = parameter;
  const values = options ? { values: options.map(({ value }) => value) } : {};
  return { input, key, processor, name, label, unit, minimum, maximum, default: defaultValue, ...values };
}

function loadTimeOf({ handle, params, values }: ChainMember): object {
  const loadTime = exportParameters(params, values).filter(({ kind }) => kind === 'load-time');
  const entries = loadTime.map(({ name, defaultValue }) => [name, defaultValue] as const);
  return { processor: handle.facts.id, ...Object.fromEntries(entries) };
}
