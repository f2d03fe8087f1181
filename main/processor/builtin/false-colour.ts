import { z } from 'zod';
import { defineProcessor } from '../define-processor.ts';
import { loadTime, runtime } from '../parameters.ts';
import { colourMap, colourMapNames, colourMapSize } from './colour-maps.ts';
import { lumaPlanes, mix, planesOf } from './video-planes.ts';

/** Shows luma between two levels as colours of a map, to judge exposure and faint structure. A table and one look-up per pixel. */
export const falseColour = defineProcessor({
  id: 'false-colour',
  name: 'False colour',
  description: 'Shows brightness as colour, with a zone map for exposure',
  version: '1.0.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['postprocessor'],
  params: {
    false_low: runtime(z.number().min(0).max(1).default(0), {
      order: 1,
      label: 'Low level',
      category: 'False colour',
      help: 'Luma that gets the first colour',
    }),
    false_high: runtime(z.number().min(0).max(1).default(1), {
      order: 2,
      label: 'High level',
      category: 'False colour',
      help: 'Luma that gets the last colour; at or below the low level it makes one step',
    }),
    false_mix: runtime(z.number().min(0).max(1).default(1), {
      order: 3,
      label: 'Mix',
      category: 'False colour',
      help: 'Share of the colours over the picture',
    }),
    false_map: loadTime(z.enum(colourMapNames).default('spectrum'), {
      order: 4,
      label: 'Map',
      category: 'False colour',
      help: 'Colours from dark to bright',
      optionLabels: ['Spectrum', 'Iron', 'Exposure zones'],
    }),
  },
  prepare: () => ({ inputSize: 1 }),
  halo: () => 0,
  graph: (g, { video, false_low, false_high, false_mix }, { false_map }) => {
    const [, rows, columns] = video.shape as readonly number[] as [number, number, number];
    const last = g.scalar(colourMapSize - 1);
    const span = g.maximum(g.subtract(false_high, false_low), g.scalar(1e-4));
    const level = g.divide(g.subtract(g.reshape(lumaPlanes(g, planesOf(g, video)), [rows * columns]), false_low), span);
    const index = g.cast(g.round(g.clip(g.multiply(level, last), g.scalar(0), last)), 'int32');
    const table = g.constant('float32', colourMap(false_map), [colourMapSize, 3]);
    const colours = g.reshape(g.gather(table, index, 0), [1, rows, columns, 3]);
    return { video: mix(g, video, colours, false_mix) };
  },
});
