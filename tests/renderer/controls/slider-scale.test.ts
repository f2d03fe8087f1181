import { expect, test } from 'vitest';
import { positionOf, snap, stepped, valueAt } from '../../../renderer/controls/slider-scale.ts';

const gain = { minimum: 0.25, maximum: 8, step: 0.01, integer: false };
const exposure = { minimum: 20, maximum: 33_000, step: 1, integer: true };

test('an empty range has one place', () => {
  expect(positionOf(5, { minimum: 5, maximum: 5, step: 1, integer: true })).toBe(0);
});

test('values stay on the raster and inside the bounds', () => {
  expect([snap(1.2345, gain), snap(-3, gain), snap(99, gain)]).toEqual([1.23, 0.25, 8]);
});

test.each([gain, exposure])('position and value agree at the ends and in the middle: %o', (range) => {
  expect([valueAt(0, range), valueAt(1, range)]).toEqual([range.minimum, range.maximum]);
  expect(positionOf(valueAt(0.5, range), range)).toBeCloseTo(0.5, 2);
});

test('wide ranges above zero are laid out by ratio', () => {
  expect(valueAt(0.5, exposure)).toBe(Math.round(Math.sqrt(20 * 33_000)));
});

test('keys move by a hundredth, finely by one step, by pages a tenth', () => {
  const tone = { minimum: -1, maximum: 1, step: 0.01, integer: false };
  expect([stepped(0, 1, 'normal', tone), stepped(0, 1, 'fine', tone), stepped(0, -1, 'page', tone)]).toEqual([0.02, 0.01, -0.2]);
});

test('a key press always moves, until the end', () => {
  const rows = { minimum: 12, maximum: 240, step: 12, integer: true };
  expect([stepped(60, 1, 'normal', rows), stepped(240, 1, 'normal', rows)]).toEqual([72, 240]);
});
