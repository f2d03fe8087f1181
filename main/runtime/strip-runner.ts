import { monotonicNs } from '../base/clock.ts';
import { assert, type ErrorRecord } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import type { Envelope } from './envelope.ts';
import { claimWord, jobWord, jobWords, type LaneReply, maximumStrips, serialCount } from './lane-protocol.ts';
import { LaneWorkers, type WorkerOptions } from './lane-workers.ts';
import type { PassSequence } from './pass-sequence.ts';

/** Job slots of a lane; a worker would have to sleep through this many jobs to meet its slot again. */
const jobSlots = 8;

/** An envelope with the number of strips of its model; a task is one strip. */
export interface Job {
  readonly envelope: Envelope;
  readonly strips: number;
  /** In the place of the one run that the envelope describes: everything that is to be done with its frame. */
  readonly passes?: PassSequence;
}

/** How a job ended on the workers. */
export interface JobEnd extends Job {
  /** First strip started; undefined where none did. */
  readonly startedNs: bigint | undefined;
  readonly finishedNs: bigint;
  readonly isCancelled: boolean;
  readonly error: ErrorRecord | undefined;
  /** What a task measured. */
  readonly statistics: Readonly<Record<string, number>>;
}

/** The words that a runner and its workers share. */
export function createJobMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(jobSlots * jobWords * 4);
}

interface RunningJob extends Job {
  readonly serial: number;
  startedNs: bigint | undefined;
  finishedNs: bigint | undefined;
  error: ErrorRecord | undefined;
  isCancelled: boolean;
  /** A worker died since the job began, perhaps over one of its strips. */
  hasLostWorker: boolean;
  statistics: Readonly<Record<string, number>>;
}

/**
 * Runs one job at a time on a group of worker threads, which share its strips. Every job ends exactly once, also when workers die
 * over it. Lives on the lab's thread.
 */
export class StripRunner {
  readonly workers: LaneWorkers;
  /** The runner is free again when this is announced. */
  readonly ended = new Announcer<JobEnd>();
  readonly #words: Int32Array;
  #running: RunningJob | undefined;
  #serial = 0;

  /** `jobs` is the memory that the workers were started with; {@link start} makes both. */
  constructor(workers: LaneWorkers, jobs: SharedArrayBuffer) {
    this.workers = workers;
    this.#words = new Int32Array(jobs);
    workers.replied.subscribe((reply) => this.#hear(reply));
    workers.died.subscribe(({ error, othersIdle }) => {
      const running = this.#running;
      if (!running) return;
      running.hasLostWorker = true;
      void othersIdle.then(() => this.#abandon(running, error));
    });
    workers.joined.subscribe(() => {
      // A job that may be abandoned ends when the workers that know it are idle: one more would write into slots of the next frame.
      if (this.#running && !this.#running.hasLostWorker) this.#tell(this.#running);
    });
  }

  /** Starts the worker threads. */
  static async start(options: WorkerOptions): Promise<StripRunner> {
    const jobs = createJobMemory();
    return new StripRunner(await LaneWorkers.start(options, jobs), jobs);
  }

  /** The job in work. */
  get running(): Job | undefined {
    return this.#running;
  }

  /** Share of the job in work that is done, 0 to 1: of its strips, or of what its task says; 0 while none runs. */
  get progress(): number {
    if (!this.#running) return 0;
    const base = this.#base(this.#running.serial);
    const ofStrips = Atomics.load(this.#words, base + jobWord.ended) / this.#running.strips;
    return Math.max(ofStrips, Atomics.load(this.#words, base + jobWord.share) / 1000);
  }

  /** Begins a job. Only while none runs. */
  run({ envelope, strips }: Job): void {
    assert(!this.#running, `Expected an idle lane but frame ${this.#running?.envelope.frameId} is in work`);
    this.#serial = (this.#serial + 1) % serialCount;
    const serial = this.#serial;
    const base = this.#base(serial);
    // A worker that still looks for strips of the slot's earlier job must find none before it can read this one's total.
    Atomics.store(this.#words, base + jobWord.claim, claimWord(serial, maximumStrips));
    Atomics.store(this.#words, base + jobWord.total, strips);
    Atomics.store(this.#words, base + jobWord.ended, 0);
    Atomics.store(this.#words, base + jobWord.failed, 0);
    Atomics.store(this.#words, base + jobWord.share, 0);
    Atomics.store(this.#words, base + jobWord.claim, claimWord(serial, 0));
    const blank = { startedNs: undefined, finishedNs: undefined, error: undefined, statistics: {} };
    this.#running = { envelope, strips, serial, isCancelled: false, hasLostWorker: false, ...blank };
    this.#tell(this.#running);
  }

  /** Gives the job in work up: strips that have begun end, the others are not begun. It ends as cancelled unless it has failed before. */
  cancel(): void {
    if (!this.#running) return;
    this.#running.isCancelled = true;
    Atomics.store(this.#words, this.#base(this.#running.serial) + jobWord.failed, 1);
  }

  #base(serial: number): number {
    return (serial % jobSlots) * jobWords;
  }

  /** A worker that hears of a job twice finds no strip left the second time. */
  #tell({ serial, envelope }: RunningJob): void {
    this.workers.broadcast({ kind: 'run', serial, jobSlot: serial % jobSlots, envelope });
  }

  #hear(reply: Extract<LaneReply, { kind: 'started' | 'measured' | 'strip-failed' | 'finished' }>): void {
    const running = this.#running;
    if (running?.serial !== reply.serial) return;
    if (reply.kind === 'started') running.startedNs = reply.atNs;
    else if (reply.kind === 'measured') running.statistics = reply.statistics;
    else if (reply.kind === 'strip-failed') running.error = reply.error;
    else running.finishedNs = reply.atNs;
    if (running.finishedNs !== undefined && this.#isFullyReported(running)) this.#end(running, running.finishedNs);
  }

  /** Workers report through ports of their own: the end from one may overtake the beginning or the failure from another. */
  #isFullyReported({ serial, startedNs, error, isCancelled }: RunningJob): boolean {
    const hasFailed = Atomics.load(this.#words, this.#base(serial) + jobWord.failed) === 1;
    return startedNs !== undefined && (!hasFailed || error !== undefined || isCancelled);
  }

  /** A worker died and the others are done: if the job has not ended by now, the strip that is missing never will. */
  #abandon(job: RunningJob, error: ErrorRecord): void {
    if (this.#running !== job) return;
    job.error ??= error;
    this.#end(job, monotonicNs());
  }

  #end({ envelope, strips, startedNs, isCancelled, error, statistics }: RunningJob, finishedNs: bigint): void {
    this.#running = undefined;
    this.ended.announce({ envelope, strips, startedNs, finishedNs, isCancelled, error, statistics });
  }
}
