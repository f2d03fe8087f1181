import { describe, expect, it } from 'vitest';
import type { PixelRectangle } from '../../../../../main/camera/simulator/coverage.ts';
import { groundTruth } from '../../../../../main/camera/simulator/ground-truth.ts';
import { flatFieldLight } from '../../../../../main/camera/simulator/scenes/flat-field.ts';
import { hdrSteps } from '../../../../../main/camera/simulator/scenes/hdr.ts';
import { noisePatches } from '../../../../../main/camera/simulator/scenes/noise-patches.ts';
import { planeOf } from '../truth-bench.ts';

const [width, height] = [640, 360];

function lightOf(scene: string): Float64Array {
  return planeOf(groundTruth({ scene, width, height }).srgb('reference'), 1);
}

function rangeIn(light: Float64Array, { x, y, width: columns, height: rows }: PixelRectangle): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let row = y; row < y + rows; row++) {
    for (const value of light.subarray(row * width + x, row * width + x + columns)) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return [least, most];
}

const inside = ({ x, y, width: columns, height: rows }: PixelRectangle): boolean =>
  x % 2 === 0 && y % 2 === 0 && x >= 0 && y >= 0 && x + columns <= width && y + rows <= height && columns * rows >= 64;

describe('noise patches', () => {
  it('are 24 even fields from white down by 0.4 EV each, and black', () => {
    const light = lightOf('noise-patches');
    const patches = noisePatches(width, height);
    expect(patches).toHaveLength(24);
    for (const [index, patch] of patches.entries()) {
      expect(inside(patch.rectangle)).toBe(true);
      const expected = index === 23 ? 0 : 0.98 / 2 ** (0.4 * index);
      for (const found of rangeIn(light, patch.rectangle)) expect(found).toBeCloseTo(expected, 6);
      expect(patch.light).toBeCloseTo(expected, 9);
    }
  });
});

describe('high dynamic range', () => {
  const light = lightOf('hdr');

  it('has 16 steps, one EV apart, over 15 EV', () => {
    const steps = hdrSteps(width, height);
    expect(steps).toHaveLength(16);
    for (const [index, step] of steps.entries()) {
      expect(inside(step.rectangle)).toBe(true);
      for (const found of rangeIn(light, step.rectangle)) expect(Math.log2(found)).toBeCloseTo(index - 9, 5);
    }
  });

  it('fills the range between room and window as well', () => {
    const bright = light.filter((value) => value > 8).length / light.length;
    const dim = light.filter((value) => value < 0.03).length / light.length;
    expect(bright).toBeGreaterThan(0.1);
    expect(dim).toBeGreaterThan(0.5);
  });
});

describe('flat field', () => {
  it('is the same everywhere', () => {
    for (const value of lightOf('flat-field')) expect(value).toBeCloseTo(flatFieldLight, 6);
  });
});
