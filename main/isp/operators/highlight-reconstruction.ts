import type { Value } from '../../graph/graph.ts';
import { cfaColourAt } from '../cfa.ts';
import { expectLayout, type GraphOperator, type OperatorContext } from '../operator.ts';
import { boxMean, windowOf } from './demosaic-residual/cell-field.ts';

/** Cells around a clipped one that lend it their colour. */
const side = 7;
const reach = (side - 1) / 2;

/** From this share of the saturation level on, a sample counts as clipped more and more. */
const onset = 0.94;

/** Weight of a neutral colour against that of the neighbours, in light. */
const neutralWeight = 1e-3;

/** Where each position of the cell saturates after white balance, [1, 4, 1, 1]: its gain over the smallest. */
function saturationLevels({ g, geometry, input }: OperatorContext): Value {
  const gains = input('wb_gains', 'float32', [3, 1], 'White-balance gains of red, green and blue');
  const normalised = g.divide(gains, g.reduceMinimum(gains, [0]));
  const selection = [0, 1, 2, 3].flatMap((phase) => {
    const colour = cfaColourAt(geometry.cfa, phase >> 1, phase & 1);
    return ['R', 'G', 'B'].map((candidate) => (candidate === colour ? 1 : 0));
  });
  return g.reshape(g.matrixMultiply(g.constant('float32', selection, [4, 3]), normalised), [1, 4, 1, 1]);
}

/** Both greens as their mean: rebuilt from colours of their own, they would differ and make a maze. */
function sameForGreens({ g, geometry }: OperatorContext, planes: Value): Value {
  const colours = [0, 1, 2, 3].map((phase) => cfaColourAt(geometry.cfa, phase >> 1, phase & 1));
  const shares = colours.flatMap((own) => colours.map((other) => (own !== other ? 0 : own === 'G' ? 0.5 : 1)));
  const [, , rows, columns] = planes.shape as [number, number, number, number];
  const mixed = g.matrixMultiply(g.constant('float32', shares, [4, 4]), g.reshape(planes, [4, rows * columns]));
  return g.reshape(mixed, [1, 4, rows, columns]);
}

/**
 * Rebuilds clipped samples of the white-balanced, packed mosaic: the colour of the unclipped neighbourhood, scaled to what the
 * cell's unclipped samples say; neutral where all four are clipped. Only ever brightens. Light may exceed 1 afterwards. Stands
 * right behind white balance, whose gains it reads.
 */
export const highlightReconstruction: GraphOperator = {
  kind: 'graph',
  id: 'highlight-reconstruction',
  halo: { above: 2 * reach, below: 2 * reach },
  params: {},
  graph: (context, x) => {
    expectLayout(x, 'packed', 'highlight-reconstruction');
    const { g } = context;
    const levels = saturationLevels(context);
    const one = g.scalar(1);
    const nearness = g.subtract(g.divide(x.value, levels), g.scalar(onset));
    const clippedness = g.clip(g.multiply(nearness, g.scalar(1 / (1 - onset - 0.01))), g.scalar(0), one);
    const samples = { value: x.value, margin: x.margin / 2 };
    const usable = g.subtract(one, g.reduceMaximum(clippedness, [1]));
    // Bright neighbours are more likely to be of the same thing: each lends by its own light, once more.
    const positive = g.maximum(x.value, g.scalar(0));
    const lending = g.multiply(g.multiply(positive, g.reduceMean(positive, [1])), usable);
    const colour = boxMean(g, { ...samples, value: lending }, side);
    const { margin } = colour;
    const clipped = windowOf(g, { value: clippedness, margin: samples.margin }, margin);
    const light = windowOf(g, samples, margin);
    const lent = g.add(sameForGreens(context, colour.value), g.scalar(neutralWeight));
    const lentColour = g.divide(lent, g.reduceMean(lent, [1]));
    const lost = g.reduceMinimum(clipped, [1]);
    const shape = g.add(g.multiply(lentColour, g.subtract(one, lost)), lost);
    const open = g.subtract(one, clipped);
    const most = g.multiply(g.reduceMaximum(levels, [1]), g.scalar(neutralWeight));
    const seen = g.add(g.reduceSum(g.multiply(open, light), [1]), most);
    const expected = g.add(g.reduceSum(g.multiply(open, shape), [1]), g.scalar(neutralWeight));
    const rebuilt = g.multiply(shape, g.divide(seen, expected));
    const gain = g.maximum(g.subtract(rebuilt, light), g.scalar(0));
    return { value: g.add(light, g.multiply(clipped, gain)), layout: 'packed', margin: 2 * margin };
  },
  inputs: () => ({}),
};
