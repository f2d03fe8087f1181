import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';

/** Weights of R, G and B in the luminance of Rec. 709; on encoded samples, as here, their sum is luma. */
export const lumaWeights = [0.2126, 0.7152, 0.0722] as const;

/** Luma of frames [frames, rows, columns, 3], or the samples of a mosaic [frames, rows, columns, 1], as one plane each, [frames, 1, rows, columns]. */
export function lumaPlanes(g: GraphBuilder, video: Value): Value {
  const [frames, rows, columns, channels] = video.shape as readonly number[] as [number, number, number, number];
  // A mosaic, before the ISP, has nothing but what there is to compare.
  if (channels === 1) return g.reshape(video, [frames, 1, rows, columns]);
  const luma = g.matrixMultiply(video, g.constant('float32', [...lumaWeights], [3, 1]));
  return g.reshape(luma, [frames, 1, rows, columns]);
}

/** A plane per frame over as many channels as `video` has, see {@link overRgb}. */
export function overChannels(g: GraphBuilder, planes: Value, video: Value): Value {
  const [frames, , rows, columns] = planes.shape as readonly number[] as [number, number, number, number];
  return video.shape[3] === 1 ? g.reshape(planes, [frames, rows, columns, 1]) : overRgb(g, planes);
}

/**
 * A plane per frame over all three channels: [frames, 1, rows, columns] to [frames, rows, columns, 3]. As a product with a row of ones,
 * because ONNX Runtime broadcasts an innermost extent of 1 sample by sample, which takes more than twice as long.
 */
export function overRgb(g: GraphBuilder, planes: Value): Value {
  const [frames, , rows, columns] = planes.shape as readonly number[] as [number, number, number, number];
  const column = g.reshape(planes, [frames * rows * columns, 1]);
  return g.reshape(g.matrixMultiply(column, g.constant('float32', [1, 1, 1], [1, 3])), [frames, rows, columns, 3]);
}

/** Planes with border samples repeated: `amount` more on every side of rows and columns. */
export function withBorder(g: GraphBuilder, planes: Value, amount: number): Value {
  const [frames, channels, rows, columns] = planes.shape as readonly number[] as [number, number, number, number];
  const pads = BigInt64Array.from([0, 0, amount, amount, 0, 0, amount, amount], BigInt);
  const padded = [frames, channels, rows + 2 * amount, columns + 2 * amount];
  return g.padEdge(planes, g.constant('int64', pads, [8]), padded);
}

/** a + (b - a) * share, element by element; `share` is 0 for a and 1 for b. */
export function mix(g: GraphBuilder, a: Value, b: Value, share: Value): Value {
  return g.add(a, g.multiply(g.subtract(b, a), share));
}
