import { encode } from 'fast-png';
import { InputError } from '../../base/errors.ts';
import type { StageResult } from '../../live/single-frame.ts';

/** One plane of a result as a picture: samples of 8 or 16 bits, pixel by pixel. */
export interface PlanePicture {
  readonly width: number;
  readonly height: number;
  /** 4 is RGBA, 3 RGB, 1 a mosaic. */
  readonly channels: number;
  readonly depth: 8 | 16;
  readonly samples: Uint8Array | Uint16Array;
}

/** How the samples of one channel are spread; levels as they are in the file. */
export interface ChannelStatistics {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** Shares of samples at the lowest and at the highest value that the file can hold, 0 to 1. */
  readonly blackShare: number;
  readonly clippedShare: number;
}

/**
 * The plane of a result that has `depth` bits; of several the first, and of any depth where none is asked for. Throws InputError with
 * the depths that the stage makes.
 */
export function pictureOf({ planes, width, height }: StageResult, depth?: number): PlanePicture {
  const pictures = Object.values(planes).flatMap((samples): PlanePicture[] => {
    if (samples instanceof Float32Array) return [];
    const bits = samples instanceof Uint8Array ? 8 : 16;
    return [{ width, height, channels: samples.length / (width * height), depth: bits, samples }];
  });
  const picture = pictures.find((candidate) => depth === undefined || candidate.depth === depth);
  if (picture) return picture;
  const depths = pictures.map((candidate) => candidate.depth).join(' or ');
  throw new InputError('cli.depth', `Expected ${depths} for --depth, which is what the stage makes, but received ${depth}`);
}

/** The PNG of a picture. */
export function pngOf({ width, height, channels, depth, samples }: PlanePicture): Uint8Array {
  return encode({ width, height, channels, depth, data: samples });
}

/** Statistics of each channel by its name; alpha is left out, and a mosaic has one channel. */
export function channelStatistics({ samples, channels, depth }: PlanePicture): Record<string, ChannelStatistics> {
  const names = channels === 1 ? ['mosaic'] : ['red', 'green', 'blue'];
  const highest = 2 ** depth - 1;
  const entries = names.map((name, channel) => {
    let [minimum, maximum, sum, black, clipped] = [highest, 0, 0, 0, 0];
    for (let index = channel; index < samples.length; index += channels) {
      const sample = samples[index] as number;
      minimum = Math.min(minimum, sample);
      maximum = Math.max(maximum, sample);
      sum += sample;
      if (sample === 0) black += 1;
      else if (sample === highest) clipped += 1;
    }
    const count = samples.length / channels;
    return [name, { minimum, maximum, mean: sum / count, blackShare: black / count, clippedShare: clipped / count }] as const;
  });
  return Object.fromEntries(entries);
}
