import { z } from 'zod';
import { identity3 } from '../../base/matrix3.ts';
import type { Value } from '../../graph/graph.ts';
import { noHalo } from '../../graph/strips.ts';
import { runtime } from '../../processor/parameters.ts';
import { type GraphOperator, numberIn, type OperatorContext, type Raster } from '../operator.ts';

/** Weights of red, green and blue in luminance (ITU-R BT.709). */
const lumaWeights = [0.2126, 0.7152, 0.0722] as const;

const params: GraphOperator['params'] = {
  colour_saturation: runtime(z.number().min(0).max(2).default(1), {
    order: 9,
    label: 'Saturation',
    category: 'Colour',
    step: 0.01,
    help: '0 is grey, 1 as measured',
  }),
  sharpen_amount: runtime(z.number().min(0).max(2).default(0.4), {
    order: 10,
    label: 'Sharpening',
    category: 'Detail',
    step: 0.01,
    help: 'Share of luminance detail that is added; acts on noise as well',
  }),
};

/** Saturation as a matrix [3, 3]: towards the luminance of each pixel, or away from it. */
function saturationMatrix({ g, input }: OperatorContext): Value {
  const saturation = input('colour_saturation', 'float32', [], 'Saturation, 1 leaves colours as they are');
  const grey = g.constant('float32', [...lumaWeights, ...lumaWeights, ...lumaWeights], [3, 3]);
  const unit = g.constant('float32', [...identity3], [3, 3]);
  return g.add(g.multiply(unit, saturation), g.multiply(grey, g.subtract(g.scalar(1), saturation)));
}

/**
 * Applies a 3x3 matrix and adds the detail: with it as a fourth column, or as a pass of its own where it was taken aside. Makes a fourth
 * channel that becomes alpha, whatever it holds; in a dense graph none, since its output has one.
 */
function applyMix(context: OperatorContext, x: Raster, colours: Value): Raster {
  return context.geometry.dense ? mixDense(context, x, colours) : mixWithAlpha(context, x, colours);
}

function mixDense({ g, input }: OperatorContext, x: Raster, colours: Value): Raster {
  const sharpening = input('sharpen_amount', 'float32', [], 'Share of luminance detail that is added');
  const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
  const width = x.detail ? 3 : 4;
  const samples = g.reshape(x.value, [channels / width, width, rows * columns]);
  const column = g.multiply(g.constant('float32', [1, 1, 1], [3, 1]), sharpening);
  const sharpened = x.detail
    ? g.add(g.matrixMultiply(colours, samples), g.multiply(x.detail, sharpening))
    : g.matrixMultiply(g.concatenate([colours, column], 1), samples);
  const { value: _, detail: __, ...rest } = x;
  return { ...rest, value: g.reshape(sharpened, [1, (channels / width) * 3, rows, columns]) };
}

function mixWithAlpha({ g, input }: OperatorContext, x: Raster, colours: Value): Raster {
  const sharpening = input('sharpen_amount', 'float32', [], 'Share of luminance detail that is added');
  const share = x.detail ? g.scalar(0) : sharpening;
  const column = g.multiply(g.constant('float32', [1, 1, 1], [3, 1]), share);
  const full = g.concatenate([g.concatenate([colours, column], 1), g.constant('float32', [0, 0, 0, 0], [1, 4])], 0);
  const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
  const mixed = g.matrixMultiply(full, g.reshape(x.value, [channels / 4, 4, rows * columns]));
  const sharpened = x.detail ? g.add(mixed, g.multiply(x.detail, sharpening)) : mixed;
  const { value: _, detail: __, ...rest } = x;
  return { ...rest, value: g.reshape(sharpened, [1, channels, rows, columns]) };
}

/**
 * Colour correction, saturation and sharpening as one 4x4 matrix per pixel, from [R, G, B, detail] to [R, G, B, 0]:
 * all three are linear, so they are multiplied inside the graph, where they cost nothing, and applied at once. The
 * matrix of linear light serves encoded values unchanged: neutrals stay exact, and a refit for them gained nothing.
 */
export const colourMix: GraphOperator = {
  kind: 'graph',
  id: 'colour-mix',
  halo: noHalo,
  params,
  graph: (context, x) => {
    const matrix = context.input('srgb_from_camera', 'float32', [3, 3], 'Camera RGB to sRGB, row by row, rows summing to 1');
    return applyMix(context, x, context.g.matrixMultiply(saturationMatrix(context), matrix));
  },
  inputs: (values, sensor) => ({
    ...saturationMix.inputs(values, sensor),
    srgb_from_camera: Float32Array.from(sensor.srgbFromCameraEncoded ?? sensor.srgbFromCamera ?? identity3),
  }),
};

/** Saturation and sharpening alone, for colours that were corrected in linear light. */
export const saturationMix: GraphOperator = {
  kind: 'graph',
  id: 'saturation-mix',
  halo: noHalo,
  params,
  graph: (context, x) => applyMix(context, x, saturationMatrix(context)),
  inputs: (values) => ({
    colour_saturation: Float32Array.of(numberIn(values, 'colour_saturation')),
    sharpen_amount: Float32Array.of(numberIn(values, 'sharpen_amount')),
  }),
};
