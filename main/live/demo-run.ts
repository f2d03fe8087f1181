import { monotonicNs } from '../base/clock.ts';
import { assert, type ErrorRecord, errorFromRecord, ResourceError } from '../base/errors.ts';
import type { Camera, CameraMode, FrameSink, WritableFrame } from '../camera/camera.ts';
import type { FrameMeta } from '../frame/frame-meta.ts';
import type { SharedFramePool } from '../frame/frame-pool.ts';
import { defaultValues } from '../processor/parameters.ts';
import type { Stage } from '../processor/stage.ts';
import { type Completion, CompletionDispatcher } from '../runtime/completion-dispatcher.ts';
import type { CompletionEvent } from '../runtime/envelope.ts';
import { providerOnCpu } from '../runtime/execution-providers.ts';
import type { Lease } from '../runtime/lease.ts';
import { ModelManager } from '../runtime/model-manager.ts';
import { ResourceManager } from '../runtime/resource-manager.ts';
import { ThreadingManager } from '../runtime/threading-manager.ts';
import { FrameMeasurement } from './frame-measurement.ts';

/** Frames that are captured: a noise estimate compares two. */
const burstFrames = 2;

/** Share of the range from which a sample counts as clipped, as FastAlgo has it by default. */
const clippedFrom = 0.98;

/** What a demonstration came to. */
export interface DemoResult {
  /** In the order of their completion. */
  readonly events: readonly CompletionEvent[];
  /** States of the preview buffer's slot, from its allocation to its release. */
  readonly bufferLife: readonly string[];
  /** Leases that are still open: none, or the demonstration has shown a bug. */
  readonly openLeases: number;
}

interface CapturedFrame {
  readonly meta: FrameMeta;
  readonly mosaic: Lease;
}

/**
 * The runtime step by step, without the lab around it: allocates and pins a preview buffer, makes an envelope of a captured frame for
 * the realtime lane, measures the frame and its picture there as FastAlgo does, scores the burst on the background lane, and awaits
 * all completions. Rejects with the first failure.
 * The camera stays open.
 */
export async function runDemo(camera: Camera, stage: Stage): Promise<DemoResult> {
  await using threading = await ThreadingManager.start({ background: 1 });
  const demo = new Demo(threading, camera, stage);
  return await demo.run();
}

class Demo {
  readonly #threading: ThreadingManager;
  readonly #camera: Camera;
  readonly #stage: Stage;
  readonly #mode: CameraMode;
  readonly #resources = new ResourceManager();
  readonly #dispatcher = new CompletionDispatcher();
  readonly #events: CompletionEvent[] = [];

  constructor(threading: ThreadingManager, camera: Camera, stage: Stage) {
    const mode = camera.modes.at(-1);
    assert(mode, `Expected a mode of ${camera.name} but it has none`);
    this.#threading = threading;
    this.#camera = camera;
    this.#stage = stage;
    this.#mode = mode;
    threading.completed.subscribe((event) => {
      this.#events.push(event);
      this.#dispatcher.complete(event);
    });
  }

