import { describe, expect, it } from 'vitest';
import { colourMatching } from '../../../../../main/camera/simulator/colour/colorimetry.ts';

describe('the observer', () => {
  it.each([
    // CIE 1931 tables; the fit is within a few hundredths of the peak.
    [450, [0.3362, 0.038, 1.7721]],
    [500, [0.0049, 0.323, 0.272]],
    [550, [0.4334, 0.995, 0.0087]],
    [600, [1.0622, 0.631, 0.0008]],
    [650, [0.2835, 0.107, 0]],
  ])('has the tabulated responses at %d nm', (nm, table) => {
    for (const [index, value] of table.entries()) {
      expect(Math.abs((colourMatching[index]?.[(nm - 380) / 10] as number) - value)).toBeLessThan(0.035);
    }
  });
});
