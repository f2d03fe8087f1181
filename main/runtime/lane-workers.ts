import { Worker } from 'node:worker_threads';
import { assert, type ErrorRecord, errorFromRecord, errorRecordFrom, ResourceError } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import { leaveOutOnnxTelemetry } from '../base/onnx-telemetry.ts';
import { workerUrl } from '../base/worker-url.ts';
import type { SharedFramePool } from '../frame/frame-pool.ts';
import type { LaneCallable, LaneModel, LaneReply, LaneRequest } from './lane-protocol.ts';

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** How many worker threads, and of what kind. */
export interface WorkerOptions {
  readonly count: number;
  /** `lowest`: the operating system runs them only when nobody else wants the processor. */
  readonly priority: 'normal' | 'lowest';
  /** The workers' module; a test may give its own. */
  readonly entry?: URL;
}

/** A worker that ended although nobody told it to. */
export interface WorkerDeath {
  readonly error: ErrorRecord;
  /** Resolves when every other worker has ended what it had been told until then. */
  readonly othersIdle: Promise<void>;
}

interface LiveWorker {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  /** True once it knows every pool and model. One that dies before is not replaced at once: the next one would die of the same. */
  settled: boolean;
}

/**
 * The worker threads behind a lane. Keeps every worker supplied with the same pools and models, and replaces one that
 * dies. Workers are stopped by a message and never by force: ending a thread inside ONNX Runtime aborts the process.
 */
export class LaneWorkers {
  /** Replies that concern the frame in work. */
  readonly replied = new Announcer<Extract<LaneReply, { kind: 'started' | 'measured' | 'strip-failed' | 'finished' }>>();
  /** A worker died; another one is on its way. */
  readonly died = new Announcer<WorkerDeath>();
  /** A new worker has taken a dead one's place; it knows every pool and model, but no work that is under way. */
  readonly joined = new Announcer<void>();
  readonly #jobs: SharedArrayBuffer;
  readonly #workers: LiveWorker[] = [];
  readonly #pools = new Map<string, SharedFramePool>();
  readonly #models = new Map<string, LaneModel | LaneCallable>();
  readonly #replacements = new Set<Promise<void>>();
  readonly #options: WorkerOptions;
  #requestCount = 0;
  #closing = false;
  #lastFailure: ErrorRecord | undefined;
  #revival: Promise<void> | undefined;
  /** Ends of the workers that were taken out. */
  readonly #leaving = new Set<Promise<void>>();

  private constructor(options: WorkerOptions, jobs: SharedArrayBuffer) {
    this.#options = options;
    this.#jobs = jobs;
  }

  /** Starts the workers; resolves when all of them have loaded their code. */
  static async start(options: WorkerOptions, jobs: SharedArrayBuffer): Promise<LaneWorkers> {
    leaveOutOnnxTelemetry();
    const workers = new LaneWorkers(options, jobs);
    try {
      await workers.#spawnMissing();
    } catch (thrown) {
      await workers.close();
      throw thrown;
    }
    return workers;
  }

  get count(): number {
    return this.#workers.length;
  }

  /** Why no frame can be worked on any more: every worker is dead, and the last one could not be replaced. */
  get obstacle(): ResourceError | undefined {
    if (this.#workers.length > 0 || this.#replacements.size > 0 || this.#closing || !this.#lastFailure) return undefined;
    const message = `Expected a lane worker but none is left: ${this.#lastFailure.message}`;
    return new ResourceError(
      'runtime.no-workers',
      message,
      'Start the stream again; where that does not help, restart Camera Lab.',
    );
  }

  attachPool(pool: SharedFramePool): void {
    this.#pools.set(pool.poolId, pool);
    this.broadcast({ kind: 'attach-pool', pool });
  }

  detachPool(poolId: string): void {
    this.#pools.delete(poolId);
    this.broadcast({ kind: 'detach-pool', poolId });
  }

  /**
   * Loads and warms a model, or a processor to call, in one worker after the other, so that the others go on with the running stream. Rejects
   * with the worker's own error; the model is then loaded nowhere. Workers that could not be replaced before are started first.
   */
  async load(model: LaneModel | LaneCallable): Promise<void> {
    let given = model;
    await this.revive();
    const asked = new Set<LiveWorker>();
    const nextWorker = (): LiveWorker | undefined => this.#workers.find((live) => !asked.has(live));
    try {
      // A worker that joins meanwhile is asked as well.
      for (let live = nextWorker(); live; live = nextWorker()) {
        asked.add(live);
        await this.#request(live, (requestId) => ({ kind: 'load', requestId, model: given }));
        // What one worker has proved of a kernel holds for all.
        if ('kernel' in model) given = { ...model, isCompared: true };
      }
      this.#models.set(model.hash, given);
    } catch (error) {
      this.unload(model.hash);
      throw error;
    }
  }

  /**
   * Starts the workers that could not be replaced when they died. Rejects where none is left even so; whoever asks meanwhile shares
   * the attempt.
   */
  async revive(): Promise<void> {
    if (!this.#lastFailure || this.#closing) return;
    await Promise.all(this.#replacements);
    this.#revival ??= this.#spawnMissing().finally(() => {
      this.#revival = undefined;
    });
    await this.#revival.catch((failure: unknown) => {
      if (this.#workers.length === 0) throw failure;
    });
  }

  unload(hash: string): void {
    this.#models.delete(hash);
    this.broadcast({ kind: 'unload', hash });
  }

