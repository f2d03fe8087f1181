import { z } from 'zod';
import { defineProcessor } from '../define-processor.ts';
import { runtime } from '../parameters.ts';
import { lumaPlanes, overRgb, withBorder } from './video-planes.ts';

const colours = { red: [1, 0, 0], green: [0, 1, 0], cyan: [0, 1, 1], white: [1, 1, 1] } as const;

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
    const luma = withBorder(g, lumaPlanes(g, video), 1);
    // A step from 0 to 1 has a gradient of 1.
    const across = [-1, 0, 1, -2, 0, 2, -1, 0, 1].map((weight) => weight / 4);
    const down = [-1, -2, -1, 0, 0, 0, 1, 2, 1].map((weight) => weight / 4);
    const gradients = g.convolve(luma, g.constant('float32', [...across, ...down], [2, 1, 3, 3]), [1, 1]);
    const squared = g.multiply(gradients, gradients);
    const direction = (channel: number): typeof video => g.slice(squared, [{ axis: 1, start: channel, end: channel + 1 }]);
    const strength = g.squareRoot(g.add(direction(0), direction(1)));
    const shown = g.clip(g.subtract(g.multiply(strength, edge_gain), edge_threshold), g.scalar(0), g.scalar(1));
    const table = g.constant('float32', Object.values(colours).flat(), [4, 1, 3]);
    const colour = g.gather(table, g.cast(edge_colour, 'int32'), 0);
    const [, rows, columns] = video.shape as readonly number[] as [number, number, number];
    const tint = g.reshape(g.matrixMultiply(g.reshape(shown, [rows * columns, 1]), colour), [1, rows, columns, 3]);
    const under = g.multiply(video, edge_overlay);
    return { video: g.add(g.subtract(under, g.multiply(under, overRgb(g, shown))), tint) };
  },
});
