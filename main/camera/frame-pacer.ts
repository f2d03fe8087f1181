import { monotonicNs } from '../base/clock.ts';
import { assert } from '../base/errors.ts';

/** The time that a pacer lives by; a test gives its own. */
export interface PacerClock {
  nowNs(): bigint;
  /** Calls back after that many milliseconds; the returned function takes the order back. */
  after(millis: number, callback: () => void): () => void;
}

/** CLOCK_MONOTONIC and the event loop's timers. */
export const systemPacerClock: PacerClock = {
  nowNs: monotonicNs,
  after: (millis, callback) => {
    const timer = setTimeout(callback, millis);
    return () => clearTimeout(timer);
  },
};

/** What a pacer calls, on the thread that started it. */
export interface PacerListener {
  /**
   * Frame `sequence` is due; `dueNs` is when it was, on the absolute schedule. False: it cannot be taken yet, so that it
   * stays in the queue and is called up again.
   */
  due(sequence: number, dueNs: bigint): boolean;
  /** That many frames passed by, more than the queue holds; their numbers are skipped. */
  late(count: number): void;
}

/**
 * Frames that a paced camera has queued, like the buffers of a driver: a thread that is busy for so many intervals delays
 * frames instead of losing them.
 */
export const queuedFrames = 4;

/** Least time between two frames, in intervals: what is caught up comes neither at once nor faster than the lane can take it. */
const leastGap = 5 / 6;

/**
 * Calls frames up on an absolute schedule: frame k is due at start + k intervals, so that delays never add up.
 *
 * Frames that fell due while the thread or the listener was busy wait in a queue of `queueDepth`. They are called up in
 * order and with their own due times, a little faster than they fell due, until the schedule is met again. What exceeds the
 * queue is skipped, oldest first, and counted.
 */
export class FramePacer {
  readonly #intervalNs: number;
  readonly #listener: PacerListener;
  readonly #clock: PacerClock;
  readonly #queueDepth: number;
  #startNs = 0n;
  #next = 0;
  #cancel: (() => void) | undefined;

  constructor(framesPerSecond: number, listener: PacerListener, clock: PacerClock, queueDepth = queuedFrames) {
    assert(queueDepth >= 1, `Expected a queue of at least one frame but received ${queueDepth}`);
    this.#intervalNs = 1e9 / framesPerSecond;
    this.#listener = listener;
    this.#clock = clock;
    this.#queueDepth = queueDepth;
  }

  /** Begins the schedule: frame 0 is due one interval from now, when its exposure has ended. */
  start(): void {
    this.stop();
    this.#startNs = this.#clock.nowNs() + BigInt(Math.round(this.#intervalNs));
    this.#next = 0;
    this.#wait(0);
  }

  /** Ends the schedule: nothing is called any more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #dueNs(sequence: number): bigint {
    return this.#startNs + BigInt(Math.round(sequence * this.#intervalNs));
  }

  /** Waits for the next frame, and at least `atLeastNs`. */
  #wait(atLeastNs: number): void {
    const waitNs = Math.max(atLeastNs, Number(this.#dueNs(this.#next) - this.#clock.nowNs()));
    this.#cancel = this.#clock.after(Math.max(0, Math.ceil(waitNs / 1e6)), () => this.#tick());
  }

  #tick(): void {
    const elapsedNs = Number(this.#clock.nowNs() - this.#startNs);
    const newest = Math.floor(elapsedNs / this.#intervalNs);
    // A timer may fire a little early; then the same frame is waited for again.
    if (newest >= this.#next) this.#callUp(newest);
    if (this.#cancel !== undefined) this.#wait(newest >= this.#next ? this.#intervalNs * leastGap : 0);
  }

  #callUp(newest: number): void {
    const missed = Math.max(0, newest - this.#next + 1 - this.#queueDepth);
    this.#next += missed;
    if (missed > 0) this.#listener.late(missed);
    // The listener may stop the schedule.
    if (this.#cancel !== undefined && this.#listener.due(this.#next, this.#dueNs(this.#next))) this.#next += 1;
  }
}
