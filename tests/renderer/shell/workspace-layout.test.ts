import { expect, test } from 'vitest';
import { leastPanel } from '../../../renderer/shell/tune-layout.ts';
import { readLayout } from '../../../renderer/shell/workspace-layout.ts';

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

test('a layout of known panels is used, with the least sizes of this version', () => {
  const viewer = { id: 'viewer', contentComponent: 'viewer', minimumWidth: 240, minimumHeight: 80 };
  const layout = { grid: {}, panels: { viewer, sessions: { id: 'sessions' } } };
  expect(readLayout(keepOf(JSON.stringify(layout)))).toEqual({
    grid: {},
    panels: { viewer: { ...viewer, ...leastPanel }, sessions: { id: 'sessions', ...leastPanel } },
  });
});
