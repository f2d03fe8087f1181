import type { ParameterState, ParameterValues, StreamState } from '../../preload/contract.ts';
import { type ErrorRecord, errorRecordFrom } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import { type Camera, type CameraMode, unpluggedCode } from '../camera/camera.ts';
import type { FrameMeta } from '../frame/frame-meta.ts';
import type { SharedFramePool } from '../frame/frame-pool.ts';
import type { ExecutionProvider } from '../runtime/lane-protocol.ts';
import type { LoadedModel } from '../runtime/model-manager.ts';
import { followCamera } from './camera-follower.ts';
import type { ChainGeometry } from './chain/chain-geometry.ts';
import type { RunningChain } from './chain/running-chain.ts';
import type { LoadTimeCandidate, StreamChain } from './chain/stream-chain.ts';
import { dropReasonOf } from './drop-ledger.ts';
import { FrameIntake, type FrameRecipe } from './frame-intake.ts';
import { areSameSize, orReleased, releaseWhenUnused } from './model-retirement.ts';
import { fallbackText, providerToKeep } from './provider-fallback.ts';
import { limitConsumers, streamSlots } from './stream-memory.ts';
import type { StreamParts } from './stream-parts.ts';
import { expectPhase, modeOf, type Phase } from './stream-phases.ts';
import { TunedStage } from './tuned-stage.ts';

interface RunningStream {
  readonly mode: CameraMode;
  readonly intake: FrameIntake;
  readonly pools: readonly SharedFramePool[];
  model: LoadedModel;
  chain: RunningChain | undefined;
}

/**
 * The live path from one camera to the dispatcher. Operations run one after the other in the order in which they were
 * asked for, so that a stop which overtakes a start cannot exist.
 */
