import { describe, expect, it } from 'vitest';
import { hdrSteps } from '../../../../../main/camera/simulator/scenes/hdr.ts';
import { isWhollyInside, lightOf, rangeIn } from '../truth-bench.ts';

const [width, height] = [640, 360];

describe('high dynamic range', () => {
  const light = lightOf('hdr', width, height);

  it('has 16 steps, one EV apart, over 15 EV', () => {
    const steps = hdrSteps(width, height);
    expect(steps).toHaveLength(16);
    for (const [index, step] of steps.entries()) {
      expect(isWhollyInside(step.rectangle, width, height)).toBe(true);
      for (const found of rangeIn(light, width, step.rectangle)) expect(Math.log2(found)).toBeCloseTo(index - 9, 5);
    }
  });

  it('fills the range between room and window as well', () => {
    const bright = light.filter((value) => value > 8).length / light.length;
    const dim = light.filter((value) => value < 0.03).length / light.length;
    expect(bright).toBeGreaterThan(0.1);
    expect(dim).toBeGreaterThan(0.5);
  });
});
