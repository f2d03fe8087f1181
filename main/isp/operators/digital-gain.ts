import { z } from 'zod';
import { runtime } from '../../processor/parameters.ts';
import { type AffineOperator, numberIn } from '../operator.ts';

/** One gain for all samples of linear light. It folds with white balance and black level where they are neighbours. */
export const digitalGain: AffineOperator = {
  kind: 'affine',
  id: 'digital-gain',
  params: {
    digital_gain: runtime(z.number().min(0.25).max(16).default(1), {
      order: 50,
      label: 'Digital gain',
      category: 'Levels',
      unit: '×',
      step: 0.01,
      help: 'Multiplies linear light; what passes white is clipped',
    }),
  },
  affine: ({ g, input }) => ({
    factor: g.expand(g.reshape(input('digital_gain', 'float32', [], 'Gain of linear light'), [1, 1]), [2, 2]),
  }),
  inputs: (values) => ({ digital_gain: Float32Array.of(numberIn(values, 'digital_gain')) }),
};