export class LiveStream {
  readonly stateChanged = new Announcer<StreamState>();
  /** Something that the user should know and that stops nothing, for example a provider that fell back. */
  readonly noticed = new Announcer<ErrorRecord>();
  readonly #parts: StreamParts;
  #phase: Phase = 'closed';
  #camera: Camera | undefined;
  #running: RunningStream | undefined;
  #error: ErrorRecord | undefined;
  #modeId: string | undefined;
  #frameCount = 0;
  #tuned: TunedStage | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** A rebuild of the chain that has not begun: it will see whatever changes until then. */
  #rebuild: Promise<void> | undefined;
  #unfollow: (() => void) | undefined;
  /** Why the last model is not run by what was asked for, as it was told. */
  #fallback: string | undefined;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    parts.dispatcher.completed.subscribe(({ event }) => {
      const reason = dropReasonOf(event);
      if (reason) parts.ledger.record(reason);
      // Every frame after this one would fail as well.
      if (event.error?.code === 'runtime.no-workers' && this.#running) void this.#fail(this.#running.intake, event.error);
    });
  }

  get camera(): Camera | undefined {
    return this.#camera;
  }

  /** The stage as the open camera needs it; also by its tuning. Undefined before the first one is open. */
  get tuned(): TunedStage | undefined {
    return this.#tuned;
  }

  /** Frames that the source delivered or lost since the stream started. */
  get framesIn(): number {
    return this.#running?.intake.framesIn ?? 0;
  }

  /** Frames of {@link framesIn} that reached the lab. */
  get framesDelivered(): number {
    return this.#running?.intake.framesDelivered ?? 0;
  }

  get state(): StreamState {
    return {
      phase: this.#phase,
      modes: [...(this.#camera?.modes ?? [])],
      processorId: this.#parts.stage.declaration.id,
      ...(this.#camera ? { sourceId: this.#camera.id, sourceName: this.#camera.name } : {}),
      ...(this.#modeId === undefined ? {} : { modeId: this.#modeId }),
      ...(this.#error ? { error: this.#error } : {}),
    };
  }

  /** Opens a camera in place of the open one and takes over what suits it, with its tuning file where it has one. A failure leaves everything as it was. */
  open(openCamera: () => Promise<Camera>): Promise<StreamState> {
    return this.#inTurn(async () => {
      // The new camera is opened first: a file that cannot be read must not cost the user the running picture.
      const camera = await openCamera();
      const tuned = await TunedStage.of(camera, this.#parts, (record) => this.noticed.announce(record));
      await this.#closeCamera().catch((thrown: unknown) => this.noticed.announce(errorRecordFrom(thrown)));
      this.#camera = camera;
      this.#tuned = tuned;
      this.#unfollow = followCamera(camera, {
        noticed: (record) => this.noticed.announce(record),
        returned: () => void this.#resume(camera),
      });
      this.#modeId = camera.modes[0]?.id;
      tuned.takeOver();
      await this.#parts.controls.attach(camera);
      return this.#enter('stopped');
    });
  }

  /**
   * Starts streaming in a mode of the camera, by default the last or first one. Restarts when the mode differs; an unknown
   * mode is refused and changes nothing.
   */
  start(modeId?: string): Promise<StreamState> {
    return this.#inTurn(async () => {
      expectPhase('start', this.#phase);
      const mode = modeOf(this.#camera as Camera, modeId ?? this.#modeId);
      if (this.#phase === 'streaming') {
        if (mode.id === this.#modeId) return this.state;
        await this.#orFail(() => this.#stopStreaming());
        this.#enter('stopped');
      }
      return this.#startOrFail(mode);
    });
  }

  stop(): Promise<StreamState> {
    return this.#inTurn(async () => {
      expectPhase('stop', this.#phase);
      if (this.#phase === 'closed') return this.state;
      await this.#orFail(() => this.#stopStreaming());
      return this.#enter('stopped');
    });
  }

  /** Builds the model that load-time values ask for beside the running one, then swaps between two frames. */
  applyLoadTime(values: ParameterValues): Promise<ParameterState> {
    return this.#inTurn(async () => {
      const { parameters } = this.#parts;
      const checked = parameters.check(values, 'load-time');
      const running = this.#running;
      if (!running) return parameters.setLoadTime(checked);
      const phase = this.#phase;
      this.#enter('reloading');
      try {
        const wanted = { ...parameters.current.values, ...checked };
        const model = await this.#loadModel(running.mode, wanted);
        const isOfSize = areSameSize(model, running.model);
        const chain = isOfSize ? running.chain : await this.#chainAround(running.mode, model);
        const kept = providerToKeep(wanted.execution_provider as ExecutionProvider, model);
        const state = parameters.setLoadTime({ ...checked, execution_provider: kept });
        const previous = running.model;
        running.model = model;
        this.#swapChain(running, chain);
        this.#parts.threading.forgive(this.#parts.stage.declaration.id);
        releaseWhenUnused(this.#parts, previous, previous.hash === model.hash);
        return state;
      } finally {
        this.#enter(phase);
      }
    });
  }

  /** Builds the chain that is wanted now beside the running one, then swaps between two frames. Without a running stream nothing happens. */
  rebuildChain(): Promise<void> {
    this.#rebuild ??= this.#inTurn(async () => {
      this.#rebuild = undefined;
      const running = this.#running;
      if (running) this.#swapChain(running, await this.#parts.chain?.build(this.#geometry(running.mode, running.model)));
    });
    return this.#rebuild;
  }

  /** The same with load-time values of an entry; where it cannot be built with them, it rejects and everything stays. */
  applyChainLoadTime(candidate: LoadTimeCandidate): Promise<ParameterState> {
    return this.#inTurn(async () => {
      const chain = this.#parts.chain as StreamChain;
      const running = this.#running;
      const made = running && (await chain.build(this.#geometry(running.mode, running.model), candidate));
      const state = chain.accept(candidate, made);
      if (running) this.#swapChain(running, made);
      return state;
    });
  }

  #swapChain(running: RunningStream, chain: RunningChain | undefined): void {
    const previous = running.chain;
    running.chain = chain;
    if (previous !== chain) previous?.retire();
  }

  #geometry(mode: CameraMode, { plan }: LoadedModel): ChainGeometry {
    const camera = this.#camera as Camera;
    const mosaic = { mosaicWidth: mode.width, mosaicHeight: mode.height, sensor: camera.sensorIn?.(mode.id) ?? camera.sensor };
    return { ...mosaic, width: plan.outputWidth, height: plan.outputHeight };
  }

  /** A number for an envelope that no other of this lab has. */
  nextFrameId(): number {
    this.#frameCount += 1;
    return this.#frameCount;
  }

  /** Runs something between two operations of the stream: its source and phase stay as they are meanwhile. */
  between<T>(operation: () => Promise<T>): Promise<T> {
    return this.#inTurn(operation);
  }

  /** Stops and closes the camera. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#closeCamera();
      this.#enter('closed');
    });
  }

  async #startStreaming(mode: CameraMode): Promise<void> {
    const camera = this.#camera as Camera;
    const pools: SharedFramePool[] = [];
    this.#parts.ledger.reset();
    this.#parts.chain?.streamStarting();
    // What failed in an earlier stream, or below with another model, may well work now.
    this.#parts.threading.forgive(this.#parts.stage.declaration.id);
    try {
      const mosaicPool = this.#addPool(pools, 'mosaic', mode.width * mode.height * 2, streamSlots.mosaics);
      const picturePool = this.#addPool(pools, 'picture', mode.width * mode.height * 4, streamSlots.pictures);
      limitConsumers(this.#parts.resources.budgets, mosaicPool.slotBytes, picturePool.slotBytes);
      const intake = this.#intake(mode, mosaicPool, picturePool);
      const { parameters } = this.#parts;
      const asked = parameters.current.values.execution_provider as ExecutionProvider;
      const model = await this.#loadModel(mode, parameters.current.values);
      const kept = providerToKeep(asked, model);
      if (kept !== asked) parameters.setLoadTime({ execution_provider: kept });
      this.#running = { mode, intake, pools, model, chain: await this.#chainAround(mode, model) };
      this.#modeId = mode.id;
    } catch (thrown) {
      this.#retire(pools);
      throw thrown;
    }
    this.#parts.controls.streamStarting();
    await camera.start(mode.id, this.#running.intake);
    await this.#parts.controls.streamStarted(camera.framesPerSecond ?? mode.framesPerSecond);
  }

  async #startOrFail(mode: CameraMode): Promise<StreamState> {
    await this.#orFail(() => {
      this.#enter('opening');
      return this.#startStreaming(mode);
    });
    return this.#enter('streaming');
  }

  /** The chain around a model, which is given back where there can be none. */
  #chainAround(mode: CameraMode, model: LoadedModel): Promise<RunningChain | undefined> {
    return orReleased(this.#parts.models, model, async () => this.#parts.chain?.build(this.#geometry(mode, model)));
  }

  /** The camera is back: goes on where unplugging ended the stream, unless something else has happened to it since. */
  #resume(camera: Camera): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#camera !== camera) return;
      await this.#parts.controls.returned();
      if (this.#phase !== 'failed' || this.#error?.code !== unpluggedCode) return;
      await this.#startOrFail(modeOf(camera, this.#modeId));
    }).catch((thrown: unknown) => this.noticed.announce(errorRecordFrom(thrown)));
  }

  #addPool(pools: SharedFramePool[], purpose: string, slotBytes: number, slots: number): SharedFramePool {
    const pool = this.#parts.resources.createPool(purpose, slotBytes, slots);
    pools.push(pool);
    this.#parts.threading.attachPool(pool);
    return pool;
  }

  #intake(mode: CameraMode, mosaicPool: SharedFramePool, picturePool: SharedFramePool): FrameIntake {
    const { resources, threading, dispatcher, ledger, now } = this.#parts;
    const intake: FrameIntake = new FrameIntake({
      resources,
      dispatcher,
      threading,
      ledger,
      mosaicPool,
      picturePool,
      recipe: (meta, samples) => this.#recipe(meta, samples),
      nextFrameId: () => this.nextFrameId(),
      framesPerSecond: () => this.#camera?.framesPerSecond ?? mode.framesPerSecond,
      ...(now ? { now } : {}),
      arrived: (meta) => this.#parts.controls.frameArrived(meta),
      failed: (error) => void this.#fail(intake, error),
    });
    return intake;
  }

  async #stopStreaming(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    this.#parts.controls.streamStopped();
    try {
      await this.#camera?.stop();
    } finally {
      // A device that was pulled out may not even stop; what it used of the lab is free all the same.
      await this.#parts.threading.realtime.drained();
      this.#running = undefined;
      running.chain?.retire();
      this.#parts.models.release(running.model);
      this.#retire(running.pools);
    }
  }

  async #closeCamera(): Promise<void> {
    try {
      await this.#stopStreaming();
    } finally {
      const camera = this.#camera;
      await this.#parts.controls.detach();
      this.#unfollow?.();
      this.#unfollow = undefined;
      this.#camera = undefined;
      await camera?.close();
    }
  }

  /** Runs a step of starting or stopping; where it fails, nothing of the stream is left and its state says why. */
  async #orFail(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (thrown) {
      // The first reason is the one to show: a stop that fails as well follows from it.
      await this.#stopStreaming().catch(() => undefined);
      this.#enter('failed', errorRecordFrom(thrown));
      throw thrown;
    }
  }

  #retire(pools: readonly SharedFramePool[]): void {
    const { resources, threading } = this.#parts;
    for (const { poolId } of pools) resources.retirePool(poolId, () => threading.detachPool(poolId));
  }

  async #loadModel(mode: CameraMode, values: ParameterValues): Promise<LoadedModel> {
    const provider = values.execution_provider as ExecutionProvider;
    const { width, height } = mode;
    const sensor = (this.#tuned as TunedStage).plannedSensor(mode);
    const model = await this.#parts.models.load({ stage: this.#parts.stage, width, height, sensor, values, provider });
    const fallback = model.fallbackReason === undefined ? undefined : fallbackText(provider, model.fallbackReason);
    // Row kernels stay chosen, and are not told of at every load that they cannot make the same thing.
    if (fallback !== undefined && fallback !== this.#fallback) {
      this.noticed.announce({ code: 'runtime.provider-fallback', message: fallback });
    }
    this.#fallback = fallback;
    return model;
  }

  #recipe(meta: FrameMeta, samples: () => Uint16Array): FrameRecipe {
    const { mode, model, chain } = this.#running as RunningStream;
    const made = (this.#tuned as TunedStage).inputsFor(mode, meta, samples);
    return { stage: this.#parts.stage.declaration.id, model, chain, ...made };
  }

  /** The camera cannot go on: stops what is left of its stream, if it still is the running one, and keeps the reason. */
  #fail(intake: FrameIntake, error: ErrorRecord): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#running?.intake !== intake) return;
      // The camera's own reason is the one to show: a stop that fails as well follows from it.
      await this.#stopStreaming().catch(() => undefined);
      this.#enter('failed', error);
    });
  }

  #enter(phase: Phase, error?: ErrorRecord): StreamState {
    this.#phase = phase;
    this.#error = error;
    this.stateChanged.announce(this.state);
    return this.state;
  }

  #inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
