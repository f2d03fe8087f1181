import fc from 'fast-check';
import { expect, test } from 'vitest';
import { curveTable } from '../../../main/isp/tone-points.ts';
import { monotoneCubic } from '../../../renderer/controls/monotone-cubic.ts';

/** Curves of 2 to 8 points by the contract's rules. */
const curves = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 6 })
  .map((inner) => {
    const xs = [0, ...new Set(inner.map(([x]) => x / 100)), 1].sort((a, b) => a - b);
    const ys = xs.map((_, index) => inner[index]?.[1] ?? 0.5).sort((a, b) => a - b);
    return xs.map((x, index) => ({ x, y: ys[index] as number }));
  });

test('the curve that is shown is the one that the lab makes', () => {
  fc.assert(
    fc.property(curves, (points) => {
      const curve = monotoneCubic(points);
      const table = curveTable(points.map(({ x, y }) => [x, y] as const));
      for (const [index, value] of table.entries()) expect(curve(index / 255)).toBeCloseTo(value, 9);
    }),
    { numRuns: 60 },
  );
});

test('it goes through its points, never falls, and two points are a line', () => {
  fc.assert(
    fc.property(curves, (points) => {
      const curve = monotoneCubic(points);
      for (const { x, y } of points) expect(curve(x)).toBeCloseTo(y, 9);
      let before = -1e-9;
      for (let step = 0; step <= 100; step++) {
        expect(curve(step / 100)).toBeGreaterThanOrEqual(before - 1e-9);
        before = curve(step / 100);
      }
    }),
    { numRuns: 60 },
  );
  const line = monotoneCubic([
    { x: 0, y: 0.2 },
    { x: 1, y: 0.8 },
  ]);
  expect([0, 0.25, 0.5, 1].map(line)).toEqual([0.2, 0.35, 0.5, 0.8].map((value) => expect.closeTo(value, 12)));
});
