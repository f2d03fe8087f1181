import { describe, expect, it } from 'vitest';
import { zonePlate, zonePlateFrequencyAt } from '../../../../../main/camera/simulator/scenes/zone-plate.ts';
import { integrated, lightOf } from '../truth-bench.ts';

const [width, height] = [640, 360];

describe('zone plate', () => {
  const light = lightOf('zone-plate', width, height);
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
