import { describe, expect, it } from 'vitest';
import { scoreFrame } from '../../../../main/runtime/fusion/frame-score.ts';
import { createSimulatedBurst, noiseAt, rangeDn, sensor } from './burst.ts';

const width = 640;
const height = 360;
const shoot = createSimulatedBurst(width, height);

/** A blur that keeps colours apart: the mean over samples two apart. */
function blurred(mosaic: Uint16Array): Uint16Array {
  return mosaic.map((sample, index) => (sample + (mosaic[index + 2] ?? sample)) / 2);
}

describe('scoreFrame', () => {
  it('finds no sharpness in a flat field, noisy or not', () => {
    const flat = new Uint16Array(width * height).fill(500);
    expect(scoreFrame(flat, width, height, sensor, 0)).toEqual({ sharpness: 0, clippedShare: 0, meanLevel: 436 / rangeDn });
    const mixed = flat.map((sample, index) => sample + (index % 4 < 2 ? 3 : -3));
    expect(scoreFrame(mixed, width, height, sensor, 18).sharpness).toBe(0);
  });

  it('ranks a sharp frame above a blurred one', () => {
    const sharp = shoot({ sequence: 0 });
    const noise = noiseAt(1).readVarianceDn2;
    const score = (mosaic: Uint16Array): number => scoreFrame(mosaic, width, height, sensor, noise).sharpness;
    expect(score(sharp)).toBeGreaterThan(1.3 * score(blurred(sharp)));
  });

  it('does not take noise for sharpness', () => {
    const bright = shoot({ sequence: 0, exposureMicros: 10_000 });
    const noisy = shoot({ sequence: 1, exposureMicros: 625, analogueGain: 16 });
    const score = (mosaic: Uint16Array, gain: number): number => {
      const { shotDn, readVarianceDn2 } = noiseAt(gain);
      const { meanLevel } = scoreFrame(mosaic, width, height, sensor, 0);
      return scoreFrame(mosaic, width, height, sensor, shotDn * meanLevel * rangeDn + readVarianceDn2).sharpness;
    };
    expect(score(noisy, 16) / score(bright, 1)).toBeCloseTo(1, 1);
  });

  it('measures the clipped share and the mean of the greens it looks at', () => {
    const half = new Uint16Array(width * height).fill(sensor.whiteLevel, 0, (width * height) / 2).fill(64, (width * height) / 2);
    const { clippedShare, meanLevel } = scoreFrame(half, width, height, sensor, 0);
    expect(clippedShare).toBeCloseTo(0.5, 1);
    expect(meanLevel).toBeCloseTo(clippedShare, 9);
  });
});
