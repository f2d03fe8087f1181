import { expect, test } from 'vitest';
import { panelDefinitions } from '../../../renderer/panels/panel-definitions.ts';
import { leastPanel, tuneShape, tuneSizes } from '../../../renderer/shell/tune-layout.ts';

test.each([
  [{ width: 1920, height: 1020 }, 'full'],
  [{ width: 1280, height: 660 }, 'full'],
  [{ width: 1280, height: 620 }, 'low'],
  [{ width: 1024, height: 540 }, 'low'],
  [{ width: 743, height: 700 }, 'beside'],
  [{ width: 640, height: 276 }, 'beside'],
  [{ width: 500, height: 790 }, 'stacked'],
] as const)('a window of %o has the %s layout', (size, shape) => {
  expect(tuneShape(size)).toBe(shape);
});

test.each([
  { width: 960, height: 480 },
  { width: 1280, height: 660 },
  { width: 1920, height: 1020 },
])('the viewer keeps the most room at %o', (size) => {
  const { left, right, bottom } = tuneSizes(size);
  expect(size.width - left - right).toBeGreaterThan(Math.max(left, right));
  expect(size.height - bottom).toBeGreaterThan(bottom * 2);
});

test('three columns have room wherever they are shown, and two groups where they are not', () => {
  for (let width = 360; width <= 2000; width += 1) {
    const size = { width, height: 700 };
    const { left, right } = tuneSizes(size);
    const viewer = tuneShape(size) === 'full' ? width - left - right : width - right;
    expect(viewer, `at ${width}`).toBeGreaterThanOrEqual(190);
    expect(right, `at ${width}`).toBeGreaterThanOrEqual(leastPanel.minimumWidth);
  }
});

test('every panel has room in one row of a small window', () => {
  expect(panelDefinitions.length * leastPanel.minimumWidth).toBeLessThanOrEqual(500);
  expect(panelDefinitions.length * leastPanel.minimumHeight).toBeLessThanOrEqual(300);
});
