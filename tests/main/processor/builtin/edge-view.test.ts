import { describe, expect, it } from 'vitest';
import { edgeView } from '../../../../main/processor/builtin/edge-view.ts';
import { largestError, lumaOf, processed, randomVideo, reference, sampleOf, width } from './processed.ts';

describe('edge view', () => {
  it.each([true, false])("is Sobel's gradient in its colour, over the picture: %s", async (overlay) => {
    const video = randomVideo(11);
    const expected = reference((row, column, channel) => {
      const at = (y: number, x: number): number => lumaOf(video, row + y, column + x);
      const across = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
      const down = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
      const edge = Math.min(1, Math.max(0, (1.5 * Math.hypot(across, down)) / 4 - 0.2));
      const under = overlay ? sampleOf(video, row, column, channel) : 0;
      return under * (1 - edge) + edge * ([0, 1, 1][channel] as number);
    });
    const values = { edge_gain: 1.5, edge_threshold: 0.2, edge_overlay: overlay, edge_colour: 'cyan' };
    expect(largestError(await processed(edgeView, video, values), expected)).toBeLessThan(2e-6);
  });

  it('shows a step from black to white at its gain', async () => {
    const video = randomVideo(0).map((_, index) => (Math.floor(index / 3) % width < 4 ? 0 : 1));
    const made = await processed(edgeView, video, {
      edge_gain: 0.5,
      edge_threshold: 0,
      edge_overlay: false,
      edge_colour: 'white',
    });
    const row = made.slice(0, width * 3).filter((_, index) => index % 3 === 0);
    expect(largestError(row, [0, 0, 0, 0.5, 0.5, 0, 0, 0, 0])).toBeLessThan(1e-6);
  });
});
