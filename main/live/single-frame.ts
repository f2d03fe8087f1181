import type { ParameterValues } from '../../preload/contract.ts';
import { monotonicNs } from '../base/clock.ts';
import { assert, ResourceError } from '../base/errors.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import { withMeasuredBlack } from '../isp/optical-black.ts';
import { elementsOf, type PlanePort, planeBytes, type Stage, stagePorts } from '../processor/stage.ts';
import type { CompletionEvent, Envelope } from '../runtime/envelope.ts';
import { providerOnCpu } from '../runtime/execution-providers.ts';
import { type LoadedModel, ModelManager } from '../runtime/model-manager.ts';
import type { PassSequence } from '../runtime/pass-sequence.ts';
import { type Lease, ResourceManager } from '../runtime/resource-manager.ts';
import { ThreadingManager } from '../runtime/threading-manager.ts';
import type { ChainGeometry } from './chain/chain-geometry.ts';
import type { FrameSlots } from './chain/frame-passes.ts';
import type { RunningChain } from './chain/running-chain.ts';

/** One mosaic and what its numbers mean. */
export interface Mosaic {
  readonly width: number;
  readonly height: number;
  /** width * height unpacked samples, DN. */
  readonly samples: Uint16Array;
  readonly sensor: SensorDescription;
}

/** A finished picture: RGBA, 8 bit, rows without padding. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly event: CompletionEvent;
}

/** Everything that a stage made of one mosaic, by the name of the graph's output; rows without padding. */
export interface StageResult {
  readonly width: number;
  readonly height: number;
  readonly planes: Readonly<Record<string, Uint8Array | Uint16Array | Float32Array>>;
  readonly event: CompletionEvent;
  /** What made it, and why where row kernels were asked for and could not. */
  readonly ranBy: Pick<LoadedModel, 'provider' | 'fallbackReason'>;
}

/** Runs one mosaic through a stage that makes a picture, as {@link runStage} does. */
export async function processMosaic(
  stage: Stage,
  mosaic: Mosaic,
  values: ParameterValues,
  lanes?: number | ThreadingManager,
  around?: MakeAround,
): Promise<Picture> {
  const { width, height, planes, event } = await runStage(stage, mosaic, values, lanes, around);
  const pixels = planes[stagePorts.picture];
  assert(pixels instanceof Uint8Array, `Expected a picture from ${stage.declaration.name} but it makes none`);
  return { width, height, pixels, event };
}

/** What a chain around the stage of one frame is built with. */
export interface AroundParts {
  readonly threading: ThreadingManager;
  readonly resources: ResourceManager;
  readonly models: ModelManager;
  readonly geometry: ChainGeometry;
}

/** Builds the chain around a stage that makes a picture of 8 bits and nothing else; undefined where it is empty. */
export type MakeAround = (parts: AroundParts) => Promise<RunningChain | undefined>;

/**
 * Runs one mosaic through a stage, and what `around` puts around it, on the same lane, workers and strips as a live frame, on the CPU: by row
 * kernels where the values ask for them. Rejects when the stage fails; how a processor around it ended is in the event's passes.
 *
 * @param lanes running ones, which do nothing else meanwhile and stay as they are; or the workers of lanes that are started for this
 * mosaic alone, one per core by default
 */
export async function runStage(
  stage: Stage,
  mosaic: Mosaic,
  values: ParameterValues,
  lanes?: number | ThreadingManager,
  around?: MakeAround,
): Promise<StageResult> {
  if (lanes instanceof ThreadingManager) return runOn(lanes, stage, mosaic, values, around);
  const threading = await ThreadingManager.start(lanes === undefined ? {} : { realtime: lanes });
  try {
    return await runOn(threading, stage, mosaic, values, around);
  } finally {
    await threading.shutdown();
  }
}

async function runOn(
  threading: ThreadingManager,
  stage: Stage,
  mosaic: Mosaic,
  values: ParameterValues,
  around: MakeAround | undefined,
): Promise<StageResult> {
  const { width, height, samples } = mosaic;
  const sensor = withMeasuredBlack(mosaic.sensor, mosaic);
  const resources = new ResourceManager();
  const models = new ModelManager(threading.workers, { budgetBytes: 0 });
  using held = new DisposableStack();
  const provider = providerOnCpu(values);
  const model = await models.load({ stage, width, height, sensor, values, provider, isForOneFrame: true });
  held.defer(() => models.release(model));
  const slot = (purpose: string, slotBytes: number): Lease => {
    const pool = resources.createPool(purpose, slotBytes, 1);
    threading.attachPool(pool);
    const { poolId } = pool;
    held.defer(() => resources.retirePool(poolId, () => threading.detachPool(poolId)));
    const lease = resources.lease(poolId, 'single frame');
    assert(lease, 'Expected a free slot in a new pool');
    return held.use(lease);
  };
  const input = slot('mosaic', width * height * 2);
  const outputs = model.plan.outputs.map((port) => ({ port, lease: slot(port.name, planeBytes(port)) }));
  input.samples(width * height).set(samples);
  const parameters = { version: 1, values: stage.inputs(values, sensor) };
  const slots = { inputs: [input.handle], outputs: outputs.map(({ lease }) => lease.handle) };
  const { outputWidth, outputHeight } = model.plan;
  const geometry = { mosaicWidth: width, mosaicHeight: height, sensor, width: outputWidth, height: outputHeight };
  const chain = await around?.({ threading, resources, models, geometry });
  held.defer(() => chain?.retire());
  const [picture] = outputs;
  assert(picture, `Expected an output of ${stage.declaration.name}`);
  const passes =
    chain && ((frame: FrameWork): PassSequence => chain.passesOf({ ...frame, mosaic: input, picture: picture.lease }));
  const event = await completionOf(threading, stage, model, { ...slots, parameters }, passes);
  if (event.error) throw new ResourceError('stage.failed', `${stage.declaration.name} failed: ${event.error.message}`);
  const planes = outputs.map(({ port, lease }) => [port.name, copyOf(port, lease)] as const);
  return { width: outputWidth, height: outputHeight, planes: Object.fromEntries(planes), event, ranBy: model };
}

type FrameWork = Pick<FrameSlots, 'envelope' | 'strips'>;

function completionOf(
  threading: ThreadingManager,
  stage: Stage,
  model: LoadedModel,
  work: Pick<Envelope, 'inputs' | 'outputs' | 'parameters'>,
  passes: ((frame: FrameWork) => PassSequence) | undefined,
): Promise<CompletionEvent> {
  const stageId = stage.declaration.id;
  const identity = { frameId: 1, streamId: 'file', lane: 'realtime', stage: stageId, modelHash: model.hash } as const;
  const { promise, resolve } = Promise.withResolvers<CompletionEvent>();
  const unsubscribe = threading.completed.subscribe(resolve);
  const strips = model.plan.strips.strips.length;
  const envelope = { ...identity, ...work, queuedNs: monotonicNs() };
  threading.submit(envelope, strips, passes?.({ envelope, strips }));
  return promise.finally(unsubscribe);
}

/** What a stage wrote into its slot, without the rest of the page that the slot may end with. */
function copyOf(port: PlanePort, lease: Lease): Uint8Array | Uint16Array | Float32Array {
  const length = Math.max(...port.windows.map(({ offset, shape }) => offset + elementsOf(shape)));
  return lease.elements(port.type).slice(0, length);
}
