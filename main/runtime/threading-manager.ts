import { availableParallelism } from 'node:os';
import { monotonicNs } from '../base/clock.ts';
import { assert, type ErrorRecord } from '../base/errors.ts';
import type { AsyncCloseable } from '../base/lifetime.ts';
import { Announcer } from '../base/lifetime.ts';
import type { CompletionEvent, CompletionStatus, Envelope } from './envelope.ts';
import { claimWord, jobWord, jobWords, type LaneReply, serialCount } from './lane-protocol.ts';
import { LaneWorkers } from './lane-workers.ts';

/** Job slots of the lane; a worker would have to sleep through this many frames to meet its slot again. */
const jobSlots = 8;

interface RunningJob {
  readonly envelope: Envelope;
  readonly serial: number;
  readonly strips: number;
  startedNs: bigint | undefined;
  finishedNs: bigint | undefined;
  error: ErrorRecord | undefined;
}

/**
 * Puts envelopes on worker threads. The realtime lane holds one frame in work and one waiting; a newer frame replaces
 * the waiting one, which completes as `replaced`. Every submitted envelope completes exactly once.
 */
export class ThreadingManager implements AsyncCloseable {
  readonly workers: LaneWorkers;
  /** Every completion, on the lab's thread. */
  readonly completed = new Announcer<CompletionEvent>();
  readonly #words: Int32Array;
  #running: RunningJob | undefined;
  #waiting: { readonly envelope: Envelope; readonly strips: number } | undefined;
  #serial = 0;
  #idle: (() => void)[] = [];

  private constructor(workers: LaneWorkers, jobs: SharedArrayBuffer) {
    this.workers = workers;
    this.#words = new Int32Array(jobs);
    workers.replied.subscribe((reply) => this.#hear(reply));
    workers.died.subscribe(({ error, othersIdle }) => {
      const running = this.#running;
      if (running) void othersIdle.then(() => this.#abandon(running, error));
    });
    workers.joined.subscribe(() => this.#running && this.#tell(this.#running));
  }

  /** Starts the lanes with `workerCount` threads, by default one per core. */
  static async start(workerCount = availableParallelism()): Promise<ThreadingManager> {
    const jobs = new SharedArrayBuffer(jobSlots * jobWords * 4);
    return new ThreadingManager(await LaneWorkers.start(workerCount, jobs), jobs);
  }

  /** Hands an envelope to its lane; `strips` is the number of strips of its model. */
  submit(envelope: Envelope, strips: number): void {
    assert(envelope.lane === 'realtime', `Expected the realtime lane but received ${envelope.lane}`);
    if (!this.#running) {
      this.#run(envelope, strips);
      return;
    }
    const replaced = this.#waiting;
    this.#waiting = { envelope, strips };
    if (replaced) this.#announce(replaced.envelope, 'replaced');
  }

  /** Resolves when nothing runs and nothing waits. The caller submits nothing meanwhile. */
  drained(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Drains the lanes and ends the worker threads. */
  async close(): Promise<void> {
    await this.drained();
    await this.workers.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run(envelope: Envelope, strips: number): void {
    this.#serial = (this.#serial + 1) % serialCount;
    const serial = this.#serial;
    const base = (serial % jobSlots) * jobWords;
    Atomics.store(this.#words, base + jobWord.total, strips);
    Atomics.store(this.#words, base + jobWord.ended, 0);
    Atomics.store(this.#words, base + jobWord.failed, 0);
    Atomics.store(this.#words, base + jobWord.claim, claimWord(serial, 0));
    this.#running = { envelope, serial, strips, startedNs: undefined, finishedNs: undefined, error: undefined };
    this.#tell(this.#running);
  }

  /** A worker that hears of a job twice finds no strip left the second time. */
  #tell({ serial, envelope }: RunningJob): void {
    this.workers.broadcast({ kind: 'run', serial, jobSlot: serial % jobSlots, envelope });
  }

  #hear(reply: Extract<LaneReply, { kind: 'started' | 'strip-failed' | 'finished' }>): void {
    const running = this.#running;
    if (running?.serial !== reply.serial) return;
    if (reply.kind === 'started') running.startedNs = reply.atNs;
    else if (reply.kind === 'strip-failed') running.error = reply.error;
    else running.finishedNs = reply.atNs;
    if (running.finishedNs !== undefined && this.#isFullyReported(running)) this.#end(running, running.finishedNs);
  }

  /** Workers report through ports of their own: the end from one may overtake the beginning or the failure from another. */
  #isFullyReported({ serial, startedNs, error }: RunningJob): boolean {
    const hasFailed = Atomics.load(this.#words, (serial % jobSlots) * jobWords + jobWord.failed) === 1;
    return startedNs !== undefined && (!hasFailed || error !== undefined);
  }

  /** A worker died and the others are done: if the job has not ended by now, the strip that is missing never will. */
  #abandon(job: RunningJob, error: ErrorRecord): void {
    if (this.#running !== job) return;
    job.error ??= error;
    this.#end(job, monotonicNs());
  }

  #end(running: RunningJob, finishedNs: bigint): void {
    this.#running = undefined;
    const next = this.#waiting;
    this.#waiting = undefined;
    if (next) this.#run(next.envelope, next.strips);
    try {
      this.#announce(running.envelope, running.error ? 'failed' : 'done', running, finishedNs);
    } finally {
      if (!this.#running) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  #announce(envelope: Envelope, status: CompletionStatus, job?: RunningJob, finishedNs = monotonicNs()): void {
    const { frameId, stage, parameterVersion, modelHash, queuedNs } = envelope;
    this.completed.announce({
      frameId,
      stage,
      status,
      parameterVersion,
      modelHash,
      queuedNs,
      startedNs: job?.startedNs ?? finishedNs,
      finishedNs,
      statistics: { strips: job?.strips ?? 0 },
      ...(job?.error ? { error: job.error } : {}),
    });
  }
}
