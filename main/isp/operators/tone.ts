import { z } from 'zod';
import type { ParameterValues } from '../../../preload/contract.ts';
import { noHalo } from '../../graph/strips.ts';
import { runtime } from '../../processor/parameters.ts';
import { type GraphOperator, numberIn } from '../operator.ts';
import { horner } from '../polynomial.ts';

const amount = z.number().min(-1).max(1).default(0);

/** The tone curve of one parameter version on an encoded value in [0, 1]; monotone, with both ends fixed. */
export function applyTone(encoded: number, values: ParameterValues): number {
  const [slope, offset] = toneCoefficients(values);
  return encoded * (1 + (1 - encoded) * (slope * encoded + offset));
}

/**
 * Contrast k and shadow lift s share one cubic: v + k v (1 - v)(2 v - 1) + s v (1 - v)². k = 1 is the smoothstep curve;
 * both together are v (1 + (1 - v)(A v + B)) with A = 2k - s and B = s - k. Contrast deepens the shadows as well, and
 * beyond B = -1 they would fall below black and rise again: the more contrast, the less of a negative s is left.
 */
function toneCoefficients(values: ParameterValues): [slope: number, offset: number] {
  const contrast = numberIn(values, 'tone_contrast');
  const lift = numberIn(values, 'tone_shadows');
  const shadows = contrast > 0 && lift < 0 ? lift * (1 - contrast) : lift;
  return [2 * contrast - shadows, shadows - contrast];
}

/** Contrast and shadow lift on encoded values. */
export const tone: GraphOperator = {
  kind: 'graph',
  id: 'tone',
  halo: noHalo,
  params: {
    tone_contrast: runtime(amount, {
      order: 4,
      label: 'Contrast',
      category: 'Tone',
      step: 0.01,
      help: 'S-curve about mid-grey; 1 is the smoothstep curve, negative values flatten',
    }),
    tone_shadows: runtime(amount, {
      order: 5,
      label: 'Shadows',
      category: 'Tone',
      step: 0.01,
      help: 'Lifts or deepens the dark third; black and white stay',
    }),
  },
  graph: ({ g, input }, x) => {
    const coefficients = ['tone_c1', 'tone_c2', 'tone_c3'].map((name, power) =>
      input(name, 'float32', [], `Tone cubic: factor of encoded^${power + 1}`),
    );
    return { ...x, value: g.multiply(x.value, horner(g, x.value, coefficients)) };
  },
  inputs: (values) => {
    const [slope, offset] = toneCoefficients(values);
    return {
      tone_c1: Float32Array.of(1 + offset),
      tone_c2: Float32Array.of(slope - offset),
      tone_c3: Float32Array.of(-slope),
    };
  },
};
