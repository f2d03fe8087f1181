import type { PacerClock } from '../../../main/camera/frame-pacer.ts';

interface Timer {
  readonly atNs: bigint;
  readonly callback: () => void;
}

/** Time that passes only when a test says so. */
export class ManualClock implements PacerClock {
  #nowNs = 1_000_000_000n;
  #timers: Timer[] = [];

  nowNs(): bigint {
    return this.#nowNs;
  }

  after(millis: number, callback: () => void): () => void {
    const timer = { atNs: this.#nowNs + BigInt(millis) * 1_000_000n, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Lets time pass and fires every timer at its moment. */
  advance(millis: number): void {
    const endNs = this.#nowNs + BigInt(Math.round(millis * 1e6));
    for (let timer = this.#firstBy(endNs); timer !== undefined; timer = this.#firstBy(endNs)) {
      this.#nowNs = timer.atNs;
      this.#fire(timer);
    }
    this.#nowNs = endNs;
  }

  /** Lets time pass while the thread is blocked: a timer that fell due meanwhile fires late, at the end. */
  block(millis: number): void {
    this.#nowNs += BigInt(Math.round(millis * 1e6));
    const timer = this.#firstBy(this.#nowNs);
    if (timer !== undefined) this.#fire(timer);
  }

  #firstBy(endNs: bigint): Timer | undefined {
    const due = this.#timers.filter((timer) => timer.atNs <= endNs);
    return due.sort((a, b) => Number(a.atNs - b.atNs))[0];
  }

  #fire(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
    timer.callback();
  }
}
