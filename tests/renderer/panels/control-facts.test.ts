import { expect, test } from 'vitest';
import type { ControlDescription } from '../../../preload/contract.ts';
import {
  arraySummary,
  isModified,
  maskBits,
  rangeFact,
  stateNotes,
  valueText,
} from '../../../renderer/panels/controls/control-facts.ts';
import { controlGroups, matchingControls } from '../../../renderer/panels/controls/control-groups.ts';
import { deviceControls } from '../../support/fake-lab/device-controls.ts';

function named(id: string): ControlDescription {
  const control = deviceControls.find((one) => one.id === id);
  if (!control) throw new Error(`Expected a fake control ${id}`);
  return control;
}

test('a value that the menu does not list is told as it is', () => {
  expect(valueText(named('test_pattern'), 5)).toBe('5');
});

test.each([
  ['horizontal_flip', 'Off'],
  ['power_line_frequency', '60 Hz'],
  ['integer_menu', '64'],
  ['bitmask', '0x2000'],
  ['area', '1000 × 2000'],
  ['u8_pixel_array', '0, 3, 6, 9, 12, 15, …'],
  ['hue', '0'],
  ['string', 'ab'],
  ['pixel_rate', '182400000'],
])('the value of %s reads %o', (id, text) => {
  const control = named(id);
  expect(valueText(control, control.value)).toBe(text);
});

test('a range is told exactly where a double could not', () => {
  expect(rangeFact(named('integer_64_bits'))).toBe('-9223372036854775808 to 9223372036854775807');
  expect(rangeFact(named('focus_absolute'))).toBe('0 to 250 in steps of 5');
  expect(rangeFact(named('bitmask'))).toBe('bits within 0x80002000');
  expect(rangeFact(named('button'))).toBeUndefined();
});

test('buttons and what nobody can write are never modified; arrays differ by their elements', () => {
  expect(isModified(named('button'), 1)).toBe(false);
  expect(isModified(named('read_only_integer'), 42)).toBe(false);
  expect(isModified(named('u8_pixel_array'), named('u8_pixel_array').value)).toBe(true);
  expect(isModified(named('area'), [1000, 2000])).toBe(false);
  expect(
    isModified(
      { ...named('u8_pixel_array'), defaultValue: 7 },
      Array.from({ length: 64 }, () => 7),
    ),
  ).toBe(false);
});

test('a mask of few bits is shown bit by bit, up to the highest', () => {
  expect(maskBits(named('event_mask'))).toBeUndefined();
  expect(maskBits(named('bitmask'))).toEqual([
    { bit: 0x2000, label: 'Bit 13' },
    { bit: 0x8000_0000, label: 'Bit 31' },
  ]);
  const options = [{ value: 0x2000, label: 'Motion' }];
  expect(maskBits({ ...named('bitmask'), options })?.[0]).toEqual({ bit: 0x2000, label: 'Motion' });
});

test('arrays are told by their shape', () => {
  expect(['u8_pixel_array', 'u16_matrix', 'hdr10_mastering'].map((id) => arraySummary(named(id)))).toEqual([
    '[8 × 8] 64 values',
    '[8 × 16 × 2] 256 values',
    '24 bytes',
  ]);
});

test.each([
  ['read_only_integer', /^Read-only/],
  ['vertical_blanking', /^Locked by the device/],
  ['red_balance', /^Inactive: another control overrides it/],
  ['exposure_time_absolute', /^Asked 200 × 100 µs, device holds 312 × 100 µs\./],
  ['analogue_gain', /^In effect from frame 1204 at the earliest\.$/],
])('the state of %s is said in words', (id, sentence) => {
  expect(stateNotes(named(id)).join(' ')).toMatch(sentence);
});

test('a control at rest has nothing to say', () => {
  expect(stateNotes(named('brightness'))).toEqual([]);
});

test('a filter needs every word, in label, id or class, and finds nothing rather than something else', () => {
  const ids = (filter: string) => matchingControls(deviceControls, filter).map(({ id }) => id);
  expect(ids('exposure zebra')).toEqual([]);
  expect(ids('EXPOSURE abs')).toEqual(['exposure_time_absolute']);
  expect(ids('camera controls focus')).toEqual(['focus_absolute']);
  expect(ids('  ')).toHaveLength(deviceControls.length);
});

test('groups keep the device’s order', () => {
  const groups = controlGroups([...deviceControls, named('brightness')]);
  expect(groups.map(({ group }) => group)).toEqual([
    'User Controls',
    'Camera Controls',
    'Image Source Controls',
    'Image Processing Controls',
  ]);
  expect(groups[0]?.controls.at(-1)?.id).toBe('brightness');
});
