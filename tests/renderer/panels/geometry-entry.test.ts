import { expect, test } from 'vitest';
import { draftOf, emptyGeometry, geometryFrom } from '../../../renderer/panels/source/geometry-entry.ts';

const geometry = {
  width: 1920,
  height: 1080,
  cfa: 'GRBG',
  bits: 12,
  packing: 'mipi',
  blackLevel: 256,
  whiteLevel: 4095,
} as const;

test.each([
  [{ width: '' }, 'Expected a whole number from 2 to 65534 px for Width but received nothing'],
  [{ height: '1081' }, 'Expected an even width and height for a Bayer mosaic but received 1920 × 1081'],
  [{ bits: '20' }, 'Expected a whole number from 8 to 16 bit for Bit depth but received 20'],
  [{ blackLevel: '4095' }, 'Expected a black level below the white level but received 4095 and 4095'],
])('%o is refused in one sentence', (change, message) => {
  expect(geometryFrom({ ...draftOf(geometry), ...change })).toEqual({ ok: false, message });
});

test('an empty form asks for the width first', () => {
  expect(geometryFrom(emptyGeometry)).toMatchObject({ ok: false, message: expect.stringContaining('for Width') });
});

test('a form filled with a geometry reads as that geometry', () => {
  expect(geometryFrom(draftOf(geometry))).toEqual({ ok: true, geometry });
});
