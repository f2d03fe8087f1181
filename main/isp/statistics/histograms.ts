import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { cfaColourAt } from '../cfa.ts';
import type { StatisticsContext } from './sampled-rows.ts';

/** Bins of every histogram. */
export const histogramBins = 256;

/** Cells and pixels that histograms are made of, about: what a bin's count of some hundreds needs. */
const histogramCells = 6500;
const histogramPixels = 6500;

/** Luma weights of ITU-R BT.709, for encoded values. */
const lumaWeights = [0.2126, 0.7152, 0.0722] as const;

/**
 * Counts [3 * 256] of the mosaic's values, of red, of both greens together and of blue, black level included. A bin is 1/256 of the range of
 * `bits`, and the last one takes what lies beyond.
 */
export function rawHistogram({ g, cfa, grid, samples }: StatisticsContext, bits: number): Value {
  const { sampledRows, cellColumns } = grid;
  const step = Math.max(1, Math.round((sampledRows * cellColumns) / histogramCells));
  const cells = g.slice(g.reshape(samples, [sampledRows, 2, cellColumns, 2]), [
    { axis: 2, start: step >> 1, end: cellColumns, step },
  ]);
  const bins = g.minimum(g.multiply(cells, g.scalar(histogramBins / 2 ** bits)), g.scalar(histogramBins - 1));
  const firstBins = [0, 1, 2, 3].map((position) => {
    const colour = cfaColourAt(cfa, position >> 1, position & 1);
    return histogramBins * 'RGB'.indexOf(colour);
  });
  // As large as the bins: adding a pattern of two rows and two columns takes ten times as long as adding number to number.
  const offsets = g.expand(g.constant('float32', firstBins, [1, 2, 1, 2]), bins.shape.map(Number));
  return countsOf(g, g.add(bins, offsets), 3);
}

/** Counts [4 * 256] of red, green, blue and luma of a developed picture [rows, columns, 4]. */
export function pictureHistogram(g: GraphBuilder, picture: Value): Value {
  const [rows, columns] = picture.shape.map(Number) as [number, number];
  const evenStep = Math.floor(Math.sqrt((rows * columns) / histogramPixels));
  const step = Math.max(1, Math.min(evenStep, rows, columns));
  const pixels = g.slice(picture, [
    { axis: 0, start: step >> 1, end: rows, step },
    { axis: 1, start: step >> 1, end: columns, step },
  ]);
  const count = Number(pixels.shape[0]) * Number(pixels.shape[1]);
  const [red, green, blue] = lumaWeights;
  // Alpha has no weight; half a step makes the truncation to whole bins a rounding, and leaves whole numbers alone.
  const channels = g.constant('float32', [1, 0, 0, red, 0, 1, 0, green, 0, 0, 1, blue, 0, 0, 0, 0], [4, 4]);
  const firstBins = g.constant('float32', [0.5, 256.5, 512.5, 768.5], [4]);
  const bins = g.matrixMultiply(g.reshape(g.cast(pixels, 'float32'), [count, 4]), channels);
  return countsOf(g, g.add(bins, firstBins), 4);
}

/** How often each whole number occurs. Adding at indices costs a few nanoseconds each, a third of one-hot digits and a product. */
function countsOf(g: GraphBuilder, bins: Value, channels: number): Value {
  const length = bins.shape.reduce<number>((product, extent) => product * Number(extent), 1);
  const indices = g.cast(g.reshape(bins, [length]), 'int64');
  const ones = g.expand(g.constant('float32', [1], [1]), [length]);
  const none = g.constant('float32', new Float32Array(channels * histogramBins), [channels * histogramBins]);
  return g.scatterAdd(none, indices, ones, 0);
}
