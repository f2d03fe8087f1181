import { monotonicNs } from '../base/clock.ts';
import { type ErrorRecord, errorRecordFrom } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import type { CompletionEvent, CompletionStatus, Envelope } from './envelope.ts';
import { FailureStreaks, type Suspension } from './failure-streaks.ts';
import type { Job, JobEnd, StripRunner } from './strip-runner.ts';

/** The part of a {@link StripRunner} that a lane needs; tests give their own. */
export type JobRunner = Pick<StripRunner, 'running' | 'progress' | 'run' | 'cancel' | 'ended'> & {
  readonly workers: { readonly obstacle: Error | undefined; revive?(): Promise<void> };
};

/** What a lane lives by beside its workers. */
export interface LaneOptions {
  /** CLOCK_MONOTONIC by default. */
  readonly now?: () => bigint;
}

/** A job that ended without having run, and how. */
interface Unrun {
  readonly job: Job;
  readonly status: 'failed' | 'expired';
  readonly error?: ErrorRecord;
}

/** What is known of a job that ended. */
interface Outcome {
  readonly startedNs?: bigint | undefined;
  readonly finishedNs?: bigint;
  readonly error?: ErrorRecord | undefined;
  readonly statistics?: Readonly<Record<string, number>>;
}

/**
 * What both lanes have in common: one job in work, completions, and processors that are suspended for failing. A listener that throws
 * harms neither the lane nor who submits.
 */
export abstract class Lane {
  /** Every submitted envelope exactly once. */
  readonly completed = new Announcer<CompletionEvent>();
  /** A processor has failed too often in a row: its envelopes fail at once until it is forgiven. */
  readonly suspended = new Announcer<Suspension>();
  protected readonly runner: JobRunner;
  protected readonly now: () => bigint;
  readonly #streaks = new FailureStreaks();
  #idle: (() => void)[] = [];

  constructor(runner: JobRunner, { now = monotonicNs }: LaneOptions = {}) {
    this.runner = runner;
    this.now = now;
    runner.ended.subscribe((end) => this.#end(end));
  }

  /** Envelopes that wait. */
  abstract get waiting(): number;

  /** Lets a suspended processor run again: it was changed, loaded anew, or the user asks for it. */
  forgive(stage: string): void {
    this.#streaks.forgive(stage);
  }

  /** Resolves when nothing runs and nothing waits. The caller submits nothing meanwhile. */
  drained(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** The next job to run, taken out of the waiting ones. */
  protected abstract next(): Job | undefined;

  /** Begins the next job if none runs. */
  protected pump(): void {
    this.#announce(this.#startNext());
  }

  protected complete({ envelope, strips, passes }: Job, status: CompletionStatus, outcome: Outcome = {}): void {
    const { frameId, streamId, stage, parameters, modelHash, queuedNs } = envelope;
    const { finishedNs = this.now(), startedNs = finishedNs, error, statistics } = outcome;
    this.completed.announce({
      frameId,
      streamId,
      stage,
      status,
      parameterVersion: parameters.version,
      modelHash,
      queuedNs,
      startedNs,
      finishedNs,
      statistics: { ...statistics, strips: outcome.startedNs === undefined ? 0 : strips },
      ...(error ? { error } : {}),
      ...(passes ? { passes: passes.reports, chainRevision: passes.revision } : {}),
    });
    passes?.close();
  }

  get #isIdle(): boolean {
    return !this.runner.running && this.waiting === 0;
  }

  /** Returns the jobs that it came across and that do not run any more. */
  #startNext(): readonly Unrun[] {
    const unrun: Unrun[] = [];
    while (!this.runner.running) {
      const job = this.next();
      if (!job) break;
      const { deadlineNs } = job.envelope;
      const error = this.#refusal(job.envelope);
      if (error) unrun.push({ job, status: 'failed', error });
      else if (deadlineNs !== undefined && this.now() > deadlineNs) unrun.push({ job, status: 'expired' });
      else this.runner.run(job);
    }
    return unrun;
  }

  #announce(unrun: readonly Unrun[]): void {
    for (const { job, status, error } of unrun) this.complete(job, status, { error });
    if (this.#isIdle) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Why an envelope cannot be worked on; it then fails without having run. */
  #refusal({ stage }: Envelope): ErrorRecord | undefined {
    const obstacle = this.runner.workers.obstacle;
    if (obstacle) return errorRecordFrom(obstacle);
    const suspension = this.#streaks.suspension(stage);
    if (!suspension) return undefined;
    const { failures, error } = suspension;
    const message = `${stage} is suspended after ${failures} failures in a row, the last one: ${error.message}`;
    return {
      code: 'runtime.suspended',
      message,
      action: 'Start the stream again, or change one of its settings where it has any.',
    };
  }

  #end({ envelope, strips, passes, startedNs, finishedNs, isCancelled, error, statistics }: JobEnd): void {
    const suspension = isCancelled ? undefined : this.#streaks.note(envelope.stage, error);
    const status = error ? 'failed' : isCancelled ? 'cancelled' : 'done';
    // The workers are busy again before anybody looks at what they did.
    const unrun = this.#startNext();
    this.complete({ envelope, strips, ...(passes ? { passes } : {}) }, status, { startedNs, finishedNs, error, statistics });
    if (suspension) this.suspended.announce(suspension);
    this.#announce(unrun);
  }
}
