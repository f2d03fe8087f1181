import { z } from 'zod';
import { identity3 } from '../../base/matrix3.ts';
import { noHalo } from '../../graph/strips.ts';
import { runtime } from '../../processor/parameters.ts';
import { type GraphOperator, numberIn } from '../operator.ts';

/** Weights of red, green and blue in luminance (ITU-R BT.709). */
const lumaWeights = [0.2126, 0.7152, 0.0722] as const;

/**
 * Colour correction, saturation and sharpening as one 4x4 matrix per pixel, from [R, G, B, detail] to [R, G, B, 0]:
 * all three are linear, so they are multiplied inside the graph, where they cost nothing, and applied at once. The
 * matrix of linear light serves encoded values unchanged: neutrals stay exact, and a refit for them gained nothing.
 */
export const colourMix: GraphOperator = {
  kind: 'graph',
  id: 'colour-mix',
  halo: noHalo,
  params: {
    colour_saturation: runtime(z.number().min(0).max(2).default(1), {
      order: 6,
      label: 'Saturation',
      category: 'Colour',
      step: 0.01,
      help: '0 is grey, 1 as measured',
    }),
    sharpen_amount: runtime(z.number().min(0).max(2).default(0.4), {
      order: 7,
      label: 'Sharpening',
      category: 'Detail',
      step: 0.01,
      help: 'Share of luminance detail that is added; acts on noise as well',
    }),
  },
  graph: ({ g, input }, x) => {
    const matrix = input('srgb_from_camera', 'float32', [3, 3], 'Camera RGB to sRGB, row by row, rows summing to 1');
    const saturation = input('colour_saturation', 'float32', [], 'Saturation, 1 leaves colours as they are');
    const sharpening = input('sharpen_amount', 'float32', [], 'Share of luminance detail that is added');
    const grey = g.constant('float32', [...lumaWeights, ...lumaWeights, ...lumaWeights], [3, 3]);
    const unit = g.constant('float32', [...identity3], [3, 3]);
    const mix = g.add(g.multiply(unit, saturation), g.multiply(grey, g.subtract(g.scalar(1), saturation)));
    const detail = g.multiply(g.constant('float32', [1, 1, 1], [3, 1]), sharpening);
    const colourRows = g.concatenate([g.matrixMultiply(mix, matrix), detail], 1);
    const full = g.concatenate([colourRows, g.constant('float32', [0, 0, 0, 0], [1, 4])], 0);
    const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
    const perPhase = g.reshape(x.value, [channels / 4, 4, rows * columns]);
    return { ...x, value: g.reshape(g.matrixMultiply(full, perPhase), [1, channels, rows, columns]) };
  },
  inputs: (values, sensor) => ({
    srgb_from_camera: Float32Array.from(sensor.srgbFromCamera ?? identity3),
    colour_saturation: Float32Array.of(numberIn(values, 'colour_saturation')),
    sharpen_amount: Float32Array.of(numberIn(values, 'sharpen_amount')),
  }),
};
