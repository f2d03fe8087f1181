import { describe, expect, it } from 'vitest';
import { vignetteCorrection } from '../../../../main/processor/builtin/vignette-correction.ts';
import { height, largestError, processed, randomVideo, reference, sampleOf, width } from './processed.ts';

describe('vignette correction', () => {
  it('is the polynomial of the distance from the optical centre', async () => {
    const video = randomVideo(1).map((value) => value / 3);
    const values = { vignette_amount: 0.7, vignette_falloff: -0.2, vignette_centre_x: 0.1, vignette_centre_y: -0.2 };
    const expected = reference((row, column, channel) => {
      const x = column + 0.5 - width / 2 - 0.1 * width;
      const y = row + 0.5 - height / 2 + 0.2 * height;
      const r = Math.hypot(x, y) / Math.hypot(width / 2, height / 2);
      return sampleOf(video, row, column, channel) * (1 + 0.7 * r ** 2 - 0.2 * r ** 4);
    });
    expect(largestError(await processed(vignetteCorrection, video, values), expected)).toBeLessThan(1e-6);
  });

  it('leaves the centre alone', async () => {
    const video = randomVideo(2);
    const made = await processed(vignetteCorrection, video, { vignette_amount: 2, vignette_falloff: 2 });
    const centre = (3 * width + 4) * 3;
    expect(made.slice(centre, centre + 3)).toEqual([...video.slice(centre, centre + 3)]);
  });
});
