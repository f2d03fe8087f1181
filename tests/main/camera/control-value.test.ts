import { describe, expect, it } from 'vitest';
import { expectWritable, sameValue, writableControls } from '../../../main/camera/control-value.ts';
import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { everyKind } from './control/scripted-device.ts';

const controlOf = (id: string): ControlDescription => everyKind.find((control) => control.id === id) as ControlDescription;

describe('values that a control refuses, with what it takes', () => {
  it.each<[string, ControlValue, string]>([
    ['exposure', 99, 'a whole number from 100 to 40000 µs for exposure but received 99'],
    ['exposure', 40_001, 'but received 40001'],
    ['exposure', 200.5, 'a whole number'],
    ['exposure', '200', 'but received "200"'],
    ['gain', Number.NaN, 'a number from 1 to 16 for gain but received NaN'],
    ['gain', Number.POSITIVE_INFINITY, 'but received Infinity'],
    ['flip', 2, 'a whole number from 0 to 1'],
    ['auto_exposure', 2, 'one of 0 (Auto), 1 (Manual), 3 (Aperture) for auto_exposure but received 2'],
    ['trigger', 0, 'a whole number from 1 to 1'],
    ['link_frequency', 5, 'from -9223372036854775808 to 9223372036854775807 as text for link_frequency but received 5'],
    ['link_frequency', '9223372036854775808', 'but received "9223372036854775808"'],
    ['link_frequency', '1e3', 'but received "1e3"'],
    ['mask', 2, 'bits within 0x80000005 for mask but received 2'],
    ['mask', -1, 'but received -1'],
    ['mask', 2 ** 32, 'but received 4294967296'],
    ['label', '', 'a text of 1 to 8 characters for label but received ""'],
    ['label', 'too long a text', 'a text of 1 to 8'],
    ['matrix', [1, 2, 3], '4 whole numbers from 0 to 255 for matrix but received [1, 2, 3]'],
    ['matrix', [1, 2, 3, 256], 'but received [1, 2, 3, 256]'],
    ['matrix', 7, 'but received 7'],
    ['area', [640], 'a width and a height from 0 to 4096 for area but received [640]'],
    ['area', [640, -1], 'but received [640, -1]'],
    ['blob', [1, 2, 3.5], '3 whole numbers'],
  ])('%s = %j', (id, value, message) => {
    expect(() => expectWritable(controlOf(id), value)).toThrow(message);
    expect(() => expectWritable(controlOf(id), value)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('of a control that is unknown or read-only', () => {
    expect(() => writableControls(everyKind, new Map([['iris', 1]]))).toThrow(
      /this camera \(auto_exposure, .*\) but received iris/,
    );
    expect(() => expectWritable(controlOf('temperature'), 20)).toThrow('temperature is read-only');
  });

  it('as a set, where one of it does not fit', () => {
    const values = new Map<string, ControlValue>([
      ['gain', 2],
      ['flip', 7],
    ]);
    expect(() => writableControls(everyKind, values)).toThrow('for flip but received 7');
  });
});

describe('values that a control takes', () => {
  it.each<[string, ControlValue]>([
    ['exposure', 100],
    ['gain', 1.1],
    ['auto_exposure', 3],
    ['trigger', 1],
    ['link_frequency', '-9223372036854775808'],
    ['mask', 0x8000_0001],
    ['label', 'camera'],
    ['matrix', [0, 255, 1, 2]],
    ['area', [4096, 0]],
    ['blob', [0, 128, 255]],
  ])('%s = %j', (id, value) => {
    expect(() => expectWritable(controlOf(id), value)).not.toThrow();
  });
});

describe('equality', () => {
  it.each<[ControlValue, ControlValue, boolean]>([
    [1, 1, true],
    [1, '1', false],
    [[1, 2], [1, 2], true],
    [[1, 2], [2, 1], false],
    [[1], [1, 2], false],
    [[1], 1, false],
    ['a', 'a', true],
  ])('of %j and %j is %j', (left, right, isSame) => {
    expect(sameValue(left, right)).toBe(isSame);
  });
});
