import { z } from 'zod';
import { defineProcessor } from '../define-processor.ts';
import { runtime } from '../parameters.ts';
import { acrossInPhases, downInPhases, planeOfPhases } from './separable-filter.ts';
import { lumaPlanes, planesOf, videoOf } from './video-planes.ts';

const colours = { red: [1, 0, 0], green: [0, 1, 0], cyan: [0, 1, 1], white: [1, 1, 1] } as const;

/** Sobel's two filters. */
const [step, smooth] = [
  [-0.5, 0, 0.5],
  [0.5, 1, 0.5],
];

/** Sobel's gradient of luma, over black or over the picture: what focus and sharpening do, seen at once. */
export const edgeView = defineProcessor({
  id: 'edge-view',
  name: 'Edge view',
  description: 'Shows where the picture has edges, alone or over it, as focus peaking does',
  version: '1.0.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['postprocessor'],
  params: {
    edge_gain: runtime(z.number().min(0).max(10).default(2), {
      order: 1,
      label: 'Gain',
      category: 'Edges',
      help: 'Brightness of an edge per step of luma from 0 to 1',
    }),
    edge_threshold: runtime(z.number().min(0).max(1).default(0.1), {
      order: 2,
      label: 'Threshold',
      category: 'Edges',
      help: 'Brightness that is taken off, so that noise shows no edges',
    }),
    edge_overlay: runtime(z.boolean().default(true), {
      order: 3,
      label: 'Over the picture',
      category: 'Edges',
      help: 'Off shows edges alone',
    }),
    edge_colour: runtime(z.enum(['red', 'green', 'cyan', 'white']).default('red'), {
      order: 4,
      label: 'Colour',
      category: 'Edges',
      help: 'Colour of the edges',
      optionLabels: ['Red', 'Green', 'Cyan', 'White'],
    }),
  },
  prepare: () => ({ inputSize: 1 }),
  halo: () => 1,
  graph: (g, { video, edge_gain, edge_threshold, edge_overlay, edge_colour }) => {
    const planes = planesOf(g, video);
    const luma = lumaPlanes(g, planes);
    // A step from 0 to 1 has a gradient of 1.
    const squared = (across: readonly number[], down: readonly number[]): typeof video => {
      const gradient = downInPhases(g, acrossInPhases(g, luma, across), down);
      return g.multiply(gradient, gradient);
    };
    const squares = g.add(squared(step, smooth), squared(smooth, step));
    const strength = g.squareRoot(planeOfPhases(g, squares, video.shape[2] as number));
    const shown = g.clip(g.subtract(g.multiply(strength, edge_gain), edge_threshold), g.scalar(0), g.scalar(1));
    const table = g.constant('float32', Object.values(colours).flat(), [4, 3, 1, 1]);
    const colour = g.gather(table, g.cast(edge_colour, 'int32'), 0);
    const left = g.multiply(g.subtract(g.scalar(1), shown), edge_overlay);
    return { video: videoOf(g, g.add(g.multiply(planes, left), g.multiply(colour, shown))) };
  },
});
