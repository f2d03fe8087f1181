import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { noHalo } from '../../graph/strips.ts';
import { stagePorts } from '../../processor/stage.ts';
import type { GraphOperator } from '../operator.ts';
import { turnPixels } from '../orientation.ts';

/**
 * Planes [1, phases * 4, rows, columns] to RGBA8 pixels in display order. QuantizeLinear rounds and saturates in one pass;
 * the fourth channel's zero point of 255 under a scale that swallows every value makes it an opaque alpha. Interleaving
 * takes two transposes that both move contiguous runs; a single five-dimensional one is ten times slower. Cropping what margin
 * is left and turning move bytes, a quarter of the floats before.
 */
export const rgba8Output: GraphOperator = {
  kind: 'graph',
  id: 'rgba8-output',
  params: {},
  halo: noHalo,
  outputs: [{ name: stagePorts.picture, type: 'uint8', channels: 4 }],
  graph: ({ g, geometry }, x) => {
    const { orientation, whole, width } = geometry;
    const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
    const side = channels / 4 === 4 ? 2 : 1;
    const margin = (x.margin * side * columns) / (width + 2 * x.margin);
    const bytes = crop(g, interleave(g, quantise(g, x.value, channels), side), [side * rows, side * columns], margin);
    // The bytes are in order already; the shape is for people, and a last Reshape would copy every strip.
    const isDone = orientation === 'upright' && !whole;
    const size = [side * rows - 2 * margin, side * columns - 2 * margin, 4];
    const turned = isDone ? bytes : turnPixels(g, g.reshape(bytes, size), orientation);
    g.output(stagePorts.picture, turned, 'sRGB picture, rows x columns x RGBA, 8 bit');
    return { ...x, value: turned, margin: 0 };
  },
  inputs: () => ({}),
};

/** Takes the margin off pixels that lie in display order: rows of bytes, so that each is copied at once. */
function crop(g: GraphBuilder, bytes: Value, [rows, columns]: readonly [number, number], margin: number): Value {
  if (margin === 0) return bytes;
  const kept = (extent: number, size: number): { start: number; end: number } => ({
    start: extent * size,
    end: -extent * size,
  });
  return g.slice(g.reshape(bytes, [rows, columns * 4]), [
    { axis: 0, ...kept(margin, 1) },
    { axis: 1, ...kept(margin, 4) },
  ]);
}

function interleave(g: GraphBuilder, bytes: Value, side: number): Value {
  const [, , rows, columns] = bytes.shape as [number, number, number, number];
  const pixels = g.transpose(g.reshape(bytes, [side, 4 * side, rows, columns]), [0, 2, 3, 1]);
  return side === 1 ? pixels : g.transpose(g.reshape(pixels, [2, rows, columns * 8]), [1, 0, 2]);
}

function quantise(g: GraphBuilder, planes: Value, channels: number): Value {
  const isAlpha = (channel: number): boolean => channel % 4 === 3;
  const scale = Array.from({ length: channels }, (_, channel) => (isAlpha(channel) ? 1e9 : 1 / 255));
  const zeroPoint = Uint8Array.from({ length: channels }, (_, channel) => (isAlpha(channel) ? 255 : 0));
  return g.quantizeToUint8(planes, g.constant('float32', scale, [channels]), g.constant('uint8', zeroPoint, [channels]), 1);
}
