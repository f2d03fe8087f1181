import type { Triple } from '../../base/matrix3.ts';
import type { WhiteBalanceMethod } from './white-balance-method.ts';

/**
 * Share of the zones that is taken at either end. The source takes 3.5 % of the pixels; of zones that is too few to be a sample of the
 * scene's colours: 27 of 768, which in most scenes are parts of a handful of surfaces.
 */
const share = 0.05;

/** Steps of the power iteration; it converges in a handful, since colours of a scene lie close to one direction. */
const iterations = 50;

/**
 * The principal direction, through black, of the brightest and the darkest zones, by their projection on the mean colour (Cheng, Prasad and
 * Brown, Illuminant estimation for color constancy, 2014). The bright ones decide it, so scenes without bright greys mislead it.
 */
export const chengPca: WhiteBalanceMethod = {
  id: 'cheng-pca',
  name: 'Bright and dark PCA',
  estimate: (colours) => {
    const sum = (channel: 0 | 1 | 2): number => colours.reduce((total, colour) => total + colour[channel], 0);
    const mean: Triple = [sum(0), sum(1), sum(2)];
    const ranked = [...colours].sort((a, b) => dot(a, mean) - dot(b, mean));
    const count = Math.max(1, Math.ceil(ranked.length * share));
    return principalDirection([...ranked.slice(0, count), ...ranked.slice(-count)], mean);
  },
};

function dot(a: Triple, b: Triple): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** The first eigenvector of the sum of outer products, from `start` on; positive like the colours. */
function principalDirection(colours: readonly Triple[], start: Triple): Triple {
  let direction = start;
  for (let step = 0; step < iterations; step++) {
    const next: [number, number, number] = [0, 0, 0];
    for (const colour of colours) {
      const along = dot(colour, direction);
      for (const channel of [0, 1, 2] as const) next[channel] += along * colour[channel];
    }
    const length = Math.hypot(...next);
    direction = [next[0] / length, next[1] / length, next[2] / length];
  }
  return direction;
}
