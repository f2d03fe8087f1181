import { describe, expect, it } from 'vitest';
import type { FrameSettings } from '../../../../../main/camera/simulator/frame-settings.ts';
import { groundTruth } from '../../../../../main/camera/simulator/ground-truth.ts';
import { type MovingObject, movingObjects, positionOf } from '../../../../../main/camera/simulator/scenes/motion.ts';
import { planeOf } from '../truth-bench.ts';

const [width, height] = [960, 540];
const framesPerSecond = 30;

function objectNamed(name: string): MovingObject {
  return movingObjects(width).find((object) => object.name === name) as MovingObject;
}

function lightAt(sequence: number, settings: Partial<FrameSettings> = {}): Float64Array {
  return planeOf(groundTruth({ scene: 'motion', width, height, sequence, framesPerSecond, settings }).srgb('reference'), 1);
}

/** Middle along a row of what is brighter than tiles can be: the slow bar, which is white. */
function brightMiddle(light: Float64Array, row: number): { readonly middle: number; readonly pixels: number } {
  let [sum, weighted] = [0, 0];
  for (let column = 0; column < width; column++) {
    const above = Math.max(0, (light[row * width + column] as number) - 0.3);
    sum += above;
    weighted += above * (column + 0.5);
  }
  return { middle: weighted / sum, pixels: sum / (0.896 - 0.3) };
}

describe('moving objects', () => {
  it('are where their speed has taken them', () => {
    const bar = objectNamed('slow bar');
    expect(bar.pixelsPerSecondX).toBe(60);
    const row = Math.round(bar.y);
    for (const sequence of [0, 15, 60]) {
      const { middle } = brightMiddle(lightAt(sequence, { exposureMicros: 100 }), row);
      expect(middle).toBeCloseTo(bar.x + (60 * sequence) / framesPerSecond, 1);
    }
  });

  it('stand still where motion is off', () => {
    expect(lightAt(40, { motion: false })).toEqual(lightAt(0, { motion: false }));
    expect(lightAt(40)).not.toEqual(lightAt(0));
  });

  it('are smeared over the exposure, and seen in its middle', () => {
    const fast = objectNamed('fast bar');
    const row = Math.round(fast.y);
    const light = lightAt(0, { exposureMicros: 30_000 });
    // The dark bar of 24 px travels 14.4 px meanwhile: its full depth is left where it was all the time.
    const depthAt = (x: number): number => light[row * width + Math.floor(x)] as number;
    const travelled = 480 * 0.03;
    expect(depthAt(fast.x + travelled / 2)).toBeLessThan(0.05);
    expect(depthAt(fast.x - 12 + 2)).toBeGreaterThan(0.1);
    expect(depthAt(fast.x + 12 + travelled - 2)).toBeGreaterThan(0.1);
    expect(depthAt(fast.x - 12 - 3)).toBeGreaterThan(0.15);
  });

  it('lean where the rows are read one after another', () => {
    const bar = objectNamed('fast bar');
    const light = lightAt(2, { exposureMicros: 100, readoutMicros: 30_000 });
    const middles = [-50, -20, 0, 20, 50].map((offset) => {
      const row = Math.round(bar.y) + offset;
      let [sum, weighted] = [0, 0];
      for (let column = 0; column < width; column++) {
        // Darker than tiles can be.
        const below = Math.max(0, 0.14 - (light[row * width + column] as number));
        sum += below;
        weighted += below * (column + 0.5);
      }
      return { row, middle: weighted / sum };
    });
    for (const { row, middle } of middles) {
      const seconds = 2 / framesPerSecond + (row / height) * 0.03;
      expect(Math.abs(middle - (bar.x + 480 * (seconds + 0.00005)))).toBeLessThan(0.15);
    }
    const leaning = (middles.at(-1)?.middle as number) - (middles[0]?.middle as number);
    expect(Math.abs(leaning - (100 / 540) * 0.03 * 480)).toBeLessThan(0.2);
  });

  it('come back at the other side after they have left', () => {
    const fast = objectNamed('fast bar');
    const turn = (width + 4 * fast.halfWidth) / fast.pixelsPerSecondX;
    expect(positionOf(fast, width, height, turn).x).toBeCloseTo(fast.x, 6);
    for (let seconds = 0; seconds < turn; seconds += 0.05) {
      const { x } = positionOf(fast, width, height, seconds);
      expect(x).toBeGreaterThanOrEqual(-2 * fast.halfWidth);
      expect(x).toBeLessThan(width + 2 * fast.halfWidth);
    }
  });
});
