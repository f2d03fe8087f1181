import { minkowskiMean } from './shades-of-grey.ts';
import type { WhiteBalanceMethod } from './white-balance-method.ts';

/** The mean of the scene is grey (Buchsbaum, A spatial processor model for object colour perception, 1980). */
export const greyWorld: WhiteBalanceMethod = {
  id: 'grey-world',
  name: 'Grey world',
  estimate: (colours) => minkowskiMean(colours, 1),
};
