import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { noHalo } from '../../graph/strips.ts';
import { runtime } from '../../processor/parameters.ts';
import { fitRational } from '../curve-fit.ts';
import { type GraphOperator, numberIn } from '../operator.ts';
import { horner } from '../polynomial.ts';

const names = ['gamma_n1', 'gamma_n2', 'gamma_n3', 'gamma_n4', 'gamma_d1', 'gamma_d2'] as const;

/**
 * Linear light to v^(1/γ) in the place of the sRGB curve, as a rational function of √v that is fitted anew for each parameter
 * version: within 0.5/255 over the whole range of γ.
 */
export const gammaEncode: GraphOperator = {
  kind: 'graph',
  id: 'gamma-encode',
  params: {
    tone_gamma: runtime(z.number().min(1.6).max(2.6).default(2.2), {
      order: 6,
      label: 'Gamma',
      category: 'Tone',
      step: 0.05,
      help: 'Exponent 1/γ of the tone curve Gamma; no effect with another curve',
    }),
  },
  halo: noHalo,
  graph: ({ g, input }, x) => {
    const coefficient = (name: (typeof names)[number]): Value => input(name, 'float32', [], 'Of the gamma curve over √light');
    const root = g.squareRoot(x.value);
    const upper = horner(g, root, [
      coefficient('gamma_n1'),
      coefficient('gamma_n2'),
      coefficient('gamma_n3'),
      coefficient('gamma_n4'),
    ]);
    const lower = horner(g, root, [g.scalar(1), coefficient('gamma_d1'), coefficient('gamma_d2')]);
    return { ...x, value: g.divide(g.multiply(root, upper), lower) };
  },
  inputs: (values) => {
    const exponent = 2 / numberIn(values, 'tone_gamma');
    const { numerator, denominator } = fitRational((root) => root ** exponent, 4, 2);
    return Object.fromEntries([...numerator, ...denominator].map((value, index) => [names[index], Float32Array.of(value)]));
  },
};
