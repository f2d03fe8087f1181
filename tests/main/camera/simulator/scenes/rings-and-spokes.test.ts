import { describe, expect, it } from 'vitest';
import { groundTruth } from '../../../../../main/camera/simulator/ground-truth.ts';
import { siemensFrequencyAt, siemensStar } from '../../../../../main/camera/simulator/scenes/siemens-star.ts';
import { zonePlate, zonePlateFrequencyAt } from '../../../../../main/camera/simulator/scenes/zone-plate.ts';
import { planeOf } from '../truth-bench.ts';

const [width, height] = [640, 360];

function lightOf(scene: string): Float64Array {
  return planeOf(groundTruth({ scene, width, height }).srgb('reference'), 1);
}

/** The mean over a pixel by many points in it. */
function integrated(column: number, row: number, lightAt: (x: number, y: number) => number): number {
  const points = 24;
  let sum = 0;
  for (let i = 0; i < points * points; i++) {
    sum += lightAt(column + ((i % points) + 0.5) / points, row + (Math.floor(i / points) + 0.5) / points);
  }
  return sum / (points * points);
}

describe('Siemens star', () => {
  const light = lightOf('siemens-star');
  const star = siemensStar(width, height);

  it.each([60, 100, 160])('has 72 cycles around at a radius of %d px', (radius) => {
    let crossings = 0;
    let before = 0;
    for (let step = 0; step <= 20_000; step++) {
      const angle = (2 * Math.PI * (step + 0.3)) / 20_000;
      const [column, row] = [Math.floor(star.x + radius * Math.cos(angle)), Math.floor(star.y + radius * Math.sin(angle))];
      const side = Math.sign((light[row * width + column] as number) - star.mean) || before;
      if (before < 0 && side > 0) crossings++;
      before = side;
    }
    expect(crossings).toBe(72);
    expect(siemensFrequencyAt(star, radius) * 2 * Math.PI * radius).toBeCloseTo(72, 9);
  });

  it('is the integral of its spokes over each pixel, but for the innermost', () => {
    const exact = (x: number, y: number): number =>
      star.mean + star.swing * Math.cos(star.cycles * Math.atan2(y - star.y, x - star.x));
    for (const [dx, dy] of [
      [150, 10],
      [-60, 40],
      [7, 42],
      [-23, -31],
      [33, 19],
      [-100, 100],
    ] as const) {
      const [column, row] = [width / 2 + dx, height / 2 + dy];
      expect(Math.abs((light[row * width + column] as number) - integrated(column, row, exact))).toBeLessThan(0.01);
    }
  });
});

describe('zone plate', () => {
  const light = lightOf('zone-plate');
  const plate = zonePlate(width, height);

  it('reaches half a cycle per pixel at the upper edge', () => {
    expect(zonePlateFrequencyAt(plate, height / 2)).toBeCloseTo(0.5, 9);
  });

  it('has the frequency that is said, by counting rings', () => {
    // Rings between the radii 20 and 100 along the middle row, from the phase of whole ones.
    let crossings = 0;
    for (let radius = 20; radius < 100; radius++) {
      const at = (height / 2) * width + width / 2 + radius;
      if ((light[at - 1] as number) < plate.mean && (light[at] as number) >= plate.mean) crossings++;
    }
    // The integral of the frequency over the radius.
    const expected = (zonePlateFrequencyAt(plate, 100) * 100 - zonePlateFrequencyAt(plate, 20) * 20) / 2;
    expect(Math.abs(crossings - expected)).toBeLessThan(1);
  });

  it('is the integral of its rings over each pixel', () => {
    const exact = (x: number, y: number): number =>
      plate.mean + plate.swing * Math.cos(Math.PI * plate.growth * ((x - plate.x) ** 2 + (y - plate.y) ** 2));
    for (const [dx, dy] of [
      [0, 0],
      [30, 12],
      [-80, 60],
      [150, -100],
      [200, 170],
      [-300, 5],
    ] as const) {
      const [column, row] = [width / 2 + dx, height / 2 + dy];
      expect(Math.abs((light[row * width + column] as number) - integrated(column, row, exact))).toBeLessThan(0.004);
    }
  });
});
