import type { ErrorRecord } from '../../main/base/errors.ts';
import { Announcer } from '../../main/base/lifetime.ts';
import type { Envelope } from '../../main/runtime/envelope.ts';
import type { JobRunner } from '../../main/runtime/lane.ts';
import type { Job, JobEnd } from '../../main/runtime/strip-runner.ts';

/** A runner without threads: a job ends when the test says so and how it says. */
export class ScriptedRunner implements JobRunner {
  readonly ended = new Announcer<JobEnd>();
  readonly workers: { obstacle: Error | undefined } = { obstacle: undefined };
  /** Every job that was begun, oldest first. */
  readonly begun: Envelope[] = [];
  running: Job | undefined;
  /** As the test sets it. */
  progress = 0;
  readonly #now: () => bigint;
  #startedNs = 0n;
  #isCancelled = false;

  constructor(now: () => bigint) {
    this.#now = now;
  }

  run(job: Job): void {
    if (this.running) throw new Error(`Expected an idle runner but frame ${this.running.envelope.frameId} is in work`);
    this.running = job;
    this.begun.push(job.envelope);
    this.#startedNs = this.#now();
    this.#isCancelled = false;
  }

  cancel(): void {
    this.#isCancelled = this.running !== undefined;
  }

  /** Ends the job in work. */
  end(error?: ErrorRecord, statistics: JobEnd['statistics'] = {}): void {
    if (!this.running) throw new Error('Expected a job in work');
    const { envelope, strips } = this.running;
    this.running = undefined;
    const times = { startedNs: this.#startedNs, finishedNs: this.#now() };
    this.ended.announce({ envelope, strips, ...times, isCancelled: this.#isCancelled, error, statistics });
  }
}

/** A clock that stands until the test moves it. */
export class StandingClock {
  nowNs = 1_000_000_000n;

  readonly now = (): bigint => this.nowNs;

  advance(millis: number): void {
    this.nowNs += BigInt(Math.round(millis * 1e6));
  }
}

/** What a test's envelope says beyond its number. */
export type EnvelopeTraits = Partial<
  Pick<Envelope, 'streamId' | 'lane' | 'stage' | 'deadlineNs' | 'queuedNs' | 'inputs' | 'outputs'>
>;

/** An envelope of the realtime lane without slots. */
export function plainEnvelope(frameId: number, traits: EnvelopeTraits = {}): Envelope {
  return {
    frameId,
    streamId: 'live',
    lane: 'realtime',
    stage: 'stage',
    modelHash: 'model',
    inputs: [],
    outputs: [],
    parameters: { version: 1, values: {} },
    queuedNs: 1n,
    ...traits,
  };
}
