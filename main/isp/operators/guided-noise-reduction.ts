import { z } from 'zod';
import { runtime } from '../../processor/parameters.ts';
import { expectLayout, type GraphOperator, numberIn } from '../operator.ts';
import { noiseOfLight } from '../sensor-noise.ts';
import { boxMean, windowOf } from './demosaic-residual/cell-field.ts';

/** Side of the windows, in samples of one colour; two of them follow each other. */
const side = 5;
const reach = side - 1;

/** Above this multiple of the noise's variance a window holds structure: its estimate from 100 samples scatters by a seventh. */
const certainty = 1.3;

/**
 * A guided filter on the packed mosaic in linear light, guided by itself: a window's mean where its variance is the noise's, the
 * sample where it is far more. The four colours decide together, each measured in its own noise, so that structure in one is kept in all.
 */
export const guidedNoiseReduction: GraphOperator = {
  kind: 'graph',
  id: 'guided-noise-reduction',
  halo: { above: 2 * reach, below: 2 * reach },
  params: {
    nr_strength: runtime(z.number().min(0).max(3).default(1), {
      order: 20,
      label: 'Noise reduction',
      category: 'Noise',
      step: 0.05,
      help: 'Multiple of the noise that counts as noise; 0 changes nothing',
    }),
  },
  graph: ({ g, input }, x) => {
    expectLayout(x, 'packed', 'guided-noise-reduction');
    const strength = input('nr_strength', 'float32', [], 'Multiple of the noise variance that is smoothed away');
    const slope = input('guided_noise_slope', 'float32', [], 'Variance of linear light per light');
    const offset = input('guided_noise_offset', 'float32', [], 'Variance of linear light in the dark');
    const samples = { value: x.value, margin: x.margin / 2 };
    const mean = boxMean(g, samples, side);
    const square = boxMean(g, { ...samples, value: g.multiply(x.value, x.value) }, side);
    const variance = g.subtract(square.value, g.multiply(mean.value, mean.value));
    const noise = g.add(g.multiply(g.maximum(mean.value, g.scalar(0)), slope), offset);
    const ratio = g.maximum(g.reduceMean(g.divide(variance, noise), [1]), g.scalar(1e-6));
    const threshold = g.multiply(strength, g.scalar(certainty));
    const structure = g.divide(g.maximum(g.subtract(ratio, threshold), g.scalar(0)), ratio);
    const flat = g.subtract(g.scalar(1), structure);
    const share = boxMean(g, { value: structure, margin: mean.margin }, side);
    const rest = boxMean(g, { value: g.multiply(mean.value, flat), margin: mean.margin }, side);
    const centre = windowOf(g, samples, rest.margin);
    return { value: g.add(g.multiply(centre, share.value), rest.value), layout: 'packed', margin: 2 * rest.margin };
  },
  inputs: (values, sensor) => {
    const { slope, offset } = noiseOfLight(sensor);
    // Digital gain stands before this operator and has multiplied the noise.
    const gain = Number(values['digital_gain'] ?? 1);
    return {
      nr_strength: Float32Array.of(numberIn(values, 'nr_strength')),
      guided_noise_slope: Float32Array.of(gain * slope),
      guided_noise_offset: Float32Array.of(gain ** 2 * offset),
    };
  },
};
