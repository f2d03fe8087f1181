import type { Triple } from '../../base/matrix3.ts';
import type { WhiteBalanceMethod } from './white-balance-method.ts';

/** The power that the source found best. */
const power = 6;

/** The `p`-norm mean of each channel: the mean for 1, the brightest for infinity. */
export function minkowskiMean(colours: readonly Triple[], p: number): Triple {
  const mean = (channel: 0 | 1 | 2): number =>
    (colours.reduce((sum, colour) => sum + colour[channel] ** p, 0) / colours.length) ** (1 / p);
  return [mean(0), mean(1), mean(2)];
}

/** Between grey world and white patch: brighter zones count more (Finlayson and Trezzi, Shades of gray and colour constancy, 2004). */
export const shadesOfGrey: WhiteBalanceMethod = {
  id: 'shades-of-grey',
  name: 'Shades of grey',
  estimate: (colours) => minkowskiMean(colours, power),
};
