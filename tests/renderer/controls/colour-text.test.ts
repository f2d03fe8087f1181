import { expect, test } from 'vitest';
import { colourText, parseColour } from '../../../renderer/controls/colour-text.ts';

test.each(['', 'red', '#12', '#12345', '256 0 0', '1 2', '1 2 3 4', '-1 0 0', '#ggg'])('%j is no colour', (text) => {
  const read = parseColour(text, 'Tint');
  expect(read).toEqual({
    ok: false,
    message: expect.stringContaining('Expected a colour such as #ff8000 or 255 128 0 for Tint'),
  });
});

test.each([
  ['#ff8000', [255, 128, 0]],
  ['FF8000', [255, 128, 0]],
  ['#f80', [255, 136, 0]],
  ['255 128 0', [255, 128, 0]],
  ['255, 128, 0', [255, 128, 0]],
] as const)('%j is read', (text, colour) => {
  expect(parseColour(text, 'Tint')).toEqual({ ok: true, value: colour });
});

test('a colour is written with two digits for each', () => {
  expect(colourText([0, 10, 255])).toBe('#000aff');
});
