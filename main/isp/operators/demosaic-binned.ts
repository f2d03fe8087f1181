import type { CfaOrder } from '../../frame/pixel-format.ts';
import type { Stencil } from '../../graph/linear-stencil.ts';
import { type CfaColour, cfaColourAt } from '../cfa.ts';
import type { LinearOperator } from '../operator.ts';

/** The mean of the cell's samples of one colour, as a stencil whose centre is the cell's top-left sample. */
function cellMean(order: CfaOrder, colour: CfaColour): Stencil {
  const members = [0, 1, 2, 3].map((phase) => (cfaColourAt(order, phase >> 1, phase & 1) === colour ? 1 : 0));
  const count = members.reduce<number>((sum, member) => sum + member, 0);
  return { rows: 2, columns: 2, centreRow: 0, centreColumn: 0, weights: members.map((member) => member / count) };
}

/** One RGB pixel from each 2x2 cell: half the resolution, a quarter of the later work. */
export const demosaicBinned: LinearOperator = {
  kind: 'linear',
  id: 'demosaic-binned',
  params: {},
  scale: 0.5,
  linear: (cfa) => {
    const channels = (['R', 'G', 'B'] as const).map((colour) => cellMean(cfa, colour));
    return [{ row: 0, column: 0, channels }];
  },
  inputs: () => ({}),
};
