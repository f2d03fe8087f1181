import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { defineProcessor } from '../define-processor.ts';
import { loadTime, runtime } from '../parameters.ts';
import { mix, planesOf, videoOf, withBorder } from './video-planes.ts';

/**
 * The guided filter (He, Sun and Tang, ECCV 2010) with each channel its own guide: flat areas become their mean, edges much stronger
 * than the noise stay. Windows at the border see border samples repeated.
 */
export const guidedDenoise = defineProcessor({
  id: 'guided-denoise',
  name: 'Guided denoise',
  description: 'Smooths noise within edges by a guided filter, channel by channel',
  version: '1.0.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['preprocessor', 'postprocessor'],
  params: {
    denoise_noise: runtime(z.number().min(0.001).max(0.3).default(0.03), {
      order: 1,
      label: 'Noise',
      category: 'Denoise',
      help: 'Standard deviation that counts as noise; contrasts well above it stay',
    }),
    denoise_strength: runtime(z.number().min(0).max(1).default(1), {
      order: 2,
      label: 'Strength',
      category: 'Denoise',
      help: 'Share of the filtered picture in the result',
    }),
    denoise_radius: loadTime(z.int().min(1).max(16).default(3), {
      order: 3,
      label: 'Radius',
      unit: 'px',
      category: 'Denoise',
      help: 'Samples on each side that a window sees',
    }),
  },
  prepare: () => ({ inputSize: 1 }),
  // A window of windows.
  halo: ({ denoise_radius }) => 2 * denoise_radius,
  graph: (g, { video, denoise_noise, denoise_strength }, { denoise_radius }) => {
    const side = 2 * denoise_radius + 1;
    // A mean of means of rows: side² samples are added in 2 side steps.
    const windowMean = (x: Value): Value => g.averagePool(g.averagePool(withBorder(g, x, denoise_radius), [side, 1]), [1, side]);
    const planes = planesOf(g, video);
    const mean = windowMean(planes);
    // Rounding may leave a variance a little below 0, where it is none.
    const difference = g.subtract(windowMean(g.multiply(planes, planes)), g.multiply(mean, mean));
    const variance = g.maximum(difference, g.scalar(0));
    const slope = g.divide(variance, g.add(variance, g.multiply(denoise_noise, denoise_noise)));
    const offset = g.subtract(mean, g.multiply(slope, mean));
    const filtered = g.add(g.multiply(windowMean(slope), planes), windowMean(offset));
    return { video: videoOf(g, mix(g, planes, filtered, denoise_strength)) };
  },
});
