import { expect, test } from 'vitest';
import { briefText } from '../../../renderer/shell/brief-text.ts';

test.each([
  ['', ''],
  ['No full stop', 'No full stop'],
  ['The disk is full. Free some space.', 'The disk is full.'],
  ['Expected 0.25 to 8 but received 9.5', 'Expected 0.25 to 8 but received 9.5'],
  ['Cannot read a.raw!\nIt is too short.', 'Cannot read a.raw!'],
])('%j is told in short as %j', (message, brief) => {
  expect(briefText(message)).toBe(brief);
});

test('a long sentence is cut to what a passing notice holds', () => {
  const brief = briefText('word '.repeat(100));
  expect(brief.length).toBeLessThanOrEqual(160);
  expect(brief).toMatch(/word…$/);
});
