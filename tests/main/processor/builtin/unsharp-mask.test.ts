import { describe, expect, it } from 'vitest';
import { unsharpMask } from '../../../../main/processor/builtin/unsharp-mask.ts';
import { largestError, lumaOf, processed, randomVideo, reference, sampleOf } from './processed.ts';

describe('unsharp mask', () => {
  it('adds luma less its Gaussian, beyond the threshold', async () => {
    const video = randomVideo(3).map((value) => 0.3 + 0.4 * value);
    const [sigma, amount, threshold] = [0.8, 0.9, 0.03];
    const weight = (distance: number): number => Math.exp(-(distance ** 2) / (2 * sigma ** 2));
    const reach = [-3, -2, -1, 0, 1, 2, 3];
    const total = reach.reduce((sum, distance) => sum + weight(distance), 0);
    const expected = reference((row, column, channel) => {
      let blurred = 0;
      for (const y of reach) for (const x of reach) blurred += lumaOf(video, row + y, column + x) * weight(x) * weight(y);
      const detail = lumaOf(video, row, column) - blurred / total ** 2;
      const beyond = Math.sign(detail) * Math.max(0, Math.abs(detail) - threshold);
      return sampleOf(video, row, column, channel) + amount * beyond;
    });
    const values = { unsharp_amount: amount, unsharp_threshold: threshold, unsharp_sigma: sigma };
    expect(largestError(await processed(unsharpMask, video, values), expected)).toBeLessThan(1e-6);
  });

  it('changes nothing at an amount of 0', async () => {
    const video = randomVideo(4);
    expect(await processed(unsharpMask, video, { unsharp_amount: 0 })).toEqual([...video]);
  });
});
