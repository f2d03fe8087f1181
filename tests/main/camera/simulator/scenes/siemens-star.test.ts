import { describe, expect, it } from 'vitest';
import { siemensFrequencyAt, siemensStar } from '../../../../../main/camera/simulator/scenes/siemens-star.ts';
import { integrated, lightOf } from '../truth-bench.ts';

const [width, height] = [640, 360];

describe('Siemens star', () => {
  const light = lightOf('siemens-star', width, height);
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
