import { z } from 'zod';
import { defineProcessor } from '../define-processor.ts';
import { runtime } from '../parameters.ts';
import { overChannels } from './video-planes.ts';

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
    // Counted in the graph and measured there, so that only the two ramps depend on the size of the frame.
    const ramp = (count: number, shape: number[]): typeof video =>
      g.constant(
        'float32',
        Float32Array.from({ length: count }, (_, i) => i),
        shape,
      );
    const across = ramp(columns, [1, 1, 1, columns]);
    const down = ramp(rows, [1, 1, rows, 1]);
    const lastOf = (of: typeof video): typeof video => g.reshape(g.reduceMaximum(of, [2, 3]), []);
    const [lastColumn, lastRow] = [lastOf(across), lastOf(down)];
    const square = (x: typeof video): typeof video => g.multiply(x, x);
    const [width, height] = [lastColumn, lastRow].map((last) => g.add(last, g.scalar(1))) as [typeof video, typeof video];
    const halfDiagonal = g.multiply(g.squareRoot(g.add(square(width), square(height))), g.scalar(0.5));
    const squares = (positions: typeof video, last: typeof video, count: typeof video, centre: typeof video): typeof video => {
      const middle = g.add(g.multiply(last, g.scalar(0.5)), g.multiply(centre, count));
      return square(g.divide(g.subtract(positions, middle), halfDiagonal));
    };
    const x2 = squares(across, lastColumn, width, vignette_centre_x);
    const y2 = squares(down, lastRow, height, vignette_centre_y);
    const r2 = g.add(x2, y2);
    const slope = g.add(vignette_amount, g.multiply(r2, vignette_falloff));
    return { video: g.multiply(video, overChannels(g, g.add(g.multiply(r2, slope), g.scalar(1)), video)) };
  },
});
