import { z } from 'zod';
import { noHalo } from '../../graph/strips.ts';
import { runtime } from '../../processor/parameters.ts';
import { type GraphOperator, numberIn } from '../operator.ts';
import { horner } from '../polynomial.ts';

/** K. Narkowicz, "ACES Filmic Tone Mapping Curve", 2016: x (a x + b) / (x (c x + d) + e). */
const curve = { a: 2.51, b: 0.03, c: 2.43, d: 0.59, e: 0.14 } as const;

function narkowicz(x: number): number {
  return (x * (curve.a * x + curve.b)) / (x * (curve.c * x + curve.d) + curve.e);
}

/** Filmic tone in linear light: a toe, a straight part and a shoulder, scaled so that white stays white. */
export const filmic: GraphOperator = {
  kind: 'graph',
  id: 'filmic',
  params: {
    tone_filmic_white: runtime(z.number().min(0.5).max(8).default(1.5), {
      order: 7,
      label: 'Filmic white',
      category: 'Tone',
      unit: '×',
      step: 0.05,
      help: 'Light at white on the filmic curve: more lifts the middle and rolls highlights off; no effect with another curve',
    }),
  },
  halo: noHalo,
  graph: ({ g, input }, x) => {
    const linear = input('filmic_n1', 'float32', [], 'Filmic curve v (n1 + n2 v) / (e + d1 v + d2 v²): n1');
    const square = input('filmic_n2', 'float32', [], 'Filmic curve: n2');
    const lower = ['filmic_d1', 'filmic_d2'].map((name) => input(name, 'float32', [], `Filmic curve: ${name.slice(-2)}`));
    const upper = g.multiply(x.value, horner(g, x.value, [linear, square]));
    return { ...x, value: g.divide(upper, horner(g, x.value, [g.scalar(curve.e), ...lower])) };
  },
  inputs: (values) => {
    const white = numberIn(values, 'tone_filmic_white');
    const end = narkowicz(white);
    return {
      filmic_n1: Float32Array.of((curve.b * white) / end),
      filmic_n2: Float32Array.of((curve.a * white * white) / end),
      filmic_d1: Float32Array.of(curve.d * white),
      filmic_d2: Float32Array.of(curve.c * white * white),
    };
  },
};