  /** Jobs are told only to workers that know every model: to a new one when it joins. */
  broadcast(message: LaneRequest): void {
    for (const { worker, settled } of this.#workers) {
      if (settled || message.kind !== 'run') worker.postMessage(message);
    }
  }

  /** Lets every worker end its work and its thread. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#replacements, this.#revival?.catch(() => undefined)]);
    const exits = this.#workers.map(({ worker }) => new Promise((resolve) => worker.once('exit', resolve)));
    this.broadcast({ kind: 'stop' });
    await Promise.all([...exits, ...this.#leaving]);
    this.#workers.length = 0;
  }

  #request(live: LiveWorker, message: (requestId: number) => LaneRequest): Promise<void> {
    this.#requestCount += 1;
    const requestId = this.#requestCount;
    return new Promise((resolve, reject) => {
      live.pending.set(requestId, { resolve, reject });
      live.worker.postMessage(message(requestId));
    });
  }

  /** Rejects with the first failure once every start has ended. */
  async #spawnMissing(): Promise<void> {
    const missing = this.#options.count - this.#workers.length;
    const starts = await Promise.allSettled(Array.from({ length: missing }, () => this.#spawn()));
    const failed = starts.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') {
      this.#lastFailure = errorRecordFrom(failed.reason);
      throw failed.reason;
    }
    // Others may have died meanwhile.
    if (this.#workers.length >= this.#options.count) this.#lastFailure = undefined;
    // What had begun with fewer workers goes on with all of them.
    this.joined.announce();
  }

  async #spawn(): Promise<void> {
    const { entry = workerUrl('runtime/lane-worker'), priority } = this.#options;
    const worker = new Worker(entry, { name: 'lane', workerData: { jobs: this.#jobs, priority } });
    const live: LiveWorker = { worker, pending: new Map(), settled: false };
    await new Promise<void>((resolve, reject) => {
      worker.once('error', (thrown) => reject(startFailure(thrown)));
      worker.once('exit', (exitCode) => reject(startFailure(`exit code ${exitCode}`)));
      worker.once('message', () => resolve());
    });
    worker.on('message', (reply: LaneReply) => this.#hear(live, reply));
    worker.on('error', (thrown) => this.#bury(live, thrown));
    // A thread can end without an error. While closing, that is what it was told.
    worker.on('exit', (exitCode) => {
      if (!this.#closing) this.#bury(live, `exit code ${exitCode}`);
    });
    this.#workers.push(live);
    for (const pool of this.#pools.values()) worker.postMessage({ kind: 'attach-pool', pool });
    try {
      for (const model of this.#models.values()) await this.#request(live, (requestId) => ({ kind: 'load', requestId, model }));
    } catch (thrown) {
      this.#dismiss(live);
      throw thrown;
    }
    live.settled = true;
  }

  /** Takes a worker out of the crew that lacks a model: it would take strips that it cannot run. */
  #dismiss(live: LiveWorker): void {
    const index = this.#workers.indexOf(live);
    if (index < 0) return;
    this.#workers.splice(index, 1);
    const exit = new Promise<void>((resolve) => {
      live.worker.once('exit', () => {
        this.#leaving.delete(exit);
        resolve();
      });
    });
    this.#leaving.add(exit);
    live.worker.postMessage({ kind: 'stop' });
  }

  #hear(live: LiveWorker, reply: LaneReply): void {
    if (reply.kind === 'ready') return;
    if (reply.kind !== 'loaded' && reply.kind !== 'fenced') {
      this.replied.announce(reply);
      return;
    }
    const pending = live.pending.get(reply.requestId);
    assert(pending, `Expected a pending request but received a reply to ${reply.requestId}`);
    live.pending.delete(reply.requestId);
    if (reply.kind === 'loaded' && reply.error) {
      const { code, message, action } = reply.error;
      // What is wrong with the model itself is said in its own terms; everything else is a load that failed.
      const isAboutModel = code.startsWith('model.');
      pending.reject(isAboutModel ? errorFromRecord(reply.error) : new ResourceError('runtime.model-refused', message, action));
    } else {
      pending.resolve();
    }
  }

  #bury(dead: LiveWorker, thrown: unknown): void {
    const index = this.#workers.indexOf(dead);
    if (index < 0) return;
    this.#workers.splice(index, 1);
    const message = `A lane worker ended unexpectedly: ${errorRecordFrom(thrown).message}`;
    const error = new ResourceError('runtime.worker-died', message);
    for (const pending of dead.pending.values()) pending.reject(error);
    if (!this.#closing && dead.settled) this.#replace();
    this.#announceDeath(error);
  }

  #replace(): void {
    const replacement = this.#spawn().then(
      () => {
        this.#replacements.delete(replacement);
        this.joined.announce();
      },
      (failure: unknown) => {
        this.#replacements.delete(replacement);
        this.#lastFailure = errorRecordFrom(failure);
        this.#announceDeath(failure);
      },
    );
    this.#replacements.add(replacement);
  }

  #announceDeath(thrown: unknown): void {
    const fences = this.#workers.map((live) => this.#request(live, (requestId) => ({ kind: 'fence', requestId })));
    // A worker that dies before it answers is idle too.
    const othersIdle = Promise.allSettled(fences).then(() => undefined);
    this.died.announce({ error: errorRecordFrom(thrown), othersIdle });
  }
}

function startFailure(thrown: unknown): ResourceError {
  const { message } = errorRecordFrom(thrown);
  const action = 'Run the `doctor` command to see what is missing.';
  return new ResourceError('runtime.worker-start', `Expected a lane worker to start but received: ${message}`, action, thrown);
}
