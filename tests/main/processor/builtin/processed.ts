import type { ImageProcessor, Prompt } from '../../../../main/processor/image-processor.ts';
import { inlineHandle } from '../../../../main/processor/processor-handle.ts';
import { planProcessor, processorInputs } from '../../../../main/processor/processor-plan.ts';
import type { VideoTensor } from '../../../../main/processor/video-tensor.ts';
import type { ParameterValues } from '../../../../preload/contract.ts';
import { randomNumbers } from '../../../support/random.ts';
import { runGraph } from '../../../support/run-graph.ts';

/** Size of the frames that references compute sample by sample; odd, so that nothing divides. */
export const [width, height] = [9, 7];

/** Frames of random samples, the same every time. */
export function randomVideo(seed: number, frames = 1): Float32Array {
  const next = randomNumbers(seed);
  return Float32Array.from({ length: frames * height * width * 3 }, next);
}

/** What a processor's graph makes of frames of {@link width} x {@link height}. */
export async function processed(processor: ImageProcessor, video: Float32Array, values: ParameterValues): Promise<number[]> {
  const graph = planProcessor(processor, { width, height, loadTimeValues: values });
  const results = await runGraph(graph, { ...processorInputs(processor.params, values), video });
  return results.video_out as number[];
}

/** What a processor that is called makes of one frame. */
export async function called(
  processor: ImageProcessor,
  video: Float32Array,
  values: ParameterValues,
  prompts: readonly Prompt[] = [],
): Promise<number[]> {
  const frame: VideoTensor = { data: video.slice(), shape: [1, height, width, 3] };
  const made = (await inlineHandle(processor).call({ video: frame, prompts, values })) as { video: VideoTensor };
  return [...made.video.data];
}

/** Calls `sampleAt` for every sample of a frame and clamps what it gives, in double precision. */
export function reference(sampleAt: (row: number, column: number, channel: number) => number): number[] {
  return Array.from({ length: height * width * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return Math.min(1, Math.max(0, sampleAt(Math.floor(pixel / width), pixel % width, index % 3)));
  });
}

/** A sample of the frame at `age`, 0 the newest; positions outside repeat the border. */
export function sampleOf(video: Float32Array, row: number, column: number, channel: number, age = 0): number {
  const frames = video.length / (height * width * 3);
  const [r, c] = [Math.min(height - 1, Math.max(0, row)), Math.min(width - 1, Math.max(0, column))];
  return video[((frames - 1 - age) * height * width + r * width + c) * 3 + channel] as number;
}

/** Rec. 709 luma of the same. */
export function lumaOf(video: Float32Array, row: number, column: number, age = 0): number {
  const [red, green, blue] = [0, 1, 2].map((channel) => sampleOf(video, row, column, channel, age)) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The mean over a window of `reach` samples on each side. */
export function windowMean(reach: number, row: number, column: number, at: (row: number, column: number) => number): number {
  let sum = 0;
  for (let y = -reach; y <= reach; y++) for (let x = -reach; x <= reach; x++) sum += at(row + y, column + x);
  return sum / (2 * reach + 1) ** 2;
}

/** The largest difference between two lists of equal length; NaN where one has no number. */
export function largestError(made: readonly number[], expected: readonly number[]): number {
  if (made.length !== expected.length) return Number.NaN;
  return made.reduce((most, value, index) => Math.max(most, Math.abs(value - (expected[index] as number))), 0);
}
