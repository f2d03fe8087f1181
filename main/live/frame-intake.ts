import { monotonicNs } from '../base/clock.ts';
import { assert, type ErrorRecord, errorRecordFrom } from '../base/errors.ts';
import type { CameraDropReason, FrameSink, WritableFrame } from '../camera/camera.ts';
import type { FrameMeta, SensorDescription } from '../frame/frame-meta.ts';
import type { SharedFramePool } from '../frame/frame-pool.ts';
import type { InputValues } from '../processor/stage.ts';
import type { Admission, CompletionDispatcher } from '../runtime/completion-dispatcher.ts';
import type { LoadedModel } from '../runtime/model-manager.ts';
import type { Lease, ResourceManager } from '../runtime/resource-manager.ts';
import type { ThreadingManager } from '../runtime/threading-manager.ts';
import type { RunningChain } from './chain/running-chain.ts';
import type { DropLedger } from './drop-ledger.ts';
import { frameDeadlineNs } from './frame-deadline.ts';

/** The stream of the open source; its envelopes carry it. */
const liveStreamId = 'live';

/** What a frame that arrives now is to be made with. */
export interface FrameRecipe {
  readonly stage: string;
  readonly model: LoadedModel;
  readonly parameterVersion: number;
  readonly inputs: InputValues;
  /** The sensor that the inputs were made for, where it is another than the frame's own. */
  readonly sensor?: SensorDescription;
  /** What stands around the stage. */
  readonly chain?: RunningChain | undefined;
}

/** What the intake needs of the lab. */
export interface IntakeParts {
  readonly resources: ResourceManager;
  readonly dispatcher: CompletionDispatcher;
  readonly threading: ThreadingManager;
  readonly ledger: DropLedger;
  readonly mosaicPool: SharedFramePool;
  readonly picturePool: SharedFramePool;
  /** Asked once per frame, when the frame arrives: this is where a parameter change meets its first frame. */
  readonly recipe: (meta: FrameMeta, samples: () => Uint16Array) => FrameRecipe;
  readonly nextFrameId: () => number;
  /** Frames per second of the running mode, as the camera delivers them where it says so: frames that wait expire by it. */
  readonly framesPerSecond: () => number;
  /** CLOCK_MONOTONIC by default; the lane's clock, by which deadlines pass. */
  readonly now?: () => bigint;
  /** Told of every frame that the camera delivers, before anything becomes of it. */
  readonly arrived: (meta: FrameMeta) => void;
  readonly failed: (error: ErrorRecord) => void;
}

/** The lab's side of a running camera: lends slots, and makes every published frame an envelope of the realtime lane. */
export class FrameIntake implements FrameSink {
  readonly pool: SharedFramePool;
  readonly #parts: IntakeParts;
  readonly #now: () => bigint;
  readonly #reserved = new Map<number, Lease>();
  #framesIn = 0;
  #framesDelivered = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#now = parts.now ?? monotonicNs;
    this.pool = parts.mosaicPool;
  }

  /** Frames that the source delivered or lost since the stream started. */
  get framesIn(): number {
    return this.#framesIn;
  }

  /** Frames of {@link framesIn} that reached the lab. */
  get framesDelivered(): number {
    return this.#framesDelivered;
  }

  reserve(): WritableFrame | undefined {
    const lease = this.#parts.resources.lease(this.pool.poolId, 'camera', 'camera');
    if (!lease) return undefined;
    this.#reserved.set(lease.handle.slot, lease);
    return { handle: lease.handle, samples: lease.samples() };
  }

  publish(frame: WritableFrame, meta: FrameMeta): void {
    this.#framesIn += 1;
    this.#framesDelivered += 1;
    this.#parts.arrived(meta);
    const mosaic = this.#takeBack(frame);
    const picture = this.#parts.resources.lease(this.#parts.picturePool.poolId, 'realtime lane');
    if (!picture) {
      mosaic.close();
      this.#parts.ledger.recordFrame('no-free-slot', meta);
      return;
    }
    const recipe = this.#recipe(meta, mosaic);
    if (!recipe) {
      mosaic.close();
      picture.close();
      return;
    }
    const admission = this.#admission(recipe, mosaic, picture, meta);
    this.#parts.dispatcher.admit(admission);
    const { envelope } = admission;
    const strips = recipe.model.plan.strips.strips.length;
    this.#parts.threading.submit(envelope, strips, recipe.chain?.passesOf({ envelope, strips, mosaic, picture }));
  }

  abandon(frame: WritableFrame): void {
    this.#takeBack(frame).close();
  }

  lost(reason: CameraDropReason, count: number): void {
    this.#framesIn += count;
    this.#parts.ledger.record(reason, count);
  }

  failed(error: ErrorRecord): void {
    this.#parts.failed(error);
  }

  /** Undefined where the stage cannot make its inputs: the frame is lost, and the stream with it. */
  #recipe(meta: FrameMeta, mosaic: Lease): FrameRecipe | undefined {
    try {
      return this.#parts.recipe(meta, () => mosaic.samples(meta.width * meta.height));
    } catch (thrown) {
      this.#parts.ledger.recordFrame('failed', meta);
      this.#parts.failed(errorRecordFrom(thrown));
      return undefined;
    }
  }

  #admission(recipe: FrameRecipe, mosaic: Lease, picture: Lease, meta: FrameMeta): Admission {
    const { model, stage, parameterVersion, inputs, sensor } = recipe;
    const frameId = this.#parts.nextFrameId();
    const identity = { frameId, streamId: liveStreamId, lane: 'realtime', stage, modelHash: model.hash } as const;
    const slots = { inputs: [mosaic.handle], outputs: [picture.handle] };
    const parameters = { version: parameterVersion, values: inputs };
    const queuedNs = this.#now();
    const deadlineNs = frameDeadlineNs(queuedNs, this.#parts.framesPerSecond());
    const envelope = { ...identity, ...slots, parameters, queuedNs, ...(deadlineNs === undefined ? {} : { deadlineNs }) };
    const { outputWidth, outputHeight } = model.plan;
    return { envelope, meta, mosaic, picture, outputWidth, outputHeight, ...(sensor ? { sensor } : {}) };
  }

  #takeBack(frame: WritableFrame): Lease {
    const lease = this.#reserved.get(frame.handle.slot);
    assert(
      lease?.handle.generation === frame.handle.generation,
      `Expected a reserved slot but received slot ${frame.handle.slot}`,
    );
    this.#reserved.delete(frame.handle.slot);
    return lease;
  }
}
