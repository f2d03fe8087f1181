import { z } from 'zod';
import { defineProcessor } from '../define-processor.ts';
import { runtime } from '../parameters.ts';
import { overRgb } from './video-planes.ts';

const gain = (label: string, order: number, help: string): Parameters<typeof runtime>[1] => ({
  order,
  label,
  category: 'Vignette',
  help,
});

/**
 * Multiplies by 1 + a r² + b r⁴, with r = 0 at the optical centre and 1 at the frame's corner when the centre is the frame's: the even
 * polynomial by which Adobe's lens profiles, too, describe falloff. A point operation of two vectors, however large the frame.
 */
export const vignetteCorrection = defineProcessor({
  id: 'vignette-correction',
  name: 'Vignette correction',
  description: 'Brightens towards the corners what the lens has darkened',
  version: '1.0.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['preprocessor', 'postprocessor'],
  params: {
    vignette_amount: runtime(
      z.number().min(-1).max(2).default(0.3),
      gain('Amount', 1, 'Added gain at the corner, growing with r²'),
    ),
    vignette_falloff: runtime(z.number().min(-1).max(2).default(0), gain('Falloff', 2, 'The same growing with r⁴: corners only')),
    vignette_centre_x: runtime(z.number().min(-0.5).max(0.5).default(0), {
      ...gain('Centre, across', 3, 'Optical centre right of the middle'),
      unit: 'of the width',
    }),
    vignette_centre_y: runtime(z.number().min(-0.5).max(0.5).default(0), {
      ...gain('Centre, down', 4, 'Optical centre below the middle'),
      unit: 'of the height',
    }),
  },
  prepare: () => ({ inputSize: 1 }),
  graph: (g, { video, vignette_amount, vignette_falloff, vignette_centre_x, vignette_centre_y }) => {
    const [, rows, columns] = video.shape as readonly number[] as [number, number, number];
    const halfDiagonal = Math.hypot(rows, columns) / 2;
    const positions = (count: number): number[] => Array.from({ length: count }, (_, i) => (i + 0.5 - count / 2) / halfDiagonal);
    const squares = (count: number, shape: number[], centre: typeof video): typeof video => {
      const shift = g.multiply(centre, g.scalar(count / halfDiagonal));
      const distance = g.subtract(g.constant('float32', positions(count), shape), shift);
      return g.multiply(distance, distance);
    };
    const x2 = squares(columns, [1, 1, 1, columns], vignette_centre_x);
    const y2 = squares(rows, [1, 1, rows, 1], vignette_centre_y);
    const r2 = g.add(x2, y2);
    const slope = g.add(vignette_amount, g.multiply(r2, vignette_falloff));
    return { video: g.multiply(video, overRgb(g, g.add(g.multiply(r2, slope), g.scalar(1)))) };
  },
});
