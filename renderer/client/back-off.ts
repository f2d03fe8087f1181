const firstDelayMillis = 250;
const longestDelayMillis = 5_000;

/** Doubling delays between attempts to reach the lab again, from a quarter of a second to five. */
export class BackOff {
  #delayMillis = firstDelayMillis;

  /** The delay before the next attempt. */
  nextMillis(): number {
    const delay = this.#delayMillis;
    this.#delayMillis = Math.min(delay * 2, longestDelayMillis);
    return delay;
  }

  /** To be called after a success: the next failure starts with the short delay again. */
  reset(): void {
    this.#delayMillis = firstDelayMillis;
  }
}
