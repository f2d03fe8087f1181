import type { Closeable } from '../../base/lifetime.ts';

/**
 * Lets something happen at once, then at most once an interval however often it is asked for. What was asked for last always
 * happens, by the end of the interval at the latest.
 */
export class Pacer implements Closeable {
  readonly #intervalMillis: number;
  readonly #act: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;

  constructor(intervalMillis: number, act: () => void) {
    this.#intervalMillis = intervalMillis;
    this.#act = act;
  }

  request(): void {
    if (this.#timer === undefined) this.#run();
    else this.#isDue = true;
  }

  /** What is due by now does not happen any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDue = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #run(): void {
    this.#isDue = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isDue) this.#run();
    }, this.#intervalMillis);
    this.#act();
  }
}
