import { z } from 'zod';
import { defineProcessor } from '../define-processor.ts';
import { runtime } from '../parameters.ts';
import { lumaPlanes, planesOf, videoOf, withBorder } from './video-planes.ts';

/** Frames that are averaged. */
const frames = 4;

/**
 * The mean of the newest frame and the three before it, each weighed by exp(-(d / t)²) where d is how much its luma differs from the
 * newest one's, averaged over 3x3 samples. What moves differs, and is left as it is. Takes mosaics as well.
 */
export const temporalDenoise = defineProcessor({
  id: 'temporal-denoise',
  name: 'Temporal denoise',
  description: 'Averages the last four frames where nothing moves',
  version: '1.0.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['preprocessor', 'postprocessor'],
  params: {
    temporal_tolerance: runtime(z.number().min(0.002).max(0.5).default(0.05), {
      order: 1,
      label: 'Tolerance',
      category: 'Temporal denoise',
      help: 'Difference from which on a sample counts as moving',
    }),
    temporal_strength: runtime(z.number().min(0).max(1).default(1), {
      order: 2,
      label: 'Strength',
      category: 'Temporal denoise',
      help: 'Weight of the frames before the newest one',
    }),
  },
  prepare: () => ({ inputSize: frames }),
  halo: () => 1,
  graph: (g, { video, temporal_tolerance, temporal_strength }) => {
    const planes = planesOf(g, video);
    const luma = lumaPlanes(g, planes);
    const newest = g.slice(luma, [{ axis: 0, start: frames - 1, end: frames }]);
    const difference = g.averagePool(withBorder(g, g.absolute(g.subtract(luma, newest)), 1), [3, 3]);
    const ratio = g.divide(difference, temporal_tolerance);
    const closeness = g.exponential(g.negative(g.multiply(ratio, ratio)));
    // The newest frame counts whole, whatever the strength.
    const older = g.constant('float32', [1, 1, 1, 0], [frames, 1, 1, 1]);
    const share = g.add(g.multiply(older, temporal_strength), g.subtract(g.scalar(1), older));
    const weights = g.multiply(closeness, share);
    return { video: videoOf(g, g.divide(g.reduceSum(g.multiply(planes, weights), [0]), g.reduceSum(weights, [0]))) };
  },
});
