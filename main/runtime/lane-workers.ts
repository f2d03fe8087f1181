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
  /** A worker died; it has been replaced already, and every other worker has ended what it was doing. */
  readonly died = new Announcer<ErrorRecord>();
  readonly #jobs: SharedArrayBuffer;
  readonly #workers: LiveWorker[] = [];
  readonly #pools = new Map<string, SharedFramePool>();
  readonly #models = new Map<string, LaneModel>();
  #requestCount = 0;
  #closing = false;

  private constructor(jobs: SharedArrayBuffer) {
    this.#jobs = jobs;
  }

  /** Starts `count` workers; resolves when all of them have loaded their code. */
  static async start(count: number, jobs: SharedArrayBuffer): Promise<LaneWorkers> {
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
    try {
      for (const live of [...this.#workers]) await this.#request(live, (requestId) => ({ kind: 'load', requestId, model }));
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
    worker.on('error', (thrown) => void this.#replace(live, thrown));
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

  async #replace(dead: LiveWorker, thrown: unknown): Promise<void> {
    this.#workers.splice(this.#workers.indexOf(dead), 1);
    const error = new ResourceError(
      'runtime.worker-died',
      `A lane worker ended unexpectedly: ${errorRecordFrom(thrown).message}`,
    );
    for (const pending of dead.pending.values()) pending.reject(error);
    if (this.#closing) return;
    await this.fence();
    await this.#spawn();
    this.died.announce(errorRecordFrom(error));
  }
}

function startFailure(thrown: unknown): ResourceError {
  const { message } = errorRecordFrom(thrown);
  const action = 'Run the `doctor` command to see what is missing.';
  return new ResourceError('runtime.worker-start', `Expected a lane worker to start but received: ${message}`, action, thrown);
}
