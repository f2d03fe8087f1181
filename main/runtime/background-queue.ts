import { assert, InputError } from '../base/errors.ts';

/** How an item waits. */
export interface QueueOptions {
  /** Higher goes first; equal priorities in the order in which they were pushed. */
  readonly priority?: number;
  /** Takes the item back while it waits for room. {@link BackgroundQueue.remove} takes back those that are in the queue as well. */
  readonly signal?: AbortSignal;
}

interface Entry<T> {
  readonly item: T;
  readonly priority: number;
  readonly age: number;
}

interface Waiting<T> extends Entry<T> {
  readonly accept: () => void;
  readonly refuse: () => void;
}

/**
 * The waiting line of a lossless lane: bounded, by priority and then age. Whoever pushes into a full queue waits until there is room,
 * and that wait is the back-pressure. Used on one thread.
 */
export class BackgroundQueue<T> {
  readonly capacity: number;
  readonly #entries: Entry<T>[] = [];
  readonly #waiting: Waiting<T>[] = [];
  #pushed = 0;

  constructor(capacity: number) {
    assert(Number.isInteger(capacity) && capacity > 0, `Expected a positive capacity but received ${capacity}`);
    this.capacity = capacity;
  }

  /** Items in the queue. */
  get length(): number {
    return this.#entries.length;
  }

  /** Pushes that wait for room. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when the item is in the queue. Rejects with InputError `runtime.cancelled` when the signal comes before that. */
  push(item: T, { priority = 0, signal }: QueueOptions = {}): Promise<void> {
    if (signal?.aborted) return Promise.reject(cancelled());
    this.#pushed += 1;
    const entry = { item, priority, age: this.#pushed };
    if (this.#entries.length < this.capacity) {
      insert(this.#entries, entry);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const refuse = (): void => {
        signal?.removeEventListener('abort', refuse);
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(cancelled());
      };
      const accept = (): void => {
        signal?.removeEventListener('abort', refuse);
        resolve();
      };
      const waiting: Waiting<T> = { ...entry, accept, refuse };
      signal?.addEventListener('abort', refuse, { once: true });
      insert(this.#waiting, waiting);
    });
  }

  /** The item to run next, or undefined when the queue is empty. Lets one waiting push in. */
  take(): T | undefined {
    const next = this.#entries.shift();
    this.#admit();
    return next?.item;
  }

  /** Takes items out before they run and returns them. Pushes of such items that wait for room reject as if their signal had come. */
  remove(isUnwanted: (item: T) => boolean): T[] {
    // First of all, or the room that the others leave would let them in.
    for (const { refuse } of this.#waiting.filter(({ item }) => isUnwanted(item))) refuse();
    const removed = this.#entries.filter(({ item }) => isUnwanted(item));
    for (const entry of removed) this.#entries.splice(this.#entries.indexOf(entry), 1);
    for (const _ of removed) this.#admit();
    return removed.map(({ item }) => item);
  }

  #admit(): void {
    if (this.#entries.length >= this.capacity) return;
    const next = this.#waiting.shift();
    if (!next) return;
    insert(this.#entries, next);
    next.accept();
  }
}

/** Keeps the order: higher priority first, then older first. */
function insert<E extends Entry<unknown>>(entries: E[], entry: E): void {
  const at = entries.findIndex(
    ({ priority, age }) => priority < entry.priority || (priority === entry.priority && age > entry.age),
  );
  if (at === -1) entries.push(entry);
  else entries.splice(at, 0, entry);
}

function cancelled(): InputError {
  return new InputError('runtime.cancelled', 'The work was cancelled before it had begun');
}
