import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';

/** Weights of R, G and B in the luminance of Rec. 709; on encoded samples, as here, their sum is luma. */
export const lumaWeights = [0.2126, 0.7152, 0.0722] as const;

/** Extents of frames or planes, which the lab always knows. */
type Extents = readonly [number, number, number, number];

/**
 * Frames [frames, rows, columns, channels] as planes [frames, channels, rows, columns]: whole rows of one channel are what ONNX Runtime
 * is fast on, and a product with three interleaved channels takes ten times as long. Where neighbours in a chain both work in planes, this
 * and {@link videoOf} cancel each other out.
 */
export function planesOf(g: GraphBuilder, video: Value): Value {
  const [frames, rows, columns, channels] = video.shape as Extents;
  const pixels = g.reshape(video, [frames, rows * columns, channels]);
  return g.reshape(g.transpose(pixels, [0, 2, 1]), [frames, channels, rows, columns]);
}

/** The inverse of {@link planesOf}. */
export function videoOf(g: GraphBuilder, planes: Value): Value {
  const [frames, channels, rows, columns] = planes.shape as Extents;
  const samples = g.reshape(planes, [frames, channels, rows * columns]);
  return g.reshape(g.transpose(samples, [0, 2, 1]), [frames, rows, columns, channels]);
}

/** Luma of RGB planes as one plane a frame, [frames, 1, rows, columns]; a mosaic, before the ISP, has nothing but what there is to compare. */
export function lumaPlanes(g: GraphBuilder, planes: Value): Value {
  const [frames, channels, rows, columns] = planes.shape as Extents;
  if (channels === 1) return planes;
  const samples = g.reshape(planes, [frames, channels, rows * columns]);
  const luma = g.matrixMultiply(g.constant('float32', [...lumaWeights], [1, 3]), samples);
  return g.reshape(luma, [frames, 1, rows, columns]);
}

/** Planes with border samples repeated: `amount` more on every side of rows and columns, and `further` more columns on the right. */
export function withBorder(g: GraphBuilder, planes: Value, amount: number, further = 0): Value {
  const [frames, channels, rows, columns] = planes.shape as Extents;
  const pads = BigInt64Array.from([0, 0, amount, amount, 0, 0, amount, amount + further], BigInt);
  const padded = [frames, channels, rows + 2 * amount, columns + 2 * amount + further];
  return g.padEdge(planes, g.constant('int64', pads, [8]), padded);
}

/** a + (b - a) * share, element by element; `share` is 0 for a and 1 for b. */
export function mix(g: GraphBuilder, a: Value, b: Value, share: Value): Value {
  return g.add(a, g.multiply(g.subtract(b, a), share));
}
