import { describe, expect, it } from 'vitest';
import { guidedDenoise } from '../../../../main/processor/builtin/guided-denoise.ts';
import { normalNumbers } from '../../../support/random.ts';
import { height, largestError, processed, randomVideo, reference, sampleOf, width, windowMean } from './processed.ts';

describe('guided denoise', () => {
  it('is the guided filter of He, Sun and Tang, sample by sample', async () => {
    const video = randomVideo(5);
    const [radius, noise, strength] = [2, 0.2, 0.7];
    const border = (row: number, column: number): [number, number] => [
      Math.min(height - 1, Math.max(0, row)),
      Math.min(width - 1, Math.max(0, column)),
    ];
    const fitted = (row: number, column: number, channel: number): { a: number; b: number } => {
      const [r, c] = border(row, column);
      const mean = windowMean(radius, r, c, (y, x) => sampleOf(video, y, x, channel));
      const variance = windowMean(radius, r, c, (y, x) => (sampleOf(video, y, x, channel) - mean) ** 2);
      const a = variance / (variance + noise ** 2);
      return { a, b: (1 - a) * mean };
    };
    const expected = reference((row, column, channel) => {
      const a = windowMean(radius, row, column, (y, x) => fitted(y, x, channel).a);
      const b = windowMean(radius, row, column, (y, x) => fitted(y, x, channel).b);
      const sample = sampleOf(video, row, column, channel);
      return (1 - strength) * sample + strength * (a * sample + b);
    });
    const values = { denoise_radius: radius, denoise_noise: noise, denoise_strength: strength };
    expect(largestError(await processed(guidedDenoise, video, values), expected)).toBeLessThan(2e-6);
  });

  it('takes noise from a flat field and keeps a step', async () => {
    const normal = normalNumbers(6);
    const isRight = (index: number): boolean => Math.floor(index / 3) % width > 4;
    const video = randomVideo(0).map((_, index) => (isRight(index) ? 0.8 : 0.2) + 0.01 * normal());
    const made = await processed(guidedDenoise, video, { denoise_radius: 2, denoise_noise: 0.03 });
    const spread = (samples: readonly number[]): number =>
      Math.sqrt(samples.reduce((sum, value, index) => sum + (value - (isRight(index) ? 0.8 : 0.2)) ** 2, 0) / samples.length);
    expect(spread(made)).toBeLessThan(0.8 * spread([...video]));
  });
});
