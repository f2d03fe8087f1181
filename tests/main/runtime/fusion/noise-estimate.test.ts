import { describe, expect, it } from 'vitest';
import { estimateNoise } from '../../../../main/runtime/fusion/noise-estimate.ts';
import { createSimulatedBurst, noiseAt, sensor } from './burst.ts';

const width = 1280;
const height = 720;
const shoot = createSimulatedBurst(width, height);

describe('estimateNoise', () => {
  it('gives nothing for a scene that shows too few levels', () => {
    const flat = new Uint16Array(width * height).fill(500);
    const clipped = new Uint16Array(width * height).fill(sensor.whiteLevel);
    expect(estimateNoise(flat, flat, width, height, sensor)).toBeUndefined();
    expect(estimateNoise(clipped, clipped, width, height, sensor)).toBeUndefined();
  });

  it.each([1, 2, 4, 8, 16])('finds what the simulated sensor was built with, at gain %d', (analogueGain) => {
    const exposure = { analogueGain, exposureMicros: 10_000 / analogueGain };
    const frames = [0, 1].map((sequence) => shoot({ sequence, ...exposure }));
    const estimate = estimateNoise(frames[0] as Uint16Array, frames[1] as Uint16Array, width, height, sensor);
    const built = noiseAt(analogueGain);
    expect((estimate?.shotDn ?? 0) / built.shotDn).toBeCloseTo(1, 0.5);
    // The merge tests differences against the sum of both terms: that is what has to be right.
    const variance = (signal: number, model = built): number => model.shotDn * signal + model.readVarianceDn2;
    for (const signal of [20, 100, 400, 700]) {
      const ratio = variance(signal, estimate) / variance(signal);
      expect(ratio, `at ${signal} DN`).toBeGreaterThan(0.85);
      expect(ratio, `at ${signal} DN`).toBeLessThan(1.15);
    }
  });

  it('finds it in a dark scene as well, as the short frames of a bracket see it', () => {
    const frames = [0, 1].map((sequence) => shoot({ sequence, exposureMicros: 2500 }));
    const estimate = estimateNoise(frames[0] as Uint16Array, frames[1] as Uint16Array, width, height, sensor);
    for (const signal of [0, 5, 20]) {
      const { shotDn, readVarianceDn2 } = noiseAt(1);
      const ratio = ((estimate?.shotDn ?? 0) * signal + (estimate?.readVarianceDn2 ?? 0)) / (shotDn * signal + readVarianceDn2);
      // Half a DN² of read noise is little beside the converter's steps.
      expect(ratio, `at ${signal} DN`).toBeGreaterThan(0.75);
      expect(ratio, `at ${signal} DN`).toBeLessThan(1.25);
    }
  });

  it('does not take motion for noise', () => {
    const frames = [0, 6].map((sequence) => shoot({ sequence, motion: true }));
    const estimate = estimateNoise(frames[0] as Uint16Array, frames[1] as Uint16Array, width, height, sensor);
    expect((estimate?.shotDn ?? 0) / noiseAt(1).shotDn).toBeLessThan(1.25);
  });
});
