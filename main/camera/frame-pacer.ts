import { monotonicNs } from '../base/clock.ts';

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
  /** Frame `sequence` is due now; `dueNs` is when it should have been, on the absolute schedule. */
  due(sequence: number, dueNs: bigint): void;
  /** That many frames passed by while the thread was busy; their numbers are skipped. */
  late(count: number): void;
}

/**
 * Calls frames up on an absolute schedule: frame k is due at start + k intervals, so that delays never add up. A frame that
 * comes a whole interval late is skipped and counted; frames never come in bunches.
 */
export class FramePacer {
  readonly #intervalNs: number;
  readonly #listener: PacerListener;
  readonly #clock: PacerClock;
  #startNs = 0n;
  #next = 0;
  #cancel: (() => void) | undefined;

  constructor(framesPerSecond: number, listener: PacerListener, clock: PacerClock) {
    this.#intervalNs = 1e9 / framesPerSecond;
    this.#listener = listener;
    this.#clock = clock;
  }

  /** Begins the schedule: frame 0 is due one interval from now, when its exposure has ended. */
  start(): void {
    this.stop();
    this.#startNs = this.#clock.nowNs() + BigInt(Math.round(this.#intervalNs));
    this.#next = 0;
    this.#wait();
  }

  /** Ends the schedule: nothing is called any more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #dueNs(sequence: number): bigint {
    return this.#startNs + BigInt(Math.round(sequence * this.#intervalNs));
  }

  #wait(): void {
    const waitNs = Number(this.#dueNs(this.#next) - this.#clock.nowNs());
    this.#cancel = this.#clock.after(Math.max(0, Math.ceil(waitNs / 1e6)), () => this.#tick());
  }

  #tick(): void {
    const elapsedNs = Number(this.#clock.nowNs() - this.#startNs);
    const current = Math.floor(elapsedNs / this.#intervalNs);
    // A timer may fire a little early; then the same frame is waited for again.
    if (current >= this.#next) {
      const missed = current - this.#next;
      this.#next = current + 1;
      if (missed > 0) this.#listener.late(missed);
      // The listener may stop the schedule.
      if (this.#cancel !== undefined) this.#listener.due(current, this.#dueNs(current));
    }
    if (this.#cancel !== undefined) this.#wait();
  }
}
