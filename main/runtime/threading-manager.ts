import { availableParallelism } from 'node:os';
import { assert } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import type { SharedFramePool } from '../frame/frame-pool.ts';
import { BackgroundLane } from './background-lane.ts';
import type { CompletionEvent, Envelope } from './envelope.ts';
import type { Suspension } from './failure-streaks.ts';
import type { LaneOptions } from './lane.ts';
import type { LaneWorkers, WorkerDeath } from './lane-workers.ts';
import { PassRunner } from './pass-runner.ts';
import type { PassSequence } from './pass-sequence.ts';
import { RealtimeLane } from './realtime-lane.ts';
import { StripRunner } from './strip-runner.ts';

/** How many threads the lanes get. */
export interface LaneThreads {
  /** One per core by default. */
  readonly realtime?: number;
  /** None by default: the background lane then takes no work. */
  readonly background?: number;
  /** Worker module instead of the lane's own; for tests. */
  readonly entry?: URL;
  /** The clock by which envelopes expire and wait; CLOCK_MONOTONIC by default. */
  readonly now?: () => bigint;
}

/**
 * Puts envelopes on worker threads: the realtime lane, where the newest frame wins, and the background lane, where nothing is
 * lost. Every envelope that a lane has taken completes exactly once.
 */
export class ThreadingManager implements AsyncDisposable {
  /** Every completion of both lanes, on the lab's thread. */
  readonly completed = new Announcer<CompletionEvent>();
  /** A processor failed too often in a row and is not run any more. */
  readonly suspended = new Announcer<Suspension>();
  /** A worker of either lane died. */
  readonly died = new Announcer<WorkerDeath>();
  readonly realtime: RealtimeLane;
  readonly #realtimeWorkers: LaneWorkers;
  readonly #background: { readonly lane: BackgroundLane; readonly workers: LaneWorkers } | undefined;

  private constructor(realtime: StripRunner, background: StripRunner | undefined, options: LaneOptions) {
    this.realtime = new RealtimeLane(new PassRunner(realtime), options);
    this.#realtimeWorkers = realtime.workers;
    this.#background = background && { lane: new BackgroundLane(background, options), workers: background.workers };
    for (const lane of [this.realtime, this.#background?.lane]) {
      lane?.completed.subscribe((event) => this.completed.announce(event));
      lane?.suspended.subscribe((suspension) => this.suspended.announce(suspension));
    }
    for (const runner of [realtime, background]) runner?.workers.died.subscribe((death) => this.died.announce(death));
  }

  /** Starts the worker threads of the lanes. Where one does not start, none is left. */
  static async start({
    realtime = availableParallelism(),
    background = 0,
    entry,
    now,
  }: LaneThreads = {}): Promise<ThreadingManager> {
    const own = entry ? { entry } : {};
    const options = now ? { now } : {};
    const runner = await StripRunner.start({ count: realtime, priority: 'normal', ...own });
    if (background === 0) return new ThreadingManager(runner, undefined, options);
    try {
      const lowest = await StripRunner.start({ count: background, priority: 'lowest', ...own });
      return new ThreadingManager(runner, lowest, options);
    } catch (thrown) {
      await runner.workers.close();
      throw thrown;
    }
  }

  /** The realtime lane's workers: where live models are loaded. */
  get workers(): LaneWorkers {
    return this.#realtimeWorkers;
  }

  /** The background lane. Throws where it was started without threads. */
  get background(): BackgroundLane {
    assert(this.#background, 'Expected a background lane but it was started without threads');
    return this.#background.lane;
  }

  /** The background lane's workers: where models are loaded that may take their time. Throws where it was started without threads. */
  get backgroundWorkers(): LaneWorkers {
    assert(this.#background, 'Expected a background lane but it was started without threads');
    return this.#background.workers;
  }

  /** Makes a pool known to the workers of both lanes. */
  attachPool(pool: SharedFramePool): void {
    this.#realtimeWorkers.attachPool(pool);
    this.#background?.workers.attachPool(pool);
  }

  detachPool(poolId: string): void {
    this.#realtimeWorkers.detachPool(poolId);
    this.#background?.workers.detachPool(poolId);
  }

  /** Hands an envelope to the realtime lane; `strips` is the number of strips of its model, `passes` all work on its frame where that is more. */
  submit(envelope: Envelope, strips: number, passes?: PassSequence): void {
    assert(envelope.lane === 'realtime', `Expected the realtime lane but received ${envelope.lane}`);
    this.realtime.submit(envelope, strips, passes);
  }

  /** Lets a suspended processor run again in both lanes. */
  forgive(stage: string): void {
    this.realtime.forgive(stage);
    this.#background?.lane.forgive(stage);
  }

  /** Resolves when nothing runs and nothing waits in either lane. The caller submits nothing meanwhile. */
  async drained(): Promise<void> {
    await Promise.all([this.realtime.drained(), this.#background?.lane.drained()]);
  }

  /** Drains the lanes and ends the worker threads: never by force, which would abort the process inside ONNX Runtime. */
  async shutdown(): Promise<void> {
    await this.drained();
    await Promise.all([this.#realtimeWorkers.close(), this.#background?.workers.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }
}
