import { z } from 'zod';
import { defineProcessor } from '../define-processor.ts';
import { loadTime, runtime } from '../parameters.ts';
import { acrossInPhases, downInPhases, planeOfPhases } from './separable-filter.ts';
import { lumaPlanes, planesOf, videoOf } from './video-planes.ts';

/** A Gaussian of `sigma` samples, cut at three of them and with a sum of 1. */
export function gaussianWeights(sigma: number): number[] {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, index) => Math.exp(-((index - reach) ** 2) / (2 * sigma ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Adds what a Gaussian blur takes away from luma, where it is more than a threshold. Colours keep their differences. */
export const unsharpMask = defineProcessor({
  id: 'unsharp-mask',
  name: 'Unsharp mask',
  description: 'Sharpens edges in luma, sparing noise below a threshold',
  version: '1.0.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['postprocessor'],
  params: {
    unsharp_amount: runtime(z.number().min(0).max(3).default(0.6), {
      order: 1,
      label: 'Amount',
      category: 'Sharpening',
      help: 'How much of the detail is added',
    }),
    unsharp_threshold: runtime(z.number().min(0).max(0.2).default(0.01), {
      order: 2,
      label: 'Threshold',
      category: 'Sharpening',
      help: 'Detail up to this size is taken for noise and left alone',
    }),
    unsharp_sigma: loadTime(z.number().min(0.3).max(8).default(1.2), {
      order: 3,
      label: 'Radius',
      unit: 'px',
      category: 'Sharpening',
      help: 'Standard deviation of the blur',
    }),
  },
  prepare: () => ({ inputSize: 1 }),
  halo: ({ unsharp_sigma }) => (gaussianWeights(unsharp_sigma).length - 1) / 2,
  graph: (g, { video, unsharp_amount, unsharp_threshold }, { unsharp_sigma }) => {
    const weights = gaussianWeights(unsharp_sigma);
    const planes = planesOf(g, video);
    const luma = lumaPlanes(g, planes);
    const blurred = planeOfPhases(g, downInPhases(g, acrossInPhases(g, luma, weights), weights), video.shape[2] as number);
    const detail = g.subtract(luma, blurred);
    // Shrunk towards 0 by the threshold, so that nothing jumps where it is crossed.
    const within = g.clip(detail, g.negative(unsharp_threshold), unsharp_threshold);
    const added = g.multiply(g.subtract(detail, within), unsharp_amount);
    return { video: videoOf(g, g.add(planes, added)) };
  },
});
