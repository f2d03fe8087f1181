import { describe, expect, it } from 'vitest';
import { noisePatches } from '../../../../../main/camera/simulator/scenes/noise-patches.ts';
import { isWhollyInside, lightOf, rangeIn } from '../truth-bench.ts';

const [width, height] = [640, 360];

describe('noise patches', () => {
  it('are 24 even fields from white down by 0.4 EV each, and black', () => {
    const light = lightOf('noise-patches', width, height);
    const patches = noisePatches(width, height);
    expect(patches).toHaveLength(24);
    for (const [index, patch] of patches.entries()) {
      expect(isWhollyInside(patch.rectangle, width, height)).toBe(true);
      const expected = index === 23 ? 0 : 0.98 / 2 ** (0.4 * index);
      for (const found of rangeIn(light, width, patch.rectangle)) expect(found).toBeCloseTo(expected, 6);
      expect(patch.light).toBeCloseTo(expected, 9);
    }
  });
});
