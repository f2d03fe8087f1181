/**
 * Standard normal numbers from a seed, by the method of Box and Muller: the same everywhere, for ever. Streams of different seeds are
 * independent, which those of a linear congruential generator are not: each uniform number is a hash of seed and place.
 */
export function seededGaussian(seed: number): () => number {
  let place = 0;
  const uniform = (): number => {
    place += 1;
    return (mixed(mixed(seed * 0x9e3779b1) ^ Math.imul(place, 0x85ebca6b)) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** The finaliser of MurmurHash3, unsigned. */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
