import { monotonicNs } from '../base/clock.ts';
import { assert, type ErrorRecord, errorRecordFrom } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import type { JobRunner } from './lane.ts';
import type { PassEnd } from './pass-report.ts';
import type { OutsidePass, Pass } from './pass-sequence.ts';
import type { Job, JobEnd } from './strip-runner.ts';

interface RunningJob {
  readonly job: Job;
  startedNs: bigint | undefined;
  isCancelled: boolean;
}

/**
 * Runs jobs of several passes on a runner of single ones: a pass begins when the one before has ended. Jobs without passes go through
 * as they are. Lives on the lab's thread, which takes one message for each pass; workers know nothing of sequences.
 */
export class PassRunner implements JobRunner {
  readonly ended = new Announcer<JobEnd>();
  readonly #runner: JobRunner;
  #running: RunningJob | undefined;

  constructor(runner: JobRunner) {
    this.#runner = runner;
    runner.ended.subscribe((end) => this.#passEnded(end));
  }

  get workers(): JobRunner['workers'] {
    return this.#runner.workers;
  }

  /** The job in work, whichever of its passes that is at. */
  get running(): Job | undefined {
    return this.#running?.job;
  }

  /** Of the pass in work, 0 to 1. */
  get progress(): number {
    return this.#runner.progress;
  }

  /** Begins a job. Only while none runs. */
  run(job: Job): void {
    assert(!this.#running, `Expected an idle lane but frame ${this.#running?.job.envelope.frameId} is in work`);
    this.#running = { job, startedNs: undefined, isCancelled: false };
    if (job.passes) this.#step(this.#running, undefined);
    else this.#runner.run(job);
  }

  /** Gives the job in work up: the pass in work ends as a cancelled one does, and no other is begun. */
  cancel(): void {
    if (!this.#running) return;
    this.#running.isCancelled = true;
    this.#runner.cancel();
  }

  #passEnded(end: JobEnd): void {
    const running = this.#running;
    assert(running, `Expected a job in work but frame ${end.envelope.frameId} ended`);
    if (!running.job.passes) {
      this.#end(end);
      return;
    }
    const { startedNs = end.finishedNs, finishedNs, error } = end;
    this.#step(running, { startedNs, finishedNs, error });
  }

  /** Begins the next pass, or ends the job. */
  #step(running: RunningJob, before: PassEnd | undefined): void {
    running.startedNs ??= before?.startedNs;
    let pass: Pass | undefined;
    let error: ErrorRecord | undefined;
    try {
      pass = running.job.passes?.next(before);
      error = running.job.passes?.error;
      const { obstacle } = this.#runner.workers;
      // Where every worker has died since the job began, a pass would wait for ever.
      if (pass?.kind === 'lane' && before && obstacle) throw obstacle;
    } catch (thrown) {
      // A fault of the sequence costs its frame and not the lane.
      pass = undefined;
      error = errorRecordFrom(thrown);
    }
    if (pass && !running.isCancelled) this.#begin(running, pass);
    else this.#finish(running, before, error);
  }

  #begin(running: RunningJob, pass: Pass): void {
    if (pass.kind === 'lane') this.#runner.run(pass);
    else void this.#runOutside(running, pass);
  }

  async #runOutside(running: RunningJob, pass: OutsidePass): Promise<void> {
    const startedNs = monotonicNs();
    const error = await pass.run().then(
      () => undefined,
      (thrown: unknown) => errorRecordFrom(thrown),
    );
    this.#step(running, { startedNs, finishedNs: monotonicNs(), error });
  }

  #finish({ job, startedNs, isCancelled }: RunningJob, before: PassEnd | undefined, error: ErrorRecord | undefined): void {
    this.#end({ ...job, startedNs, finishedNs: before?.finishedNs ?? monotonicNs(), isCancelled, error, statistics: {} });
  }

  #end(end: JobEnd): void {
    this.#running = undefined;
    this.ended.announce(end);
  }
}
