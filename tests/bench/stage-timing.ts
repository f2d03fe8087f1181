import type { SensorDescription } from '../../main/frame/frame-meta.ts';
import { planeBytes, type Stage } from '../../main/processor/stage.ts';
import type { CompletionEvent } from '../../main/runtime/envelope.ts';
import { providerOnCpu } from '../../main/runtime/execution-providers.ts';
import { ModelManager } from '../../main/runtime/model-manager.ts';
import { type Lease, ResourceManager } from '../../main/runtime/resource-manager.ts';
import { ThreadingManager } from '../../main/runtime/threading-manager.ts';
import type { ParameterValues } from '../../preload/contract.ts';
import type { CaseOutput } from './measurement.ts';

/** A 10-bit sensor as most benchmarks have it. */
export const benchSensor = { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 } as const;

/** What is timed, and how often. */
export interface StageRun {
  readonly stage: Stage;
  readonly values: ParameterValues;
  readonly sensor: SensorDescription;
  /** `WIDTHxHEIGHT` of the mosaic. */
  readonly size: string;
  /** Frames before any counts. */
  readonly warmUps: number;
  readonly frames: number;
  /** A picture by default. */
  readonly content?: BenchContent;
  /** In place of what the values ask for. */
  readonly provider?: BenchProvider;
}

/** What a benchmark runs a stage by: row kernels, or ONNX Runtime on the CPU. */
export type BenchProvider = 'kernel' | 'cpu';

/** What the mosaic of a benchmark shows. */
export type BenchContent =
  /** Slopes of light with edges, a percent of noise, and a hot sample in five thousand, as pictures are. */
  | 'picture'
  /** Nothing but noise over the whole range: the worst case of whatever looks for what stands out. */
  | 'noise';

/**
 * A stage through its lane, one frame at a time: milliseconds from submission to completion. Throws where the provider falls back: the row
 * would tell of another one.
 */
export async function timeStage({
  stage,
  values,
  sensor,
  size,
  warmUps,
  frames,
  content = 'picture',
  provider = providerOnCpu(values),
}: StageRun): Promise<CaseOutput> {
  const [width, height] = size.split('x').map(Number) as [number, number];
  const threading = await ThreadingManager.start();
  const resources = new ResourceManager();
  const model = await new ModelManager(threading.workers).load({ stage, width, height, sensor, values, provider });
  if (model.fallbackReason !== undefined)
    throw new Error(`Expected ${provider} but ONNX Runtime fell in: ${model.fallbackReason}`);
  const leases = [...model.plan.inputs, ...model.plan.outputs].map((port): Lease => {
    const pool = resources.createPool(port.name, planeBytes(port), 1);
    threading.attachPool(pool);
    return resources.lease(pool.poolId, 'bench') as Lease;
  });
  const inputs = leases.slice(0, model.plan.inputs.length);
  fill(inputs, sensor, { width, content });
  const slots = {
    inputs: inputs.map(({ handle }) => handle),
    outputs: leases.slice(inputs.length).map(({ handle }) => handle),
  };
  let finished: (event: CompletionEvent) => void = () => undefined;
  threading.completed.subscribe((event) => finished(event));
  const samplesMillis: number[] = [];
  for (let frameId = 1; frameId <= warmUps + frames; frameId++) {
    const completion = new Promise<CompletionEvent>((resolve) => {
      finished = resolve;
    });
    const start = performance.now();
    const stageId = stage.declaration.id;
    const identity = { frameId, streamId: 'bench', lane: 'realtime', stage: stageId, modelHash: model.hash } as const;
    const parameters = { version: 1, values: stage.inputs(values, sensor) };
    threading.submit({ ...identity, ...slots, parameters, queuedNs: 0n }, model.plan.strips.strips.length);
    const event = await completion;
    if (event.error) throw new Error(event.error.message);
    if (frameId > warmUps) samplesMillis.push(performance.now() - start);
  }
  await threading.shutdown();
  return { samplesMillis };
}

/** The mosaic, and a picture where there is one. */
function fill(
  [mosaic, picture]: readonly Lease[],
  sensor: SensorDescription,
  { width, content }: { readonly width: number; readonly content: BenchContent },
): void {
  if (mosaic) fillMosaic(mosaic.samples(), sensor, width, content);
  const pixels = picture?.elements('uint8') ?? [];
  for (let index = 0; index < pixels.length; index++) pixels[index] = (index * 7919) % 251;
}

/** Fills a mosaic of that width with what benchmarks show. */
export function fillMosaic(
  samples: Uint16Array,
  { blackLevels, whiteLevel }: SensorDescription,
  width: number,
  content: BenchContent,
): void {
  const black = blackLevels[0];
  const range = whiteLevel - black;
  for (let index = 0; index < samples.length; index++) {
    const share = content === 'noise' ? ((index * 7919) % range) / range : pictureLight(index % width, Math.floor(index / width));
    samples[index] = black + Math.round(share * range);
  }
}

/** Light of a synthetic picture before white balance, 0 to 1: greens brighter, an edge every 53 columns, so that edges have no phase to cells and blocks. */
function pictureLight(column: number, row: number): number {
  const index = row * 1920 + column;
  if (index % 5003 === 0) return 1;
  const isGreen = (row + column) % 2 === 1;
  const slope = 0.3 + 0.2 * Math.sin(column / 97) * Math.cos(row / 71);
  const edge = column % 106 < 53 ? 0.6 : 1;
  const noise = (((index * 7919) % 59) / 59 - 0.5) * 0.035;
  return Math.min(1, Math.max(0, slope * edge * (isGreen ? 1 : 0.6) + noise));
}
