import { InputError } from '../base/errors.ts';

/** Frames as processors take and give them: [frames, rows, columns, 3], RGB in [0, 1], rows without padding, the newest frame last. */
export interface VideoTensor {
  readonly data: Float32Array;
  readonly shape: readonly [frames: number, rows: number, columns: number, channels: 3];
}

/**
 * Frames of any origin as a {@link VideoTensor}: bytes from 0 to 255 are divided by 255, floats are taken as they are and shared.
 * Throws InputError where the samples do not fill the shape.
 */
export function videoTensor(samples: Uint8Array | Float32Array, shape: VideoTensor['shape']): VideoTensor {
  const expected = shape.reduce<number>((product, extent) => product * extent, 1);
  if (samples.length !== expected) {
    const message = `Expected ${expected} samples for video of [${shape.join(', ')}] but received ${samples.length}`;
    throw new InputError('processor.video', message);
  }
  return { data: samples instanceof Uint8Array ? Float32Array.from(samples, (value) => value / 255) : samples, shape };
}

/** The same frames with every sample within [0, 1]; no number at all becomes 0. In place. */
export function clampVideo(video: VideoTensor): VideoTensor {
  const { data } = video;
  for (let index = 0; index < data.length; index++) {
    const value = data[index] as number;
    if (!(value >= 0)) data[index] = 0;
    else if (value > 1) data[index] = 1;
  }
  return video;
}
