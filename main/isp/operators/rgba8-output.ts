import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { noHalo } from '../../graph/strips.ts';
import { stagePorts } from '../../processor/stage.ts';
import type { GraphOperator, OperatorContext, Raster, RasterGeometry, Region } from '../operator.ts';
import { turnPixels } from '../orientation.ts';

/**
 * Planes [1, phases * 4, rows, columns] to RGBA8 pixels in display order. QuantizeLinear rounds and saturates in one pass;
 * the fourth channel's zero point of 255 under a scale that swallows every value makes it an opaque alpha. Interleaving
 * takes two transposes that both move contiguous runs; a single five-dimensional one is ten times slower. Cropping what margin
 * is left and turning move bytes, a quarter of the floats before. Dense graphs, whose planes have no fourth channel, are cut before.
 */
export const rgba8Output: GraphOperator = {
  kind: 'graph',
  id: 'rgba8-output',
  params: {},
  halo: noHalo,
  outputs: [{ name: stagePorts.picture, type: 'uint8', channels: 4 }],
  graph: (context, x) => {
    const { g, geometry } = context;
    if (geometry.dense) return denseOutput(context, x);
    const { orientation, whole } = geometry;
    const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
    const side = channels / 4 === 4 ? 2 : 1;
    const bytes = interleave(g, withAlpha(g, x.value, channels), side);
    const cut = cutOf(geometry, x.margin, side * columns);
    const picture = crop(g, bytes, [side * rows, side * columns], cut);
    // The bytes are in order already; the shape is for people, and a last Reshape would copy every strip.
    const isDone = orientation === 'upright' && !whole;
    const turned = isDone ? picture : turnPixels(g, g.reshape(picture, [cut.height, cut.width, 4]), orientation);
    return { ...x, value: written(g, turned), margin: 0 };
  },
  inputs: () => ({}),
};

function written(g: GraphBuilder, picture: Value): Value {
  g.output(stagePorts.picture, picture, 'sRGB picture, rows x columns x RGBA, 8 bit');
  return picture;
}

/** Planes [1, positions * 3, rows, columns] of R, G, B, which cost nothing to cut, with a constant beside them for alpha. */
function denseOutput({ g, geometry }: OperatorContext, x: Raster): Raster {
  const { orientation } = geometry;
  const [, channels, , columns] = x.value.shape as [number, number, number, number];
  const cut = cutOf(geometry, x.margin, columns);
  const inside = cutPlanes(g, x.value, cut);
  const positions = channels / 3;
  const colours = g.reshape(inside, [positions, 3, cut.height, cut.width]);
  const alpha = g.expand(g.constant('float32', [1], [1, 1, 1, 1]), [positions, 1, cut.height, cut.width]);
  const planes = g.reshape(g.concatenate([colours, alpha], 1), [1, 4 * positions, cut.height, cut.width]);
  const side = positions === 4 ? 2 : 1;
  const pixels = interleave(g, quantise(g, planes, { scale: Array(4 * positions).fill(1 / 255) }), side);
  const picture = g.reshape(pixels, [side * cut.height, side * cut.width, 4]);
  return { ...x, value: written(g, turnPixels(g, picture, orientation)), margin: 0 };
}

function cutPlanes(g: GraphBuilder, planes: Value, cut: Region): Value {
  const [, , rows, columns] = planes.shape;
  if (cut.width === columns && cut.height === rows) return planes;
  return g.slice(planes, [
    { axis: 2, start: cut.top, end: cut.top + cut.height },
    { axis: 3, start: cut.left, end: cut.left + cut.width },
  ]);
}

/** The pixels to keep of those that were made, which begin `margin` samples left of the frame and above the strip. */
function cutOf({ region, rows, width, whole }: RasterGeometry, margin: number, columns: number): Region {
  // Pixels are whole halves of the samples, or halves of those; a rest at the edge made none.
  const scale = 0.5 ** Math.floor(Math.log2((width + 2 * margin) / columns));
  const [top, height] = whole ? [region.top, region.height] : [0, rows];
  const inSamples = { left: margin + region.left, top: margin + top, width: region.width, height };
  const entries = Object.entries(inSamples).map(([name, samples]) => [name, samples * scale] as const);
  return Object.fromEntries(entries) as unknown as Region;
}

/** Cuts pixels out of those that lie in display order: rows of bytes, so that each is copied at once. */
function crop(g: GraphBuilder, bytes: Value, [rows, columns]: readonly [number, number], cut: Region): Value {
  if (cut.width === columns && cut.height === rows) return bytes;
  return g.slice(g.reshape(bytes, [rows, columns * 4]), [
    { axis: 0, start: cut.top, end: cut.top + cut.height },
    { axis: 1, start: cut.left * 4, end: (cut.left + cut.width) * 4 },
  ]);
}

function interleave(g: GraphBuilder, bytes: Value, side: number): Value {
  const [, , rows, columns] = bytes.shape as [number, number, number, number];
  const pixels = g.transpose(g.reshape(bytes, [side, 4 * side, rows, columns]), [0, 2, 3, 1]);
  return side === 1 ? pixels : g.transpose(g.reshape(pixels, [2, rows, columns * 8]), [1, 0, 2]);
}

/** Bytes of which every fourth channel is opaque, whatever it held. */
function withAlpha(g: GraphBuilder, planes: Value, channels: number): Value {
  const isAlpha = (channel: number): boolean => channel % 4 === 3;
  const scale = Array.from({ length: channels }, (_, channel) => (isAlpha(channel) ? 1e9 : 1 / 255));
  const zeroPoint = Uint8Array.from({ length: channels }, (_, channel) => (isAlpha(channel) ? 255 : 0));
  return quantise(g, planes, { scale, zeroPoint });
}

interface Quantisation {
  /** What one step is worth, by channel. */
  readonly scale: readonly number[];
  /** The step of 0, by channel; the first one where it is not said. */
  readonly zeroPoint?: Uint8Array;
}

function quantise(g: GraphBuilder, planes: Value, { scale, zeroPoint }: Quantisation): Value {
  const channels = scale.length;
  const zeros = g.constant('uint8', zeroPoint ?? new Uint8Array(channels), [channels]);
  return g.quantizeToUint8(planes, g.constant('float32', scale, [channels]), zeros, 1);
}
