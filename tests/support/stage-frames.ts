import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Graph } from '../../main/graph/graph.ts';
import { type HoistedGraph, hoist } from '../../main/graph/hoisting.ts';
import { writeOnnxModel } from '../../main/graph/onnx-model.ts';
import { compileKernel } from '../../main/kernel/compile-kernel.ts';
import type { Kernel } from '../../main/kernel/kernel.ts';
import { KernelRun } from '../../main/kernel/kernel-run.ts';
import {
  elementsOf,
  type InputValues,
  planeBytes,
  type Stage,
  type StagePlan,
  type StageRequest,
  stagePorts,
  type TensorWindow,
} from '../../main/processor/stage.ts';
import type { ParameterValues } from '../../preload/contract.ts';
import type { ReferenceMosaic } from './reference-fast-isp.ts';

/** What a stage makes of one frame, and the strips that it was made of. */
export interface StageFrame {
  readonly width: number;
  readonly height: number;
  /** The first output: of most stages, RGBA. */
  readonly pixels: Uint8Array | Uint16Array;
  /** All outputs, in their order. */
  readonly planes: readonly (Uint8Array | Uint16Array)[];
  readonly strips: number;
}

type Tensors = Record<string, Tensor>;

/** What makes strips: a session of ONNX Runtime's, or a kernel. */
interface Runner {
  run(feeds: Tensors, fetches: Tensors): Promise<unknown>;
  release(): Promise<void>;
}

const perStrip: ReadonlySet<string> = new Set([stagePorts.pads, stagePorts.firstRow, stagePorts.mosaic]);

/** A stage's plan with its graph in two parts. */
interface Planned extends HoistedGraph {
  readonly plan: StagePlan;
}

function planned(
  stage: Stage,
  { width, height, sensor }: ReferenceMosaic,
  values: ParameterValues,
  cut: StageRequest['cut'],
): Planned {
  const plan = stage.plan({ width, height, sensor, values, cut });
  return { plan, ...hoist(plan.graph, perStrip) };
}

/** The kernel of the part of a stage that runs strip by strip. Throws KernelError. */
export function kernelOf(stage: Stage, mosaic: ReferenceMosaic, values: ParameterValues): Kernel {
  return compileKernel(planned(stage, mosaic, values, 'rows').body, [stagePorts.mosaic]);
}

async function sessionOf(graph: Graph): Promise<InferenceSession> {
  return await InferenceSession.create(writeOnnxModel(graph).bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
}

/** A frame by a kernel, on this thread. Throws KernelError. */
export async function frameByKernel(stage: Stage, mosaic: ReferenceMosaic, values: ParameterValues): Promise<StageFrame> {
  const parts = planned(stage, mosaic, values, 'rows');
  const runner = await KernelRun.open(compileKernel(parts.body, [stagePorts.mosaic]));
  return await frameBy(runner, parts, mosaic, stage.inputs(values, mosaic.sensor));
}

/** A frame by ONNX Runtime, of the graph that it runs for itself, on this thread. */
export async function frameByOnnx(stage: Stage, mosaic: ReferenceMosaic, values: ParameterValues): Promise<StageFrame> {
  const parts = planned(stage, mosaic, values, 'strips');
  return await frameBy(await sessionOf(parts.body), parts, mosaic, stage.inputs(values, mosaic.sensor));
}

async function parametersFor({ plan, prologue }: Planned, given: InputValues): Promise<Tensors> {
  const named = plan.graph.inputs
    .filter(({ name }) => !perStrip.has(name))
    .map(({ name, shape }) => [name, new Tensor('float32', given[name] as Float32Array, shape.map(Number))] as const);
  const own: Tensors = Object.fromEntries(named);
  if (!prologue) return own;
  const session = await sessionOf(prologue);
  const made = await session.run(Object.fromEntries(prologue.inputs.map(({ name }) => [name, own[name] as Tensor])));
  await session.release();
  return { ...own, ...made };
}

async function frameBy(runner: Runner, parts: Planned, mosaic: ReferenceMosaic, given: InputValues): Promise<StageFrame> {
  const { plan, body } = parts;
  const [input] = plan.inputs;
  if (!input) throw new Error('Expected a stage that reads a mosaic');
  const parameters = await parametersFor(parts, given);
  const planes = plan.outputs.map((output) => {
    const bytes = new ArrayBuffer(planeBytes(output));
    return output.type === 'uint16' ? new Uint16Array(bytes) : new Uint8Array(bytes);
  });
  try {
    for (const [strip, { missingAbove, missingBelow, firstRow }] of plan.strips.strips.entries()) {
      const from = input.windows[strip] as TensorWindow;
      const margin = plan.strips.halo.above;
      const pads = BigInt64Array.from([0, 0, missingAbove, margin, 0, 0, missingBelow, margin], BigInt);
      const samples = mosaic.samples.subarray(from.offset, from.offset + elementsOf(from.shape)) as Uint16Array;
      const all: Tensors = {
        ...parameters,
        [stagePorts.mosaic]: new Tensor('uint16', samples, from.shape),
        [stagePorts.pads]: new Tensor('int64', pads, [8]),
        [stagePorts.firstRow]: new Tensor('float32', Float32Array.of(firstRow), []),
      };
      const feeds = Object.fromEntries(body.inputs.map(({ name }) => [name, all[name] as Tensor]));
      const fetches = plan.outputs.map(({ name, type, windows }, index) => {
        const { offset, shape } = windows[strip] as TensorWindow;
        const part = (planes[index] as Uint8Array).subarray(offset, offset + elementsOf(shape));
        return [name, new Tensor(type as 'uint8', part, shape)] as const;
      });
      await runner.run(feeds, Object.fromEntries(fetches));
    }
  } finally {
    await runner.release();
  }
  const [pixels] = planes;
  if (!pixels) throw new Error('Expected a stage that makes something');
  return { width: plan.outputWidth, height: plan.outputHeight, pixels, planes, strips: plan.strips.strips.length };
}
