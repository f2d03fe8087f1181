import { expect, test } from 'vitest';
import { readLayout, tuneSizes } from '../../../renderer/shell/workspace-layout.ts';

const keepOf = (text: string | null) => ({ getItem: () => text, setItem: () => undefined, removeItem: () => undefined });

test.each([
  null,
  '',
  'not json',
  'null',
  '[]',
  '{}',
  '{"grid":{},"panels":{}}',
  '{"grid":{},"panels":{"scopes-of-another-version":{}}}',
])('a layout that cannot be used is none: %o', (text) => {
  expect(readLayout(keepOf(text))).toBeUndefined();
});

test('a layout of known panels is used', () => {
  const layout = { grid: {}, panels: { viewer: {}, sessions: {} } };
  expect(readLayout(keepOf(JSON.stringify(layout)))).toEqual(layout);
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
