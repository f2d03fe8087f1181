import { Worker } from 'node:worker_threads';
import { assert, type ErrorRecord, errorRecordFrom, ResourceError } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import { workerUrl } from '../base/worker-url.ts';
import type { SharedFramePool } from '../frame/frame-pool.ts';
import type { LaneModel, LaneReply, LaneRequest } from './lane-protocol.ts';

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
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
}

/**
 * The worker threads behind a lane. Keeps every worker supplied with the same pools and models, and replaces one that
 * dies. Workers are stopped by a message and never by force: ending a thread inside ONNX Runtime aborts the process.
 */
export class LaneWorkers {
  /** Replies that concern the frame in work. */
  readonly replied = new Announcer<Extract<LaneReply, { kind: 'started' | 'strip-failed' | 'finished' }>>();
  /** A worker died; another one is on its way. */
  readonly died = new Announcer<WorkerDeath>();
  /** A new worker has taken a dead one's place; it knows every pool and model, but no work that is under way. */
  readonly joined = new Announcer<void>();
  readonly #jobs: SharedArrayBuffer;
  readonly #workers: LiveWorker[] = [];
  readonly #pools = new Map<string, SharedFramePool>();
  readonly #models = new Map<string, LaneModel>();
  readonly #replacements = new Set<Promise<void>>();
  #requestCount = 0;
  #closing = false;

  private constructor(jobs: SharedArrayBuffer) {
    this.#jobs = jobs;
  }

  /** Starts `count` workers; resolves when all of them have loaded their code. */
  static async start(count: number, jobs: SharedArrayBuffer): Promise<LaneWorkers> {
    // ONNX Runtime would report its use to its makers; what runs in the lab stays in the lab.
    process.env.ORT_DISABLE_TELEMETRY ??= '1';
    const workers = new LaneWorkers(jobs);
    await Promise.all(Array.from({ length: count }, () => workers.#spawn()));
    return workers;
  }

  get count(): number {
    return this.#workers.length;
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
   * Loads and warms a model in one worker after the other, so that the others go on with the running stream. Rejects
   * with the worker's own error; the model is then loaded nowhere.
   */
  async load(model: LaneModel): Promise<void> {
    const asked = new Set<LiveWorker>();
    const nextWorker = (): LiveWorker | undefined => this.#workers.find((live) => !asked.has(live));
    try {
      // A worker that joins meanwhile is asked as well.
      for (let live = nextWorker(); live; live = nextWorker()) {
        asked.add(live);
        await this.#request(live, (requestId) => ({ kind: 'load', requestId, model }));
      }
      this.#models.set(model.hash, model);
    } catch (error) {
      this.unload(model.hash);
      throw error;
    }
  }

  unload(hash: string): void {
    this.#models.delete(hash);
    this.broadcast({ kind: 'unload', hash });
  }

  broadcast(message: LaneRequest): void {
    for (const { worker } of this.#workers) worker.postMessage(message);
  }

  /** Resolves when every worker has ended all that it was told before. */
  async fence(): Promise<void> {
    await Promise.all(this.#workers.map((live) => this.#request(live, (requestId) => ({ kind: 'fence', requestId }))));
  }

  /** Lets every worker end its work and its thread. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#replacements);
    const exits = this.#workers.map(({ worker }) => new Promise((resolve) => worker.once('exit', resolve)));
    this.broadcast({ kind: 'stop' });
    await Promise.all(exits);
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

  async #spawn(): Promise<void> {
    const worker = new Worker(workerUrl('runtime/lane-worker'), { name: 'lane', workerData: { jobs: this.#jobs } });
    const live: LiveWorker = { worker, pending: new Map() };
    await new Promise<void>((resolve, reject) => {
      const refuse = (thrown: unknown): void => reject(startFailure(thrown));
      worker.once('error', refuse);
      worker.once('message', () => {
        worker.off('error', refuse);
        resolve();
      });
    });
    worker.on('message', (reply: LaneReply) => this.#hear(live, reply));
    worker.on('error', (thrown) => this.#bury(live, thrown));
    this.#workers.push(live);
    for (const pool of this.#pools.values()) worker.postMessage({ kind: 'attach-pool', pool });
    for (const model of this.#models.values()) await this.#request(live, (requestId) => ({ kind: 'load', requestId, model }));
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
      pending.reject(new ResourceError('runtime.model-refused', reply.error.message, reply.error.action));
    } else {
      pending.resolve();
    }
  }

  #bury(dead: LiveWorker, thrown: unknown): void {
    this.#workers.splice(this.#workers.indexOf(dead), 1);
    const message = `A lane worker ended unexpectedly: ${errorRecordFrom(thrown).message}`;
    const error = new ResourceError('runtime.worker-died', message);
    for (const pending of dead.pending.values()) pending.reject(error);
    this.#announceDeath(error);
    if (this.#closing) return;
    const replacement = this.#spawn()
      .then(
        () => this.joined.announce(),
        (failure) => this.#announceDeath(failure),
      )
      .finally(() => this.#replacements.delete(replacement));
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
