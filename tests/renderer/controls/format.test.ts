import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatMillis, formatPercent } from '../../../renderer/controls/format.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [999_600, '1.0 MB'],
  [4_147_200, '4.1 MB'],
  [214.6e9, '215 GB'],
])('%d bytes', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [-1, '0:00'],
  [59.9, '0:59'],
  [61, '1:01'],
  [3_661, '1:01:01'],
])('%d seconds', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('times keep three places', () => {
  expect([0.417, 9.994, 9.996, 16.24, 99.96, 120.4].map(formatMillis)).toEqual(['0.42', '9.99', '10.0', '16.2', '100', '120']);
});

test('counts and shares', () => {
  expect([formatCount(12), formatCount(1234567), formatPercent(0.366)]).toEqual(['12', '1\u202f234\u202f567', '37 %']);
});
