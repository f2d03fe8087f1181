import { expect, test } from 'vitest';
import { formatNumber, parseNumber } from '../../../renderer/controls/number-text.ts';

const exposure = { minimum: -4, maximum: 4, step: 0.01, integer: false, unit: 'EV' };
const rows = { minimum: 12, maximum: 240, step: 12, integer: true, unit: 'rows' };

test.each([
  ['', 'nothing'],
  ['four', '“four”'],
  ['1.2.3', '“1.2.3”'],
  ['9', '9'],
  ['-4.01', '-4.01'],
])('%o is refused with the range', (text, received) => {
  expect(parseNumber(text, 'Exposure', exposure)).toEqual({
    ok: false,
    message: `Expected a number from −4 to 4 EV for Exposure but received ${received}`,
  });
});

test('a fraction is no whole number', () => {
  expect(parseNumber('12.5', 'Strip rows', rows)).toMatchObject({ ok: false });
});

test.each([
  ['1.5', 1.5],
  ['1,5', 1.5],
  [' 1.5 EV ', 1.5],
  ['−0.25', -0.25],
  ['+2', 2],
  ['1e-1', 0.1],
])('%o is read as %d', (text, value) => {
  expect(parseNumber(text, 'Exposure', exposure)).toEqual({ ok: true, value });
});

test.each([
  [-0.5, exposure, '−0.50'],
  [-0.001, exposure, '0.00'],
  [60, rows, '60'],
  [0.125, { integer: false, step: 0.125 }, '0.125'],
  [1234.5, { integer: false, minimum: 0, maximum: 4000 }, '1235'],
  [0.1234, { integer: false, minimum: 0, maximum: 1 }, '0.123'],
  [5e-10, { integer: false, minimum: 0, maximum: 1e-9, step: 1e-11 }, '5e−10'],
  [-1.23e-10, { integer: false, minimum: -1e-9, maximum: 1e-9, step: 1e-11 }, '−1.2e−10'],
  [1.0000000005, { integer: false, minimum: 1, maximum: 1.000000001 }, '1.0000000005'],
  [0, { integer: false, minimum: 0, maximum: 1e-9 }, '0'],
  [0.25, { integer: false, minimum: 0, maximum: 1, step: 1 / 3 }, '0.250000'],
])('%d is shown as its step tells', (value, range, text) => {
  expect(formatNumber(value, range)).toBe(text);
});

test('what is shown of a tiny range can be typed again', () => {
  const range = { integer: false, minimum: -1e-9, maximum: 1e-9, step: 1e-11 };
  for (const value of [5e-10, -5e-10, 0]) {
    expect(parseNumber(formatNumber(value, range), 'Leak', range)).toEqual({ ok: true, value });
  }
});
