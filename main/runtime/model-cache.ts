import { assert } from '../base/errors.ts';

/** Bytes of loaded models beyond which those that nobody uses are given up, by default. */
export const defaultModelBudgetBytes = 256 * 2 ** 20;

/** What keeping a model costs and who uses it. */
export interface CachedModel {
  readonly key: string;
  readonly bytes: number;
  readonly uses: number;
}

interface Entry {
  readonly bytes: number;
  readonly ready: Promise<void>;
  uses: number;
}

/**
 * Models that are loaded, in use or not: one that is asked for again is there at once. Beyond the budget the one that was not
 * used for longest goes first; one in use never goes, even where those in use take more than the budget.
 */
export class ModelCache {
  readonly #budgetBytes: number;
  readonly #unload: (key: string) => void;
  /** In the order of their last use, the longest ago first. */
  readonly #entries = new Map<string, Entry>();

  constructor(budgetBytes: number, unload: (key: string) => void) {
    this.#budgetBytes = budgetBytes;
    this.#unload = unload;
  }

  /** The models from the one used longest ago to the newest. */
  get models(): readonly CachedModel[] {
    return [...this.#entries].map(([key, { bytes, uses }]) => ({ key, bytes, uses }));
  }

  /** Uses a model once more, loading it where it is not there. A load that fails leaves nothing and can be tried again. */
  async acquire(key: string, bytes: number, load: () => Promise<void>): Promise<void> {
    let entry = this.#entries.get(key);
    if (!entry) {
      // Before it is loaded, so that both are never there together where that is not needed.
      this.#makeRoom(this.#budgetBytes - bytes);
      entry = { bytes, uses: 0, ready: load() };
    }
    entry.uses += 1;
    this.#touch(key, entry);
    try {
      await entry.ready;
    } catch (thrown) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw thrown;
    }
  }

  /** Ends one use. */
  release(key: string): void {
    const entry = this.#entries.get(key);
    assert(entry && entry.uses > 0, `Expected a loaded model but received ${key}`);
    entry.uses -= 1;
    this.#touch(key, entry);
    this.#makeRoom(this.#budgetBytes);
  }

  #touch(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #makeRoom(targetBytes: number): void {
    let total = [...this.#entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [key, { bytes, uses }] of this.#entries) {
      if (total <= targetBytes) return;
      if (uses > 0) continue;
      this.#entries.delete(key);
      this.#unload(key);
      total -= bytes;
    }
  }
}
