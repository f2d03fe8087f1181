import { expect, test } from 'vitest';
import { fitViewport, imagePointAt, oneToOne, panBy, placementOf, zoomAt, zoomStep } from '../../../renderer/view/viewport.ts';

const image = { width: 1920, height: 1080 };
const canvas = { width: 801, height: 601 };

test('fit shows the whole picture in the middle', () => {
  const placement = placementOf(fitViewport, image, canvas);
  expect(placement.width).toBeCloseTo(801, 9);
  expect([placement.x, placement.y]).toEqual([0, Math.round((601 - (1080 * 801) / 1920) / 2)]);
});

test('1:1 puts every image pixel on one whole device pixel', () => {
  const placement = placementOf(oneToOne(fitViewport, image, canvas), image, canvas);
  expect(placement.scale).toBe(1);
  expect([Number.isInteger(placement.x), Number.isInteger(placement.y)]).toEqual([true, true]);
});

test.each([
  [1.25, { x: 100, y: 50 }],
  [0.8, { x: 700, y: 500 }],
  [3, { x: 400.5, y: 300.5 }],
])('zoom by %f keeps the image point under the cursor', (factor, device) => {
  const start = oneToOne(fitViewport, image, canvas);
  const before = imagePointAt(placementOf(start, image, canvas), device);
  const after = imagePointAt(placementOf(zoomAt(start, image, canvas, factor, device), image, canvas), device);
  // Alignment to whole device pixels may move the picture by half of one.
  expect(Math.abs(after.x - before.x)).toBeLessThanOrEqual(1);
  expect(Math.abs(after.y - before.y)).toBeLessThanOrEqual(1);
});

test('zoom has ends', () => {
  const middle = { x: 400, y: 300 };
  expect(zoomAt(fitViewport, image, canvas, 1e9, middle)).toMatchObject({ scale: 64 });
  expect(zoomAt(fitViewport, image, canvas, 1e-9, middle)).toMatchObject({ scale: 1 / 32 });
});

test('steps climb the ladder from wherever the scale is, and stop at its ends', () => {
  const up = zoomStep(fitViewport, image, canvas, 1);
  expect(up).toMatchObject({ scale: 0.5 });
  expect(zoomStep(up, image, canvas, 1)).toMatchObject({ scale: expect.closeTo(2 / 3, 9) });
  expect(zoomStep(fitViewport, image, canvas, -1)).toMatchObject({ scale: expect.closeTo(1 / 3, 9) });
  const largest = zoomAt(fitViewport, image, canvas, 1e9, { x: 400, y: 300 });
  expect(zoomStep(largest, image, canvas, 1)).toMatchObject({ scale: 64 });
});

test('pan moves by device pixels and never loses the picture', () => {
  const start = oneToOne(fitViewport, image, canvas);
  const before = placementOf(start, image, canvas);
  const after = placementOf(panBy(start, image, canvas, { x: 30, y: -20 }), image, canvas);
  expect([after.x - before.x, after.y - before.y]).toEqual([30, -20]);
  expect(panBy(start, image, canvas, { x: 1e6, y: -1e6 })).toMatchObject({ centre: { x: 0, y: 1080 } });
});
