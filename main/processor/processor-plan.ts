import type { ParameterValue, ParameterValues } from '../../preload/contract.ts';
import { assert, InputError } from '../base/errors.ts';
import type { Graph, Node, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { describeShape, GraphError, shapesAgree } from '../graph/tensor-type.ts';
import type { GraphInputs, ImageProcessor, LoadTimeValues } from './image-processor.ts';
import { defaultValues, describeParameters, type Parameters } from './parameters.ts';
import { type InputValues, stagePorts } from './stage.ts';

/** Names of the tensors that every processor's graph has. One name cannot be both an input and an output of an ONNX model. */
export const processorPorts = {
  /** Input, float32 [inputSize, rows, columns, 3]. */
  video: 'video',
  /** Output, float32 [1, rows, columns, 3], clamped to [0, 1]. */
  result: 'video_out',
  /** Output of {@link planProcessor} with `raw`: the same before it was clamped. */
  raw: 'video_raw',
  /** Input of {@link planProcessor} with `guard`, float32 []: 1 lets a run fail whose result is no numbers, 0 does not. */
  alarm: 'alarm',
} as const;

const guardName = 'numbers of ';

/** The processor whose `guard` a run has failed at, by ONNX Runtime's message. */
export function guardInMessage(message: string): string | undefined {
  return new RegExp(`${guardName}([a-z0-9-]+)`).exec(message)?.[1];
}

/** What a processor's graph is built for. */
export interface ProcessorRequest {
  readonly width: number;
  readonly height: number;
  /** Load-time values by name; the defaults stand in for those that are missing, and others are left alone. */
  readonly loadTimeValues: ParameterValues;
  /** Adds {@link processorPorts.raw} as an output, by which the rules see what clamping would hide. */
  readonly raw?: true;
  /** Channels of the frames: 3 for pictures, the default; 1 for a mosaic, as processors before the ISP see it. */
  readonly channels?: 1 | 3;
  /** Rows of the whole frame, where `height` is that of a strip: the graph then has the input {@link stagePorts.firstRow}. */
  readonly frameRows?: number;
  /** Lets runs fail whose result is no numbers, which clamping would hide; the name is told by {@link guardInMessage}. */
  readonly guard?: string;
}

/**
 * A processor's graph: input `video`, one float scalar per runtime parameter under its own name, output `video_out`. Throws
 * GraphError, or what the processor's own code throws.
 */
export function planProcessor(
  processor: ImageProcessor,
  { width, height, loadTimeValues, raw, guard, channels = 3, frameRows }: ProcessorRequest,
): Graph {
  const { id, params } = processor;
  assert(processor.graph, `Expected a graph of processor ${id} but it is called`);
  const values = loadTimeOf(params, loadTimeValues);
  const { inputSize } = processor.prepare(values);
  const g = new GraphBuilder(id);
  const video = g.input(
    processorPorts.video,
    'float32',
    [inputSize, height, width, channels],
    `${channels === 3 ? 'RGB' : 'Mosaic'} in [0, 1]: frames, rows, columns, channels; newest frame last`,
  );
  const inputs: Record<string, Value> = {};
  for (const { name, label, unit, help } of describeParameters(params)) {
    if (params[name]?.kind !== 'runtime') continue;
    inputs[name] = g.input(name, 'float32', [], `${label}${unit === undefined ? '' : ` in ${unit}`}: ${help}`);
  }
  const strip = frameRows === undefined ? undefined : { frameRows, firstRow: firstRowOf(g) };
  const made: unknown = processor.graph(g, { video, ...inputs } as GraphInputs<Parameters>, values, strip);
  const result = expectResult(made, id, [1, height, width, channels]);
  // What enters is numbers from 0 to 1.
  const isUnchanged = result === video && inputSize === 1;
  const checked = guard === undefined || isUnchanged ? undefined : guardOf(g, result);
  const clamped = isUnchanged
    ? g.reshape(video, [1, height, width, channels])
    : g.clip(result, checked ?? g.scalar(0), g.scalar(1));
  if (raw) g.output(processorPorts.raw, g.add(result, g.scalar(0)), 'The result before it is clamped');
  g.output(processorPorts.result, clamped, 'RGB in [0, 1]: one frame, rows, columns, channels');
  const graph = g.build();
  const isGuard = ({ outputs }: Node): boolean => outputs[0]?.name === checked?.name;
  return { ...graph, nodes: graph.nodes.map((node) => (isGuard(node) ? { ...node, name: `${guardName}${guard}` } : node)) };
}

/**
 * A scalar 0 that cannot be had where the sum of all samples is no number: a look-up in a table of one entry then asks for another one, by
 * which ONNX Runtime ends the run and names the node. So a whole frame is checked for what it costs to read it once more, and lanes
 * need not know of it.
 */
function guardOf(g: GraphBuilder, result: Value): Value {
  const alarm = g.input(processorPorts.alarm, 'float32', [], '1 where a result that is no numbers has to end the run');
  const total = g.reshape(g.reduceSum(result, [0, 1, 2, 3]), []);
  const entry = g.where(g.equal(total, total), g.scalar(0), alarm);
  return g.gather(g.constant('float32', [0], [1]), g.cast(entry, 'int32'), 0);
}

function firstRowOf(g: GraphBuilder): Value {
  return g.input(stagePorts.firstRow, 'float32', [], 'Row of the frame that is the first one of the strip');
}

function expectResult(made: unknown, id: string, shape: readonly number[]): Value {
  const video = (made as { video?: Value } | null | undefined)?.video;
  const expected = `{ video } of float32 ${describeShape(shape)}`;
  if (video === undefined || !Array.isArray(video.shape)) {
    throw new InputError('processor.result', `Expected ${expected} from the graph of processor ${id} but received none`);
  }
  if (video.type === 'float32' && shapesAgree(video.shape, shape)) return video;
  throw new GraphError(`video of processor ${id}`, expected, `${video.type} ${describeShape(video.shape)}`);
}

/** Every load-time value of a processor: the given ones, else the defaults. */
export function loadTimeOf(params: Parameters, given: ParameterValues): LoadTimeValues<Parameters> {
  return valuesOfKind(params, 'load-time', given);
}

/** Every runtime value of a processor: the given ones, else the defaults. */
export function runtimeOf(params: Parameters, given: ParameterValues): ParameterValues {
  return valuesOfKind(params, 'runtime', given);
}

function valuesOfKind(params: Parameters, kind: 'runtime' | 'load-time', given: ParameterValues): ParameterValues {
  const entries = Object.entries(defaultValues(params)).filter(([name]) => params[name]?.kind === kind);
  return Object.fromEntries(entries.map(([name, value]) => [name, given[name] ?? value]));
}

/** The graph inputs of one parameter version, as {@link GraphInputs} says; missing values are the defaults. */
export function processorInputs(params: Parameters, values: ParameterValues): InputValues {
  const inputs: Record<string, Float32Array> = {};
  const complete = runtimeOf(params, values);
  for (const { name, options } of describeParameters(params)) {
    const value = complete[name];
    if (value === undefined) continue;
    inputs[name] = Float32Array.of(
      scalarOf(
        name,
        value,
        options?.map((option) => option.value),
      ),
    );
  }
  return inputs;
}

function scalarOf(name: string, value: ParameterValue, options: readonly (string | number)[] | undefined): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (options) return options.indexOf(value);
  assert(typeof value === 'number', `Expected a number for ${name}: text cannot be a graph input`);
  return value;
}
