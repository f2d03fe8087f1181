import { describe, expect, it } from 'vitest';
import { hotSamples } from '../../../main/calibration/hot-samples.ts';
import type { Mosaic } from '../../../main/frame/mosaic.ts';
import { plainSensor } from '../../support/synthetic-mosaic.ts';

const levels = [250, 256, 256, 262];

/** A frame at exactly its black levels, but for some samples. */
function darkFrame(width: number, height: number, samples: Readonly<Record<number, number>>): Mosaic {
  const dark = Uint16Array.from({ length: width * height }, (_, index) => {
    const phase = (Math.floor(index / width) % 2) * 2 + ((index % width) % 2);
    return samples[index] ?? (levels[phase] as number);
  });
  return { width, height, samples: dark, sensor: plainSensor };
}

describe('hot samples', () => {
  it('are refused without frames, of frames of two sizes and above no threshold', () => {
    expect(() => hotSamples([], levels, 10)).toThrow('Expected at least one dark frame but received none');
    expect(() => hotSamples([darkFrame(8, 6, {}), darkFrame(6, 8, {})], levels, 10)).toThrow(
      'dark frames of 8x6 but received one of 6x8',
    );
    expect(() => hotSamples([darkFrame(8, 6, {})], levels, 0)).toThrow('a positive threshold for defects but received 0 DN');
  });

  it('lie above the level of their own position of the cell', () => {
    // Position 9 is row 1 column 1 with a level of 262, position 2 row 0 column 0 with one of 250.
    expect([...hotSamples([darkFrame(8, 6, { 2: 260, 9: 271, 12: 4000 })], levels, 10)]).toEqual([2, 12]);
  });

  it('are those of the mean of all frames: a flash in one of four is none', () => {
    const frames = [0, 1, 2, 3].map((time) => darkFrame(8, 6, { 5: 296, ...(time === 1 ? { 20: 360 } : {}) }));
    expect([...hotSamples(frames, levels, 30)]).toEqual([5]);
  });
});
