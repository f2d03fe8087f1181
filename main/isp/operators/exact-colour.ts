import { z } from 'zod';
import { identity3 } from '../../base/matrix3.ts';
import { noHalo } from '../../graph/strips.ts';
import { runtime } from '../../processor/parameters.ts';
import { expectLayout, type GraphOperator, numberIn } from '../operator.ts';

/** Weights of red, green and blue in luminance (ITU-R BT.709). */
const lumaWeights = [0.2126, 0.7152, 0.0722] as const;

/**
 * Colour correction in linear light, where a camera's matrix is exact, and saturation about luminance, as one 3x3 matrix. Clips to
 * what sRGB can show. Cells of R, G, B.
 */
export const exactColour: GraphOperator = {
  kind: 'graph',
  id: 'exact-colour',
  halo: noHalo,
  params: {
    colour_saturation: runtime(z.number().min(0).max(2).default(1), {
      order: 6,
      label: 'Saturation',
      category: 'Colour',
      step: 0.01,
      help: '0 is grey, 1 as measured; in linear light',
    }),
  },
  graph: ({ g, input }, x) => {
    expectLayout(x, 'cells', 'exact-colour');
    const matrix = input('srgb_from_camera', 'float32', [3, 3], 'Camera RGB to sRGB, row by row, rows summing to 1');
    const saturation = input('colour_saturation', 'float32', [], 'Saturation, 1 leaves colours as they are');
    const grey = g.constant('float32', [...lumaWeights, ...lumaWeights, ...lumaWeights], [3, 3]);
    const unit = g.constant('float32', [...identity3], [3, 3]);
    const mix = g.add(g.multiply(unit, saturation), g.multiply(grey, g.subtract(g.scalar(1), saturation)));
    const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
    const pixels = g.reshape(x.value, [channels / 3, 3, rows * columns]);
    const mixed = g.reshape(g.matrixMultiply(g.matrixMultiply(mix, matrix), pixels), [1, channels, rows, columns]);
    return { ...x, value: g.clip(mixed, g.scalar(0), g.scalar(1)) };
  },
  inputs: (values, sensor) => ({
    srgb_from_camera: Float32Array.from(sensor.srgbFromCamera ?? identity3),
    colour_saturation: Float32Array.of(numberIn(values, 'colour_saturation')),
  }),
};
