import { seededRandom } from './synthetic-mosaic.ts';

/** Standard normal numbers from a seed, by the method of Box and Muller: the same everywhere, for ever. */
export function seededGaussian(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
