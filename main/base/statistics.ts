/** The quantile `q` in [0, 1] of a list, by linear interpolation between closest ranks (type 7); NaN for an empty list. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const lower = Math.floor(position);
  const upper = Math.min(lower + 1, sorted.length - 1);
  const low = sorted[lower] as number;
  return low + ((sorted[upper] as number) - low) * (position - lower);
}

/** A window over the newest `capacity` numbers, for running medians and percentiles. */
export class RollingWindow {
  readonly #values: number[] = [];
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(value: number): void {
    this.#values.push(value);
    if (this.#values.length > this.#capacity) this.#values.shift();
  }

  clear(): void {
    this.#values.length = 0;
  }

  get size(): number {
    return this.#values.length;
  }

  quantile(q: number): number {
    return quantile(this.#values, q);
  }
}
