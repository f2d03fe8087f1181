import { chengPca } from './cheng-pca.ts';
import { greyWorld } from './grey-world.ts';
import { shadesOfGrey } from './shades-of-grey.ts';
import type { WhiteBalanceMethod } from './white-balance-method.ts';
import { whitePatch } from './white-patch.ts';

/** Every method, in the order in which menus show them. */
export const whiteBalanceMethods: readonly WhiteBalanceMethod[] = [greyWorld, shadesOfGrey, whitePatch, chengPca];
