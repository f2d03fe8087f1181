import { z } from 'zod';
import { noHalo } from '../../graph/strips.ts';
import { loadTime } from '../../processor/parameters.ts';
import { withMargin } from '../margin.ts';
import { expectLayout, type GraphOperator } from '../operator.ts';

/** Parameters of {@link bin}. */
export const binParameters = {
  raw_binning: loadTime(z.boolean().default(false), {
    order: 51,
    label: 'Binning',
    category: 'Size',
    help: 'Means of 2x2 samples of one colour: half the size, a quarter of the noise variance, still a mosaic',
  }),
};

/**
 * Means of 2x2 samples of one colour, on packed planes: still a Bayer mosaic of the same order, at half the size. As in sensors that
 * bin, samples then lie a little closer to those of their own cell than to the next one's. Strips have to begin at multiples
 * of four rows; stands behind everything that needs a margin, and cuts off what is left of it.
 */
export const bin: GraphOperator = {
  kind: 'graph',
  id: 'bin',
  params: binParameters,
  halo: noHalo,
  scale: 0.5,
  graph: (context, x) => {
    expectLayout(x, 'packed', 'bin');
    const inner = withMargin(context, x, 0);
    return { ...inner, value: context.g.averagePool(inner.value, [2, 2], [2, 2]) };
  },
  inputs: () => ({}),
};
