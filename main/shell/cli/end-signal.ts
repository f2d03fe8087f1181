import type { Closeable } from '../../base/lifetime.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Hears that the command is asked to end, from its making until it is closed. Further signals meanwhile end nothing more:
 * npm passes on what the terminal has sent already, and what was recorded has to be stored first.
 */
export class EndSignal implements Closeable {
  readonly asked: Promise<void>;
  readonly #listener: () => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.asked = promise;
    this.#listener = () => resolve();
    for (const signal of signals) process.on(signal, this.#listener);
  }

  close(): void {
    for (const signal of signals) process.off(signal, this.#listener);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
