/** Anything that owns a resource: using it after closing is an error. Closing twice is harmless where the type does not say otherwise. */
export interface Closeable {
  close(): void;
  [Symbol.dispose](): void;
}

/** Like {@link Closeable}, where giving back needs other threads to finish first. */
export interface AsyncCloseable {
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Listeners of one kind of announcement, called in the order in which they subscribed, on the caller's thread. */
export class Announcer<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Adds a listener; the returned function removes it. */
  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls every listener, whatever an earlier one throws: that is its own fault and goes to {@link reportFault}. */
  announce(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (thrown) {
        reportFault(thrown);
      }
    }
  }
}

const faultListeners = new Set<(thrown: unknown) => void>();
let isReporting = false;

/** Hears of every fault of this thread that has no caller to go to; the returned function ends that. */
export function onFault(listener: (thrown: unknown) => void): () => void {
  faultListeners.add(listener);
  return () => faultListeners.delete(listener);
}

/**
 * Reports a fault of the lab's own code that nobody can catch: of a listener, or of a round on a timer. It goes to whom
 * {@link onFault} has named; where there is nobody, and for faults of those, to the console. Never throws.
 */
export function reportFault(thrown: unknown): void {
  // A listener of faults that announces and fails over it would otherwise be told of itself for ever.
  if (isReporting || faultListeners.size === 0) {
    console.error(thrown);
    return;
  }
  isReporting = true;
  try {
    for (const listener of [...faultListeners]) listener(thrown);
  } catch (again) {
    console.error(again);
  } finally {
    isReporting = false;
  }
}
