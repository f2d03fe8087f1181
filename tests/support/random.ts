/** Numbers that look random and are the same in every run: a linear congruential generator (Numerical Recipes), 0 to 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) / 65536;
  };
}

/** Standard normal numbers from the same (Box–Muller). */
export function normalNumbers(seed: number): () => number {
  const next = randomNumbers(seed);
  return () => Math.sqrt(-2 * Math.log(next() + 1 / 131072)) * Math.cos(2 * Math.PI * next());
}
