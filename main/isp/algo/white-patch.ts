import { quantile } from '../../base/statistics.ts';
import type { WhiteBalanceMethod } from './white-balance-method.ts';

/** Not the brightest zone, which may be a lamp, but the one that 99.5 % do not exceed. */
const rank = 0.995;

/** The brightest of every channel are of one white surface (Land and McCann, Lightness and retinex theory, 1971). */
export const whitePatch: WhiteBalanceMethod = {
  id: 'white-patch',
  name: '99.5 % white',
  estimate: (colours) => {
    const brightest = (channel: 0 | 1 | 2): number =>
      quantile(
        colours.map((colour) => colour[channel]),
        rank,
      );
    return [brightest(0), brightest(1), brightest(2)];
  },
};
