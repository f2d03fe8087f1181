import { expect, test } from 'vitest';
import type { ElementsRule } from '../../../renderer/panels/controls/control-text.ts';
import {
  elementsText,
  maskText,
  parseElements,
  parseExact,
  parseMask,
  parseText,
} from '../../../renderer/panels/controls/control-text.ts';

const int64 = { minimum: '-9223372036854775808', maximum: '9223372036854775807' };

test.each(['', 'abc', '1.5', '1e3', '0x10', '--1', '9223372036854775808', '-9223372036854775809', '99999999999999999999999'])(
  'as a 64-bit integer %o is refused with the range',
  (text) => {
    const read = parseExact(text, 'Integer 64 Bits', int64);
    expect(read).toMatchObject({
      ok: false,
      message: expect.stringContaining('from -9223372036854775808 to 9223372036854775807 for Integer 64 Bits'),
    });
  },
);

test.each([
  ['9223372036854775807', '9223372036854775807'],
  ['−9223372036854775808', '-9223372036854775808'],
  ['9 007 199 254 740 993', '9007199254740993'],
  ['+0012', '12'],
])('a 64-bit integer is read to its last digit: %o', (text, value) => {
  expect(parseExact(text, 'n', int64)).toEqual({ ok: true, value });
});

test.each([
  ['', 'received nothing'],
  ['0x', 'received “0x”'],
  ['1 2', 'received “1 2”'],
  ['12345678f', 'received “12345678f”'],
  ['-1', 'received “-1”'],
  ['0x1', 'Expected bits within 0x80002000 for Mask but received 0x01'],
])('as a mask %o is refused', (text, message) => {
  expect(parseMask(text, 'Mask', 0x8000_2000)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
});

test.each([
  ['80002000', 0x8000_2000],
  ['0X8000_2000', 0x8000_2000],
  ['0', 0],
])('a mask of 32 bits is unsigned: %o', (text, value) => {
  expect(parseMask(text, 'Mask', 0x8000_2000)).toEqual({ ok: true, value });
});

test('a mask has as many digits as it needs', () => {
  expect([0, 0xff, 0x1ff, 0x8000_2000].map(maskText)).toEqual(['0x00', '0xff', '0x01ff', '0x80002000']);
});

test('the length of a text counts bytes, as the device stores them', () => {
  const limits = { minimum: 2, maximum: 4 };
  expect(parseText('a', 'String', limits)).toMatchObject({ ok: false, message: expect.stringContaining('2 to 4 bytes') });
  expect(parseText('äöü', 'String', limits)).toMatchObject({ ok: false, message: expect.stringContaining('received 6') });
  expect(parseText('äö', 'String', limits)).toEqual({ ok: true, value: 'äö' });
});

const bytes: ElementsRule = { minimum: 0, maximum: 255, count: 4, radix: 16 };
const matrix: ElementsRule = { minimum: -8, maximum: 8, count: 4, radix: 10 };

test.each([
  [matrix, '1 2 3', 'Expected 4 values but received 3'],
  [matrix, '1 2 3 4 5', 'Expected 4 values but received 5'],
  [matrix, '1 2 9 4', 'Expected a whole number from −8 to 8 at place 2 but received “9”'],
  [matrix, '1 – 3 4', 'at place 1 but received “–”'],
  [matrix, '1 2 3 1e0', 'at place 3 but received “1e0”'],
  [bytes, '00 1g 00 00', 'Expected a byte of two hexadecimal digits at place 1 but received “1g”'],
  [bytes, '00 100 00 00', 'at place 1 but received “100”'],
  [bytes, '', 'Expected 4 bytes but received 0'],
])('elements that cannot be written are named by their place: %o %o', (rule, text, message) => {
  expect(parseElements(text, rule)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
});

test('elements are read with any separator and written in rows', () => {
  expect(parseElements(' 1,−2;\n3\t+4 ', matrix)).toEqual({ ok: true, value: [1, -2, 3, 4] });
  expect(parseElements('0xff 0A 7 00', bytes)).toEqual({ ok: true, value: [255, 10, 7, 0] });
  expect(elementsText([1, -2, 30, 4], 2, 10)).toBe(' 1 -2\n30  4');
  expect(elementsText([255, 10, 7], 16, 16)).toBe('ff 0a 07');
});

test('an array without a fixed length takes any', () => {
  expect(parseElements('', { ...matrix, count: undefined })).toEqual({ ok: true, value: [] });
});
