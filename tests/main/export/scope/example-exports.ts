import { z } from 'zod';
import type { Value } from '../../../../main/graph/graph.ts';
import { defineProcessor } from '../../../../main/processor/define-processor.ts';
import type { ImageProcessor } from '../../../../main/processor/image-processor.ts';
import { loadTime, type Parameters, runtime } from '../../../../main/processor/parameters.ts';

const declared = {
  version: '1.2.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['postprocessor'],
  prepare: () => ({ inputSize: 1 }),
} as const;

/** Columns that {@link chromaticShift} moves red and blue by. */
export const shiftColumns = 2;

/** The kind of effect that Scope's guide builds as its complete example: colours drift apart, with a strength and a switch. */
export const chromaticShift = defineProcessor({
  ...declared,
  id: 'chromatic-shift',
  name: 'Chromatic "shift"',
  description: 'Moves red to the left and blue to the right: C:\\new, π and\na line more',
  docs: 'https://example.org/shift',
  usage: ['main', 'postprocessor'],
  params: {
    vfx_intensity: runtime(z.number().min(0).max(1).default(0.5), {
      order: 2,
      label: 'Intensity',
      category: 'VFX',
      help: 'Share of the "moved" colours \\ in the picture',
      unit: '%',
    }),
    vfx_enabled: runtime(z.boolean().default(true), {
      order: 1,
      label: 'Enabled',
      category: 'VFX',
      help: 'Off leaves the picture as it is',
    }),
  },
  graph: (g, { video, vfx_intensity, vfx_enabled }) => {
    const [, rows, columns] = video.shape as readonly number[] as [number, number, number];
    const pads = g.constant('int64', BigInt64Array.from([0, 0, shiftColumns, 0, 0, 0, shiftColumns, 0], BigInt), [8]);
    const padded = g.padEdge(video, pads, [1, rows, columns + 2 * shiftColumns, 3]);
    const moved = (channel: number, start: number): Value =>
      g.slice(padded, [
        { axis: 2, start, end: start + columns },
        { axis: 3, start: channel, end: channel + 1 },
      ]);
    const apart = g.concatenate([moved(0, 2 * shiftColumns), moved(1, shiftColumns), moved(2, 0)], 3);
    const share = g.multiply(vfx_intensity, vfx_enabled);
    return { video: g.add(video, g.multiply(g.subtract(apart, video), share)) };
  },
});

/** Darkens by a table with an entry for every column, which no formula of the size can replace. */
export const sizedTable = defineProcessor({
  ...declared,
  id: 'sized-table',
  name: 'Sized table',
  description: 'Darkens every column by its own share',
  params: {},
  graph: (g, { video }) => {
    const columns = video.shape[2] as number;
    const table = Float32Array.from({ length: columns }, (_, column) => 0.5 + 0.5 * Math.cos(column) ** 2);
    return { video: g.multiply(video, g.constant('float32', table, [1, 1, columns, 1])) };
  },
});

/** What the parameter at a place of {@link fiftyParameters} is. */
function parameterAt(index: number): Parameters[string] {
  // Against the order of the record, so that neither stands in for the other.
  const ui = { order: 50 - index, label: `Label ${index}`, category: `Group ${index % 3}`, help: `Help ${index}` };
  if (index === 7) return loadTime(z.int().min(2).max(8).multipleOf(2).default(4), { ...ui, unit: 'px' });
  if (index === 8) return loadTime(z.number().min(0).max(1).default(0.25), ui);
  if (index === 9) return loadTime(z.boolean().default(true), ui);
  switch (index % 4) {
    case 0:
      return runtime(z.number().min(-1).max(1).default(0.01), { ...ui, unit: 'EV', step: 0.05 });
    case 1:
      return runtime(z.boolean().default(index % 8 === 1), ui);
    case 2:
      return runtime(z.enum(['one', 'two', 'three']).default('two'), { ...ui, optionLabels: ['One', 'Two', 'Three'] });
    default:
      return runtime(z.int().min(-3).max(12).default(1), ui);
  }
}

/** Fifty parameters of every kind, all of which have a part in a sum that is small enough not to be clamped. */
export const fiftyParameters: ImageProcessor = defineProcessor({
  ...declared,
  id: 'fifty-parameters',
  name: 'Fifty parameters',
  description: 'Adds a small part of each parameter',
  params: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`fifty_${index}`, parameterAt(index)])),
  graph: (g, { video, ...inputs }, values) => {
    const shaped = Object.values(values as Record<string, unknown>).reduce<number>((sum, value) => sum + Number(value), 0);
    const sum = (Object.values(inputs) as Value[]).reduce<Value>(
      (total, value, index) => g.add(total, g.multiply(value, g.scalar(0.001 * (index + 1)))),
      g.scalar(shaped * 0.01),
    );
    return { video: g.add(g.multiply(video, g.scalar(0.1)), g.multiply(sum, g.scalar(0.1))) };
  },
});
