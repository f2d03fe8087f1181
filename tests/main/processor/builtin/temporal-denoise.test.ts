import { describe, expect, it } from 'vitest';
import { temporalDenoise } from '../../../../main/processor/builtin/temporal-denoise.ts';
import { height, largestError, lumaOf, processed, randomVideo, reference, sampleOf, width, windowMean } from './processed.ts';

const border = (row: number, column: number): [number, number] => [
  Math.min(height - 1, Math.max(0, row)),
  Math.min(width - 1, Math.max(0, column)),
];

describe('temporal denoise', () => {
  it('weighs four frames by how alike they are around each sample', async () => {
    const base = randomVideo(7);
    const jitter = randomVideo(8, 4);
    const video = jitter.map((value, index) => (base[index % base.length] as number) * 0.9 + 0.1 * value);
    const [tolerance, strength] = [0.04, 0.8];
    const weight = (row: number, column: number, age: number): number => {
      if (age === 0) return 1;
      const difference = windowMean(1, row, column, (y, x) => {
        const [r, c] = border(y, x);
        return Math.abs(lumaOf(video, r, c, age) - lumaOf(video, r, c));
      });
      return strength * Math.exp(-((difference / tolerance) ** 2));
    };
    const expected = reference((row, column, channel) => {
      const ages = [0, 1, 2, 3];
      const weights = ages.map((age) => weight(row, column, age));
      const sum = ages.reduce((s, age) => s + (weights[age] as number) * sampleOf(video, row, column, channel, age), 0);
      return sum / weights.reduce((s, w) => s + w, 0);
    });
    const values = { temporal_tolerance: tolerance, temporal_strength: strength };
    expect(largestError(await processed(temporalDenoise, video, values), expected)).toBeLessThan(2e-6);
  });

  it('gives the newest frame where everything moved', async () => {
    const still = randomVideo(9).map((value) => value * 0.2);
    const video = Float32Array.from({ length: 4 * still.length }, (_, index) =>
      index < 3 * still.length ? 1 : (still[index % still.length] as number),
    );
    expect(largestError(await processed(temporalDenoise, video, { temporal_tolerance: 0.01 }), [...still])).toBeLessThan(1e-6);
  });
});
