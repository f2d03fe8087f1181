import { z } from 'zod';
import { runtime } from '../../processor/parameters.ts';
import { cfaColourAt } from '../cfa.ts';
import { type AffineOperator, numberIn } from '../operator.ts';

const gain = z.number().min(0.25).max(8);

/**
 * Gains of red and blue relative to green. They are divided by the smallest, so that all three channels reach the clipping point
 * and a blown highlight stays neutral.
 */
export const whiteBalance: AffineOperator = {
  kind: 'affine',
  id: 'white-balance',
  params: {
    wb_red_gain: runtime(gain.default(1), {
      order: 1,
      label: 'Red gain',
      category: 'White balance',
      unit: '×',
      step: 0.01,
      help: 'Gain of red relative to green',
    }),
    wb_blue_gain: runtime(gain.default(1), {
      order: 2,
      label: 'Blue gain',
      category: 'White balance',
      unit: '×',
      step: 0.01,
      help: 'Gain of blue relative to green',
    }),
  },
  affine: ({ g, geometry, input }) => {
    const gains = input('wb_gains', 'float32', [3, 1], 'White-balance gains of red, green and blue');
    const normalised = g.divide(gains, g.reduceMinimum(gains, [0]));
    const selection = [0, 1, 2, 3].flatMap((phase) => {
      const colour = cfaColourAt(geometry.cfa, phase >> 1, phase & 1);
      return ['R', 'G', 'B'].map((candidate) => (candidate === colour ? 1 : 0));
    });
    const perPosition = g.matrixMultiply(g.constant('float32', selection, [4, 3]), normalised);
    return { factor: g.reshape(perPosition, [2, 2]) };
  },
  inputs: (values) => ({
    wb_gains: Float32Array.of(numberIn(values, 'wb_red_gain'), 1, numberIn(values, 'wb_blue_gain')),
  }),
};
