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

  announce(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
