import { z } from 'zod';
import { defineProcessor } from '../../../main/processor/define-processor.ts';
import type { ImageProcessor } from '../../../main/processor/image-processor.ts';
import { loadTime, runtime } from '../../../main/processor/parameters.ts';

const ui = { order: 1, label: 'Amount', help: 'How much', category: 'Test' };

/** What all examples declare alike. */
export const exampleFacts = {
  id: 'example',
  name: 'Example',
  description: 'Multiplies and adds',
  version: '1.0.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['postprocessor'],
} as const;

/** v * lift_gain, plus lift_offset of the graph: small enough to compute by hand. */
export const liftProcessor = defineProcessor({
  ...exampleFacts,
  id: 'lift',
  name: 'Lift',
  params: {
    lift_gain: runtime(z.number().min(0).max(4).default(2), ui),
    lift_offset: loadTime(z.number().min(0).max(1).default(0.125), { ...ui, order: 2 }),
  },
  prepare: () => ({ inputSize: 1 }),
  graph: (g, { video, lift_gain }, { lift_offset }) => ({ video: g.add(g.multiply(video, lift_gain), g.scalar(lift_offset)) }),
});

/** The mean of three frames, with a switch and a choice that change the sign. */
export const meanProcessor = defineProcessor({
  ...exampleFacts,
  id: 'mean-of-three',
  name: 'Mean of three',
  params: {
    mean_invert: runtime(z.boolean().default(false), ui),
    mean_channel: runtime(z.enum(['red', 'green', 'blue']).default('green'), { ...ui, order: 2 }),
  },
  prepare: () => ({ inputSize: 3 }),
  graph: (g, { video, mean_invert, mean_channel }) => {
    const mean = g.reduceMean(video, [0]);
    const inverted = g.add(
      g.multiply(g.subtract(g.scalar(1), mean), mean_invert),
      g.multiply(mean, g.subtract(g.scalar(1), mean_invert)),
    );
    return { video: g.add(inverted, g.multiply(mean_channel, g.scalar(0.25))) };
  },
});

/** Half of what it sees, in TypeScript. */
export const halfProcessor: ImageProcessor = defineProcessor({
  ...exampleFacts,
  id: 'half',
  name: 'Half',
  params: {},
  prepare: () => ({ inputSize: 1 }),
  call: ({ video }) => ({ video: { ...video, data: video.data.map((value) => value / 2) } }),
});
