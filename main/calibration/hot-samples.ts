import { InputError } from '../base/errors.ts';
import type { Mosaic } from '../frame/mosaic.ts';

/**
 * Samples of dark frames that lie on average at least `thresholdDn` above the black level of their position of the cell: positions
 * (row * width + column), ascending. The more frames, the less noise is taken for a defect. Throws InputError for no frame, for
 * frames of different size, and for a threshold that is not positive.
 */
export function hotSamples(frames: readonly Mosaic[], blackLevels: readonly number[], thresholdDn: number): Uint32Array {
  const [first] = frames;
  if (first === undefined) throw refused('at least one dark frame but received none');
  if (!(thresholdDn > 0)) throw refused(`a positive threshold for defects but received ${thresholdDn} DN`);
  const { width, height } = first;
  const other = frames.find((frame) => frame.width !== width || frame.height !== height);
  if (other) throw refused(`dark frames of ${width}x${height} but received one of ${other.width}x${other.height}`);
  const found: number[] = [];
  for (let position = 0; position < width * height; position++) {
    const phase = (Math.floor(position / width) & 1) * 2 + ((position % width) & 1);
    const limit = ((blackLevels[phase] as number) + thresholdDn) * frames.length;
    let sum = 0;
    for (const { samples } of frames) sum += samples[position] as number;
    if (sum >= limit) found.push(position);
  }
  return Uint32Array.from(found);
}

function refused(rest: string): InputError {
  return new InputError('calibration.dark', `Expected ${rest}`);
}
