import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { loadTime, runtime } from '../../processor/parameters.ts';
import { cfaColourAt } from '../cfa.ts';
import { expectLayout, type GraphOperator, numberIn, type OperatorContext } from '../operator.ts';
import { noiseInput, noiseInputValues } from '../sensor-noise.ts';

const category = 'Green equalisation';

/**
 * Share of their mean by which the two greens of a sound sensor differ at most, which crosstalk makes them. What differs by twice that are
 * no two greens.
 */
export const ordinaryGreenDifference = 0.04;

/**
 * Makes the two greens of a cell equal where they differ by a little over an area, as crosstalk makes them, and leaves them where they
 * differ by more, as texture does; what noise explains counts as a little. Their local means are taken over windows of four or five samples a side that have one common centre,
 * so that a slope of brightness is no difference. Works on packed planes of any CFA order; red and blue pass unchanged.
 */
export const greenEqualisation: GraphOperator = {
  kind: 'graph',
  id: 'green-equalisation',
  halo: { above: 4, below: 4 },
  params: {
    green_equalisation: loadTime(z.boolean().default(false), {
      order: 34,
      label: 'Green equalisation',
      category,
      help: 'Removes a maze pattern in flat areas, where the two greens of a cell are not equally sensitive',
    }),
    green_strength: runtime(z.number().min(0).max(1).default(1), {
      order: 35,
      label: 'Green strength',
      category,
      step: 0.01,
      help: 'Share of the difference that is taken away',
    }),
    green_limit: runtime(z.number().min(0.002).max(0.2).default(ordinaryGreenDifference), {
      order: 36,
      label: 'Green limit',
      category,
      step: 0.002,
      help: 'Relative difference, beside that of noise, up to which greens are made equal; twice that is left as it is',
    }),
  },
  graph: (context, x) => {
    expectLayout(x, 'packed', 'green-equalisation');
    const { g, input } = context;
    const strength = input('green_strength', 'float32', [], 'Share of the difference of the greens that is removed');
    const limit = input('green_limit', 'float32', [], 'Relative difference of the greens that counts as theirs');
    const { value: correction, signs } = imbalance(context, x.value, limit);
    const [, , rows, columns] = x.value.shape as [number, number, number, number];
    const inner = g.slice(x.value, [
      { axis: 2, start: 2, end: rows - 2 },
      { axis: 3, start: 2, end: columns - 2 },
    ]);
    const perPlane = g.multiply(g.constant('float32', signs, [1, 4, 1, 1]), strength);
    const factor = g.add(g.multiply(correction, perPlane), g.scalar(1));
    return { ...x, value: g.multiply(inner, factor), margin: x.margin - 4 };
  },
  inputs: (values, sensor) => ({
    ...noiseInputValues(sensor),
    green_strength: Float32Array.of(numberIn(values, 'green_strength')),
    green_limit: Float32Array.of(numberIn(values, 'green_limit')),
  }),
};

/** How much brighter the first green is than their mean, as a share, faded out beyond the limit; and each plane's part in it. */
function imbalance(context: OperatorContext, planes: Value, limit: Value): { readonly value: Value; readonly signs: number[] } {
  const { g, geometry } = context;
  const greens = [0, 1, 2, 3].filter((phase) => cfaColourAt(geometry.cfa, phase >> 1, phase & 1) === 'G');
  const [first, second] = greens.map((phase) => centredMean(context, planes, phase)) as [Value, Value];
  const noise = noiseInput(context);
  const both = g.maximum(g.add(first, second), g.scalar(0));
  const difference = g.subtract(first, second);
  const mean = g.multiply(both, g.scalar(1 / 2));
  // Noise of one sample is three times that of a difference of two means of twenty.
  const sigma = g.squareRoot(g.add(g.multiply(mean, noise.slope), noise.offset));
  const relative = g.divide(g.absolute(difference), g.add(g.multiply(mean, limit), sigma));
  // In the dark a difference is noise, and a share of nothing.
  const share = g.divide(difference, g.add(both, g.multiply(g.squareRoot(noise.offset), g.scalar(3))));
  const kept = g.clip(g.subtract(g.scalar(2), relative), g.scalar(0), g.scalar(1));
  const signs = [0, 1, 2, 3].map((phase) => (phase === greens[0] ? -1 : phase === greens[1] ? 1 : 0));
  return { value: g.multiply(share, kept), signs };
}

/** The mean of a plane around each cell's top-left sample: an odd window for its own phase, an even one for the other. */
function centredMean({ g }: OperatorContext, planes: Value, phase: number): Value {
  const [, , rows, columns] = planes.shape as [number, number, number, number];
  const size = (isOdd: number): number => (isOdd === 1 ? 4 : 5);
  const [high, wide] = [size(phase >> 1), size(phase & 1)];
  const plane = g.slice(planes, [
    { axis: 1, start: phase, end: phase + 1 },
    { axis: 2, start: 0, end: rows - 5 + high },
    { axis: 3, start: 0, end: columns - 5 + wide },
  ]);
  return g.averagePool(plane, [high, wide]);
}
