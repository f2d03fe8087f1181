import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ParameterValues } from '../../preload/contract.ts';
import { InputError, messageOf, ResourceError } from '../base/errors.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import type { Graph, Port, Value } from '../graph/graph.ts';
import { type HoistedGraph, hoist } from '../graph/hoisting.ts';
import { type OnnxModel, writeOnnxModel } from '../graph/onnx-model.ts';
import type { StripPlan } from '../graph/strips.ts';
import { compileKernel } from '../kernel/compile-kernel.ts';
import { type Kernel, KernelError } from '../kernel/kernel.ts';
import { type Stage, type StagePlan, type StageRequest, stagePorts } from '../processor/stage.ts';
import { type ExecutionProvider, type LaneModel, maximumStrips } from './lane-protocol.ts';
import { estimateKernelBytes, estimateSessionBytes } from './model-memory.ts';

/** What a stage is to be loaded for. */
export interface ModelRequest {
  readonly stage: Stage;
  readonly width: number;
  readonly height: number;
  readonly sensor: SensorDescription;
  readonly values: ParameterValues;
  readonly provider: ExecutionProvider;
  /**
   * An ONNX file in place of the stage's own graph. It has the ports of the stage for whole frames of this size, as
   * `lab export-onnx` writes them; the stage goes on to make the parameter inputs.
   */
  readonly file?: string;
  /** The model is loaded for a single frame, and need not be made ready for more. */
  readonly isForOneFrame?: true;
}

/** A model as the workers take it, with the plan that callers need and what one session of it costs. */
export interface ModelSource {
  readonly plan: StagePlan;
  readonly model: LaneModel;
  readonly sessionBytes: number;
}

/**
 * Makes a kernel of the graph of a strip; a test may put its own in its place. `planes` are the inputs that are whole planes, `content` the hash
 * of the graph.
 */
export type CompileKernel = (graph: Graph, planes: readonly string[], content: string) => Kernel;

/**
 * Builds or reads the model of a request for one provider. Throws InputError for a file that cannot be read, and KernelError where row kernels
 * cannot be made: of a file, or of a graph that their compiler does not take.
 */
export async function modelSource(
  request: ModelRequest,
  provider: ExecutionProvider,
  compile: CompileKernel = compileKernel,
): Promise<ModelSource> {
  const { stage, width, height, sensor, values, file } = request;
  const cut = cutFor(provider, file);
  const plan = stage.plan({ width, height, sensor, values, cut });
  const count = plan.strips.strips.length;
  if (count > maximumStrips) {
    const message = `Expected at most ${maximumStrips} strips but received ${count}`;
    throw new ResourceError('runtime.too-many-strips', message, 'Choose higher strips.');
  }
  const { bytes, hash } = file === undefined ? writeOnnxModel(plan.graph) : await readModelFile(file);
  const keyOf = (content: string): string => `${content.slice(0, 16)}-${width}x${height}-${provider}`;
  // A kernel takes what depends on parameters alone as it is handed to it, however many strips there are.
  const isHoisted = cut === 'rows' || (cut === 'strips' && count > 1);
  const parts = isHoisted ? hoist(plan.graph, boundPorts(plan)) : { body: plan.graph };
  const model = laneModel(request, plan, { provider, hash: keyOf(hash), ...bytesOf(parts, bytes) });
  if (cut === 'rows') {
    const kernel = compile(
      parts.body,
      plan.inputs.map(({ name }) => name),
      hash,
    );
    const content = createHash('sha256').update(hash).update(kernel.wasm).digest('hex');
    return { plan, model: { ...model, hash: keyOf(content), kernel }, sessionBytes: estimateKernelBytes(kernel) };
  }
  const { rowsPerStrip, halo } = plan.strips;
  const openExtent = rowsPerStrip + halo.above + halo.below;
  return { plan, model, sessionBytes: estimateSessionBytes(bytes.length, plan.graph, openExtent) };
}

function cutFor(provider: ExecutionProvider, file: string | undefined): StageRequest['cut'] {
  if (provider === 'kernel') {
    if (file === undefined) return 'rows';
    throw new KernelError(`Expected a graph of the lab for row kernels but received ${file}, which ONNX Runtime runs whole`);
  }
  return provider === 'cpu' && file === undefined ? 'strips' : 'frame';
}

async function readModelFile(file: string): Promise<OnnxModel> {
  try {
    const bytes = Uint8Array.from(await readFile(file));
    return { bytes, hash: createHash('sha256').update(bytes).digest('hex') };
  } catch (cause) {
    const message = `Expected a readable ONNX model but received ${file}: ${messageOf(cause)}`;
    throw new InputError('model.unreadable', message, 'Choose a .onnx file.', cause);
  }
}

/** Ports of a graph that differ between the strips of a frame; the others are parameters. */
function boundPorts({ inputs }: StagePlan): ReadonlySet<string> {
  return new Set([stagePorts.pads, stagePorts.firstRow, stagePorts.cut, ...inputs.map(({ name }) => name)]);
}

/** The parts of a graph as bytes; `whole` are those of the graph that both are of, and name it. */
function bytesOf({ prologue, body }: HoistedGraph, whole: Uint8Array): Pick<LaneModel, 'bytes' | 'prologue' | 'inputs'> {
  const inputs = body.inputs.map(valueOfPort);
  if (!prologue) return { bytes: whole, inputs };
  const names = prologue.inputs.map(({ name }) => name);
  return { bytes: writeOnnxModel(body).bytes, inputs, prologue: { bytes: writeOnnxModel(prologue).bytes, inputs: names } };
}

function laneModel(
  { stage, values, sensor, file, isForOneFrame }: ModelRequest,
  plan: StagePlan,
  identity: Pick<LaneModel, 'provider' | 'hash' | 'bytes' | 'prologue' | 'inputs'>,
): LaneModel {
  const { graph, strips, inputs, outputs } = plan;
  const bound = boundPorts(plan);
  const parameterPorts = graph.inputs.filter(({ name }) => !bound.has(name));
  const takes = (port: string): boolean => graph.inputs.some(({ name }) => name === port);
  return {
    ...identity,
    ...(file === undefined ? {} : { file }),
    outputs: graph.outputs.map(valueOfPort),
    strips: strips.strips.length,
    planes: { inputs, outputs },
    ...(takes(stagePorts.pads) ? { pads: stripPads(strips) } : {}),
    ...(takes(stagePorts.firstRow) ? { firstRows: plan.firstRows ?? strips.strips.map(({ firstRow }) => firstRow) } : {}),
    ...(plan.cuts ? { cuts: plan.cuts } : {}),
    inputShapes: Object.fromEntries(parameterPorts.map(({ name, shape }) => [name, shape.map(Number)])),
    warmUpInputs: stage.inputs(values, sensor),
    warmUpLevel: sensor.whiteLevel,
    ...(plan.threads === undefined ? {} : { threads: plan.threads }),
    ...(isForOneFrame ? { isForOneFrame } : {}),
  };
}

/** Begin of batch, channel, row and column, then end of each: columns always need the margin, rows only at the frame's edge. */
function stripPads({ strips, halo }: StripPlan): readonly (readonly number[])[] {
  return strips.map(({ missingAbove, missingBelow }) => [0, 0, missingAbove, halo.above, 0, 0, missingBelow, halo.above]);
}

function valueOfPort({ name, type, shape }: Port): Value {
  return { name, type, shape };
}
