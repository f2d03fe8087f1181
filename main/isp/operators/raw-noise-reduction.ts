import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { loadTime, runtime } from '../../processor/parameters.ts';
import { expectLayout, type GraphOperator, numberIn, type OperatorContext } from '../operator.ts';
import { noiseInput, noiseInputValues } from '../sensor-noise.ts';

const category = 'RAW noise reduction';

/** Half the side of the window in which local means and variances are taken, in samples of a plane. Two gave 1 dB less on a real frame, and cost more. */
const radius = 1;

/**
 * A guided filter on packed planes that knows the noise: each sample keeps the share of its deviation from the local mean that noise of
 * that brightness does not explain. The share is judged from the variance in units of noise over all four planes together, 36
 * samples, and is one for all of them: an edge in one colour is kept in all, and the judgement costs a quarter. Shares and the means that
 * go with them are then averaged, as the guided filter of He, Sun and Tang (2010) does, so that edges have no seam.
 */
export const rawNoiseReduction: GraphOperator = {
  kind: 'graph',
  id: 'raw-noise-reduction',
  halo: { above: 4, below: 4 },
  params: {
    raw_noise_reduction: loadTime(z.boolean().default(false), {
      order: 37,
      label: 'RAW noise reduction',
      category,
      help: "Smooths what the sensor's noise explains, before any colour is made",
    }),
    raw_noise_strength: runtime(z.number().min(0).max(4).default(1), {
      order: 38,
      label: 'RAW noise strength',
      category,
      step: 0.05,
      help: '1 smooths what the measured noise explains, 0 nothing, more also fine texture',
    }),
  },
  graph: (context, x) => {
    expectLayout(x, 'packed', 'raw-noise-reduction');
    const { g, input } = context;
    const strength = input('raw_noise_strength', 'float32', [], 'Variance that is taken for noise, in units of the noise model');
    const size = 2 * radius + 1;
    const mean = g.averagePool(x.value, [size, size]);
    const variance = g.subtract(g.averagePool(g.multiply(x.value, x.value), [size, size]), g.multiply(mean, mean));
    const share = explainedShare(context, { mean, variance, strength });
    const smoothShare = g.averagePool(share, [3, 3]);
    const smoothPart = g.averagePool(g.multiply(mean, share), [3, 3]);
    const [, , rows, columns] = x.value.shape as [number, number, number, number];
    const reach = radius + 1;
    const here = g.slice(x.value, [
      { axis: 2, start: reach, end: rows - reach },
      { axis: 3, start: reach, end: columns - reach },
    ]);
    const kept = g.multiply(here, g.subtract(g.scalar(1), smoothShare));
    return { ...x, value: g.add(kept, smoothPart), margin: x.margin - 2 * reach };
  },
  inputs: (values, sensor) => ({
    ...noiseInputValues(sensor),
    raw_noise_strength: Float32Array.of(numberIn(values, 'raw_noise_strength')),
  }),
};

/** Share of the local variance that is noise, in [0, 1], one for all planes: [1, 1, rows, columns]. */
function explainedShare(
  context: OperatorContext,
  { mean, variance, strength }: { readonly mean: Value; readonly variance: Value; readonly strength: Value },
): Value {
  const { g } = context;
  const noise = noiseInput(context);
  const expected = g.add(g.multiply(g.maximum(mean, g.scalar(0)), noise.slope), noise.offset);
  const inNoise = g.reduceMean(g.divide(variance, expected), [1]);
  // The estimate scatters by a quarter; what is smooth should count as smooth for nearly all of it.
  const headroom = g.multiply(strength, g.scalar(1.3));
  return g.minimum(g.divide(headroom, g.maximum(inNoise, g.scalar(1e-3))), g.scalar(1));
}
