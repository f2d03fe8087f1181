import { describe, expect, it } from 'vitest';
import { bradfordAdaptation, colourMatching } from '../../../../../main/camera/simulator/colour/colorimetry.ts';

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

describe('adaptation', () => {
  it('from D50 to D65 is the published Bradford matrix', () => {
    // B. Lindbloom, "Chromatic adaptation".
    const published = [0.9555766, -0.0230393, 0.0631636, -0.0282895, 1.0099416, 0.0210077, 0.0122982, -0.020483, 1.3299098];
    const found = bradfordAdaptation([0.96422, 1, 0.82521], [0.95047, 1, 1.08883]);
    for (const [index, value] of published.entries()) expect(found[index]).toBeCloseTo(value, 5);
  });
});
