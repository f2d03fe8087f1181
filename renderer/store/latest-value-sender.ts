/** How often values may leave and where they go. */
export interface SenderOptions<V> {
  /** Runs the callback once, at the next opportunity: the page passes `requestAnimationFrame`. */
  readonly schedule: (callback: () => void) => unknown;
  /** Delivers the newest value of every name that changed since the last delivery. */
  readonly send: (values: Record<string, V>) => Promise<void>;
}

/**
 * Delivers values at most once per animation frame and one delivery at a time, always the newest of each name, and the
 * last one of all without exception: while a delivery is under way, values gather for the next.
 */
export class LatestValueSender<V> {
  readonly #options: SenderOptions<V>;
  #waiting: Record<string, V> = {};
  #scheduled = false;
  #sending = false;

  constructor(options: SenderOptions<V>) {
    this.#options = options;
  }

  /** Replaces what waits under each of these names. */
  queue(values: Readonly<Record<string, V>>): void {
    Object.assign(this.#waiting, values);
    this.#scheduleNext();
  }

  #scheduleNext(): void {
    if (this.#scheduled || this.#sending || Object.keys(this.#waiting).length === 0) return;
    this.#scheduled = true;
    this.#options.schedule(() => void this.#deliver());
  }

  async #deliver(): Promise<void> {
    this.#scheduled = false;
    this.#sending = true;
    const values = this.#waiting;
    this.#waiting = {};
    try {
      await this.#options.send(values);
    } finally {
      this.#sending = false;
      this.#scheduleNext();
    }
  }
}
