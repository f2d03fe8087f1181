import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { defineProcessor } from '../define-processor.ts';
import { runtime } from '../parameters.ts';
import { planesOf, videoOf } from './video-planes.ts';

const gain = (label: string, order: number, help: string): Parameters<typeof runtime>[1] => ({
  order,
  label,
  category: 'Vignette',
  help,
});

/**
 * Multiplies by 1 + a r² + b r⁴, with r = 0 at the optical centre and 1 at the frame's corner when the centre is the frame's: the even
 * polynomial by which Adobe's lens profiles, too, describe falloff. A point operation that knows its row.
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
      ...gain('Centre, across', 3, 'Optical centre right of the middle, as a share of its width W'),
      unit: '× W',
    }),
    vignette_centre_y: runtime(z.number().min(-0.5).max(0.5).default(0), {
      ...gain('Centre, down', 4, 'Optical centre below the middle, as a share of its height H'),
      unit: '× H',
    }),
  },
  prepare: () => ({ inputSize: 1 }),
  halo: () => 0,
  graph: (g, { video, vignette_amount, vignette_falloff, vignette_centre_x, vignette_centre_y }, _, strip) => {
    const [, rows, columns] = video.shape as readonly number[] as [number, number, number];
    // Counted in the graph and measured there, so that only the two ramps depend on the size of the frame.
    const ramp = (count: number, shape: number[]): Value =>
      g.constant(
        'float32',
        Float32Array.from({ length: count }, (_, i) => i),
        shape,
      );
    const across = ramp(columns, [1, columns]);
    const ownRows = ramp(rows, [rows, 1]);
    const down = strip ? g.add(ownRows, strip.firstRow) : ownRows;
    const lastOf = (of: Value): Value => g.reshape(g.reduceMaximum(of, [0, 1]), []);
    const [lastColumn, lastRow] = [lastOf(across), strip ? g.scalar(strip.frameRows - 1) : lastOf(down)];
    const square = (x: Value): Value => g.multiply(x, x);
    const [width, height] = [lastColumn, lastRow].map((last) => g.add(last, g.scalar(1))) as [Value, Value];
    const halfDiagonal = g.multiply(g.squareRoot(g.add(square(width), square(height))), g.scalar(0.5));
    const squares = (positions: Value, last: Value, count: Value, centre: Value): Value => {
      const middle = g.add(g.multiply(last, g.scalar(0.5)), g.multiply(centre, count));
      return square(g.divide(g.subtract(positions, middle), halfDiagonal));
    };
    const x2 = squares(across, lastColumn, width, vignette_centre_x);
    const y2 = squares(down, lastRow, height, vignette_centre_y);
    const gains = gainsOf(g, { x2, y2, a: vignette_amount, b: vignette_falloff });
    return { video: videoOf(g, g.multiply(planesOf(g, video), g.reshape(gains, [1, 1, rows, columns]))) };
  },
});

/** 1 + a (x² + y²) + b (x² + y²)² by powers of y²: one product of two slim matrices, and nothing else as large as the frame. */
function gainsOf(g: GraphBuilder, { x2, y2, a, b }: Readonly<Record<'x2' | 'y2' | 'a' | 'b', Value>>): Value {
  const filled = (like: Value, value: Value): Value => g.add(g.multiply(like, g.scalar(0)), value);
  const ofRows = g.concatenate([filled(y2, g.scalar(1)), y2, g.multiply(y2, y2)], 1);
  const constant = g.add(g.multiply(x2, g.add(a, g.multiply(x2, b))), g.scalar(1));
  const linear = g.add(g.multiply(x2, g.multiply(b, g.scalar(2))), a);
  return g.matrixMultiply(ofRows, g.concatenate([constant, linear, filled(x2, b)], 0));
}
