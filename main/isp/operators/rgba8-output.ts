import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { noHalo } from '../../graph/strips.ts';
import { stagePorts } from '../../processor/stage.ts';
import type { GraphOperator } from '../operator.ts';

/**
 * Planes [1, phases * 4, rows, columns] to RGBA8 pixels in display order. QuantizeLinear rounds and saturates in one pass;
 * the fourth channel's zero point of 255 under a scale that swallows every value makes it an opaque alpha. Interleaving
 * takes two transposes that both move contiguous runs; a single five-dimensional one is ten times slower.
 */
export const rgba8Output: GraphOperator = {
  kind: 'graph',
  id: 'rgba8-output',
  params: {},
  halo: noHalo,
  outputs: [{ name: stagePorts.picture, type: 'uint8', channels: 4 }],
  graph: ({ g, geometry }, x) => {
    const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
    const bytes = quantise(g, x.value, channels);
    const side = channels / 4 === 4 ? 2 : 1;
    const pixels = g.transpose(g.reshape(bytes, [side, 4 * side, rows, columns]), [0, 2, 3, 1]);
    const interleaved = side === 1 ? pixels : g.transpose(g.reshape(pixels, [2, rows, columns * 8]), [1, 0, 2]);
    // The bytes are in order already; the shape is for people, and a last Reshape would copy every strip.
    const picture = geometry.whole ? g.reshape(interleaved, [side * rows, side * columns, 4]) : interleaved;
    g.output(stagePorts.picture, picture, 'sRGB picture, rows x columns x RGBA, 8 bit');
    return { ...x, value: picture };
  },
  inputs: () => ({}),
};

function quantise(g: GraphBuilder, planes: Value, channels: number): Value {
  const isAlpha = (channel: number): boolean => channel % 4 === 3;
  const scale = Array.from({ length: channels }, (_, channel) => (isAlpha(channel) ? 1e9 : 1 / 255));
  const zeroPoint = Uint8Array.from({ length: channels }, (_, channel) => (isAlpha(channel) ? 255 : 0));
  return g.quantizeToUint8(planes, g.constant('float32', scale, [channels]), g.constant('uint8', zeroPoint, [channels]), 1);
}
