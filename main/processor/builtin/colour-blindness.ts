import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { defineProcessor } from '../define-processor.ts';
import { runtime } from '../parameters.ts';
import { mix, planesOf, videoOf } from './video-planes.ts';

/** Linear sRGB as a dichromat sees it, row by row, of Machado, Oliveira and Fernandes (IEEE TVCG 15, 2009), severity 1. */
export const dichromatMatrices = {
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;

/** Simulates the three kinds of colour blindness in linear light. Between none and full, light is mixed in proportion. */
export const colourBlindness = defineProcessor({
  id: 'colour-blindness',
  name: 'Colour-blind simulation',
  description: 'Shows the picture as people with a colour vision deficiency see it',
  version: '1.0.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['postprocessor'],
  params: {
    blind_kind: runtime(z.enum(['protan', 'deutan', 'tritan']).default('deutan'), {
      order: 1,
      label: 'Kind',
      category: 'Colour blindness',
      help: 'Which cones are missing',
      optionLabels: ['Protan, no red', 'Deutan, no green', 'Tritan, no blue'],
    }),
    blind_severity: runtime(z.number().min(0).max(1).default(1), {
      order: 2,
      label: 'Severity',
      category: 'Colour blindness',
      help: '0 is normal vision, 1 is complete',
    }),
  },
  prepare: () => ({ inputSize: 1 }),
  halo: () => 0,
  graph: (g, { video, blind_kind, blind_severity }) => {
    const matrices = g.constant('float32', Object.values(dichromatMatrices).flat(), [3, 3, 3]);
    const matrix = g.gather(matrices, g.cast(blind_kind, 'int32'), 0);
    const planes = planesOf(g, video);
    const [, , rows, columns] = planes.shape as readonly number[] as [number, number, number, number];
    const light = g.reshape(decoded(g, planes), [3, rows * columns]);
    const seen = g.clip(mix(g, light, g.matrixMultiply(matrix, light), blind_severity), g.scalar(0), g.scalar(1));
    return { video: videoOf(g, g.reshape(encoded(g, seen), [1, 3, rows, columns])) };
  },
});

/** sRGB to linear light, IEC 61966-2-1. */
function decoded(g: GraphBuilder, x: Value): Value {
  const curve = g.power(g.multiply(g.add(x, g.scalar(0.055)), g.scalar(1 / 1.055)), g.scalar(2.4));
  return g.where(g.greater(x, g.scalar(0.04045)), curve, g.multiply(x, g.scalar(1 / 12.92)));
}

/** Linear light to sRGB. */
function encoded(g: GraphBuilder, x: Value): Value {
  const curve = g.subtract(g.multiply(g.power(x, g.scalar(1 / 2.4)), g.scalar(1.055)), g.scalar(0.055));
  return g.where(g.greater(x, g.scalar(0.0031308)), curve, g.multiply(x, g.scalar(12.92)));
}