  async run(): Promise<DemoResult> {
    const burst = await this.#capture();
    const { width, height } = this.#mode;
    const pool = this.#addPool('preview', width * height * 4, 1);
    const bufferLife: string[] = [];
    const preview = this.#resources.lease(pool.poolId, 'demo');
    assert(preview, 'Expected a free slot in a new pool');
    bufferLife.push(this.#stateIn(pool));
    const shown = preview.pin('demo view', 'view');
    assert(shown, 'Expected room for a view');
    bufferLife.push(this.#stateIn(pool));
    // The dispatcher gives back what an envelope holds; the view's pin is ours.
    await Promise.all([this.#develop(burst[0] as CapturedFrame, preview), this.#score(burst)]);
    bufferLife.push(this.#stateIn(pool));
    shown.close();
    bufferLife.push(this.#stateIn(pool));
    const failure = this.#events.find(({ error }) => error)?.error;
    if (failure) throw new ResourceError('demo.failed', `Expected every stage to be done but received: ${failure.message}`);
    return { events: this.#events, bufferLife, openLeases: this.#resources.openLeases().length };
  }

  async #capture(): Promise<readonly CapturedFrame[]> {
    const { id, width, height } = this.#mode;
    // One more for the frame that arrives while the camera stops.
    const sink = new BurstSink(this.#resources, this.#addPool('mosaic', width * height * 2, burstFrames + 1));
    await this.#camera.start(id, sink);
    try {
      return await sink.captured;
    } finally {
      await this.#camera.stop();
    }
  }

  async #develop({ meta, mosaic }: CapturedFrame, picture: Lease): Promise<void> {
    const stage = this.#stage;
    const { width, height, sensor } = meta;
    const values = defaultValues(stage.declaration.params);
    const request = { stage, width, height, sensor, values, provider: providerOnCpu(values) } as const;
    const models = new ModelManager(this.#threading.workers);
    const model = await models.load(request);
    const { outputWidth, outputHeight, strips } = model.plan;
    const identity = {
      frameId: 1,
      streamId: 'demo',
      lane: 'realtime',
      stage: stage.declaration.id,
      modelHash: model.hash,
    } as const;
    const slots = { inputs: [mosaic.handle], outputs: [picture.handle] };
    const parameters = { version: 1, values: stage.inputs(values, sensor) };
    const envelope = { ...identity, ...slots, parameters, queuedNs: monotonicNs() };
    const parts = { resources: this.#resources, threading: this.#threading, models, dispatcher: this.#dispatcher };
    const measurement = await FrameMeasurement.load(parts, { meta, outputWidth, outputHeight });
    const measured = new Promise((resolve) => {
      this.#dispatcher.published.subscribe((frame) => resolve(measurement.measure(frame, clippedFrom)));
    });
    const completed = new Promise<Completion>((resolve) => this.#dispatcher.completed.subscribe(resolve));
    this.#dispatcher.admit({ envelope, meta, mosaic, picture, outputWidth, outputHeight });
    this.#threading.submit(envelope, strips.strips.length);
    const { event } = await completed;
    // A frame that failed is not published, and its failure is told at the end.
    if (event.status === 'done') await measured;
    measurement.close();
  }

  async #score(burst: readonly CapturedFrame[]): Promise<void> {
    const { width, height, sensor } = (burst[0] as CapturedFrame).meta;
    // The first frame's own lease goes with its picture.
    const leases = burst.map(({ mosaic }, index) => (index === 0 ? mosaic.pin('demo score') : mosaic));
    const held = leases.filter((lease) => lease !== undefined);
    const specification = { width, height, sensor, exposures: burst.map(() => 1) };
    const task = { name: 'score-burst', specification } as const;
    const identity = {
      frameId: 2,
      streamId: 'demo',
      lane: 'background',
      stage: 'fusion-score',
      modelHash: `task:${task.name}`,
    } as const;
    const slots = { inputs: held.map(({ handle }) => handle), outputs: [] };
    const envelope = { ...identity, ...slots, task, parameters: { version: 0, values: {} }, queuedNs: monotonicNs() };
    const completion = this.#dispatcher.admitWork(envelope, held);
    await this.#threading.background.submit(envelope, 1);
    await completion;
  }

  #addPool(purpose: string, slotBytes: number, slots: number): SharedFramePool {
    const pool = this.#resources.createPool(purpose, slotBytes, slots);
    this.#threading.attachPool(pool);
    return pool;
  }

  /** Of the only slot of a pool. */
  #stateIn({ poolId }: SharedFramePool): string {
    const { states } = this.#resources.usage(poolId);
    return Object.entries(states).find(([, slots]) => slots > 0)?.[0] ?? 'unknown';
  }
}

/** Keeps the first frames of a camera and gives back the others. */
class BurstSink implements FrameSink {
  readonly pool: SharedFramePool;
  /** Rejects where the camera cannot go on. The leases are the receiver's. */
  readonly captured: Promise<readonly CapturedFrame[]>;
  readonly #resources: ResourceManager;
  readonly #reserved = new Map<number, Lease>();
  readonly #frames: CapturedFrame[] = [];
  readonly #settle: PromiseWithResolvers<readonly CapturedFrame[]>;

  constructor(resources: ResourceManager, pool: SharedFramePool) {
    this.#resources = resources;
    this.pool = pool;
    this.#settle = Promise.withResolvers();
    this.captured = this.#settle.promise;
  }

  reserve(): WritableFrame | undefined {
    const lease = this.#resources.lease(this.pool.poolId, 'camera', 'camera');
    if (!lease) return undefined;
    this.#reserved.set(lease.handle.slot, lease);
    return { handle: lease.handle, samples: lease.samples() };
  }

  publish(frame: WritableFrame, meta: FrameMeta): void {
    const mosaic = this.#takeBack(frame);
    if (this.#frames.length === burstFrames) {
      mosaic.close();
      return;
    }
    this.#frames.push({ meta, mosaic });
    if (this.#frames.length === burstFrames) this.#settle.resolve(this.#frames);
  }

  abandon(frame: WritableFrame): void {
    this.#takeBack(frame).close();
  }

  lost(): void {
    // A demonstration needs two frames, not all of them.
  }

  failed(error: ErrorRecord): void {
    this.#settle.reject(errorFromRecord(error));
  }

  #takeBack({ handle }: WritableFrame): Lease {
    const lease = this.#reserved.get(handle.slot);
    assert(lease, `Expected a reserved slot but received slot ${handle.slot}`);
    this.#reserved.delete(handle.slot);
    return lease;
  }
}
