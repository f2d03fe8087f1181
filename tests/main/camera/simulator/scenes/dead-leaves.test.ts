import { describe, expect, it } from 'vitest';
import { groundTruth } from '../../../../../main/camera/simulator/ground-truth.ts';
import { planeOf, statistics } from '../truth-bench.ts';

const [width, height] = [640, 360];

function pictureOf(scene: string): Float32Array {
  return groundTruth({ scene, width, height }).srgb('reference');
}

/** Means of blocks of that side. */
function halved(light: readonly number[], columns: number, rows: number): number[] {
  return Array.from({ length: (columns / 2) * (rows / 2) }, (_, index) => {
    const at = Math.floor(index / (columns / 2)) * 2 * columns + (index % (columns / 2)) * 2;
    return (
      ((light[at] as number) +
        (light[at + 1] as number) +
        (light[at + columns] as number) +
        (light[at + columns + 1] as number)) /
      4
    );
  });
}

/** Mean of least over largest channel. */
function greyness(picture: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < picture.length; index += 3) {
    const pixel = picture.subarray(index, index + 3);
    sum += Math.max(0, Math.min(...pixel)) / Math.max(...pixel);
  }
  return sum / (picture.length / 3);
}

describe.each(['dead-leaves', 'dead-leaves-saturated'])('%s', (scene) => {
  const picture = pictureOf(scene);

  it('leaves no pixel uncovered and is no brighter than white', () => {
    const largest = Array.from({ length: width * height }, (_, pixel) => Math.max(...picture.subarray(3 * pixel, 3 * pixel + 3)));
    expect(largest.reduce((least, value) => Math.min(least, value))).toBeGreaterThan(0.01);
    expect(largest.reduce((most, value) => Math.max(most, value))).toBeLessThan(1.001);
    expect(picture.reduce((least, value) => Math.min(least, value))).toBeGreaterThan(-0.001);
  });

  it('has structure at every scale: halving the picture takes the same share of its variance each time', () => {
    let light = [...planeOf(picture, 1)];
    const kept: number[] = [];
    for (const side of [1, 2, 4]) {
      const [columns, rows] = [width / side, height / side];
      const smaller = halved(light, columns, rows);
      kept.push(statistics(smaller).variance / statistics(light).variance);
      light = smaller;
    }
    // White noise would keep a quarter, one large disc everything.
    for (const share of kept) {
      expect(share).toBeGreaterThan(0.5);
      expect(share).toBeLessThan(0.95);
    }
    expect(Math.max(...kept) - Math.min(...kept)).toBeLessThan(0.15);
  });

  it('is the same picture every time', () => {
    expect(Buffer.compare(Buffer.from(pictureOf(scene).buffer), Buffer.from(picture.buffer))).toBe(0);
  });
});

describe('saturation', () => {
  it('is high in one and low in the other', () => {
    expect(greyness(pictureOf('dead-leaves-saturated'))).toBeLessThan(0.3);
    expect(greyness(pictureOf('dead-leaves'))).toBeGreaterThan(0.6);
  });
});
