import type { Timer } from '../../main/base/timer.ts';

interface Order {
  dueMillis: number;
  readonly callback: () => void;
}

/** A timer whose time passes only when a test says so, and that tells what it was asked. */
export class StandingTimer {
  /** Orders that were placed so far. */
  placed = 0;
  readonly #orders = new Set<Order>();

  readonly timer: Timer = (millis, callback) => {
    const order = { dueMillis: millis, callback };
    this.placed += 1;
    this.#orders.add(order);
    return () => void this.#orders.delete(order);
  };

  /** Orders that are neither due nor taken back. */
  get pending(): number {
    return this.#orders.size;
  }

  /** Lets time pass, and calls what falls due. */
  advance(millis: number): void {
    for (const order of [...this.#orders]) {
      order.dueMillis -= millis;
      if (order.dueMillis <= 0 && this.#orders.delete(order)) order.callback();
    }
  }
}
