const gaussianCount = 1 << 18;

/** What 1 is in a table of Gaussians. 16 bits each, so that as many as possible stay in the processor's cache. */
export const gaussianUnit = 1024;

/** A 32-bit integer with all bits well mixed (the finaliser of MurmurHash3). */
export function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** Reproducible numbers from 0 to below 1: equal seeds give equal sequences. */
export function uniformSequence(seed: number): () => number {
  let state = mixed(seed ^ 0x5bd1e995);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return (mixed(state) >>> 0) / 2 ** 32;
  };
}

/** The table made last: a renderer needs the same one for its noise and for its pattern. */
let latest: { readonly seed: number; readonly longestRun: number; readonly table: Int16Array } | undefined;

/** A table of normal numbers of zero mean and a deviation of {@link gaussianUnit}, from which rows of a frame take runs. */
export class NoiseSource {
  /** The head is repeated at the end, so that no run has to wrap. */
  readonly gaussians: Int16Array;
  readonly #seed: number;

  constructor(seed: number, longestRun: number) {
    this.#seed = seed;
    if (latest?.seed !== seed || latest.longestRun < longestRun)
      latest = { seed, longestRun, table: gaussianTable(seed, longestRun) };
    this.gaussians = latest.table;
  }

  /** Where the run of that row of that frame begins. */
  runOf(sequence: number, row: number): number {
    const frameKey = mixed(this.#seed ^ Math.imul(sequence, 0x9e3779b1));
    return mixed(frameKey ^ Math.imul(row + 1, 0x85ebca6b)) & (gaussianCount - 1);
  }

  /** A number for one pixel that is the same in every frame; the key tells apart what is drawn for it. */
  fixedAt(index: number, key: number): number {
    const place = mixed(mixed(this.#seed ^ key) ^ Math.imul(index + 1, 0x9e3779b1)) & (gaussianCount - 1);
    return (this.gaussians[place] as number) / gaussianUnit;
  }
}

function gaussianTable(seed: number, longestRun: number): Int16Array {
  const values = new Float64Array(gaussianCount);
  const next = uniformSequence(seed);
  const uniform = (): number => next() + 0.5 / 2 ** 32;
  for (let i = 0; i < gaussianCount; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    values[i] = radius * Math.cos(angle);
    values[i + 1] = radius * Math.sin(angle);
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / gaussianCount;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / gaussianCount;
  const scale = gaussianUnit / Math.sqrt(variance);
  const table = new Int16Array(gaussianCount + longestRun);
  for (let i = 0; i < table.length; i++) table[i] = Math.round(((values[i % gaussianCount] as number) - mean) * scale);
  return table;
}
