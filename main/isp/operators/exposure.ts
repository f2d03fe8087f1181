import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { noHalo } from '../../graph/strips.ts';
import { runtime } from '../../processor/parameters.ts';
import { type AffineOperator, type GraphOperator, numberIn, type OperatorContext } from '../operator.ts';

/** 2 to the power of the exposure compensation. */
function brightnessIn({ g, input }: OperatorContext): Value {
  return g.power(g.scalar(2), input('exposure_ev', 'float32', [], 'Exposure compensation, EV'));
}

/** Exposure compensation in linear light. */
export const exposure: AffineOperator = {
  kind: 'affine',
  id: 'exposure',
  params: {
    exposure_ev: runtime(z.number().min(-4).max(4).default(0), {
      order: 3,
      label: 'Exposure',
      category: 'Tone',
      unit: 'EV',
      step: 0.05,
      help: 'Exposure compensation, applied in linear light',
    }),
  },
  affine: (context) => {
    const { g } = context;
    const factor = g.expand(g.reshape(brightnessIn(context), [1, 1]), [2, 2]);
    return { factor };
  },
  inputs: (values) => ({ exposure_ev: Float32Array.of(numberIn(values, 'exposure_ev')) }),
};

/** Clips light where the sensor saturates; a negative exposure lowers that point with the picture, so that highlights stay neutral. */
export const clipLight: GraphOperator = {
  kind: 'graph',
  id: 'clip-light',
  params: {},
  halo: noHalo,
  graph: (context, x) => {
    const { g } = context;
    return { ...x, value: g.clip(x.value, g.scalar(0), g.minimum(g.scalar(1), brightnessIn(context))) };
  },
  inputs: () => ({}),
};
