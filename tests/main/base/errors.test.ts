import { describe, expect, it } from 'vitest';
import {
  AssertionError,
  assert,
  errorFromRecord,
  errorRecordFrom,
  InputError,
  LabError,
  messageOf,
  ResourceError,
} from '../../../main/base/errors.ts';

describe('an error', () => {
  it('carries code, action, cause and the exit code of its kind', () => {
    const cause = new Error('inner');
    const input = new InputError('file.missing', 'Expected a file but received none', 'Choose one.', cause);
    expect(input).toMatchObject({ name: 'InputError', code: 'file.missing', action: 'Choose one.', exitCode: 2, cause });
    expect(new ResourceError('http.port', 'Expected a free port')).toMatchObject({
      name: 'ResourceError',
      exitCode: 1,
      action: undefined,
    });
    expect(input).toBeInstanceOf(LabError);
  });

  it('is an assertion where a promise between parts is broken', () => {
    expect(() => assert(false, 'Expected order')).toThrow(AssertionError);
    expect(() => assert(0, 'Expected order')).toThrow('Expected order');
    expect(assert('held', 'Expected order')).toBeUndefined();
  });
});

describe('anything that was thrown', () => {
  it('has a text', () => {
    expect([messageOf(new Error('one')), messageOf('two'), messageOf(undefined)]).toEqual(['one', 'two', 'undefined']);
  });

  it('becomes a record of plain data', () => {
    expect(errorRecordFrom(new InputError('a.b', 'Sentence', 'Act.'))).toEqual({
      code: 'a.b',
      message: 'Sentence',
      action: 'Act.',
      exitCode: 2,
    });
    expect(errorRecordFrom(new ResourceError('a.b', 'Sentence'))).toEqual({ code: 'a.b', message: 'Sentence' });
    expect(errorRecordFrom(new AssertionError('Broken'))).toEqual({ code: 'lab.assertion', message: 'Broken' });
    expect(errorRecordFrom(Object.assign(new Error('no'), { code: 'ENOENT' }))).toEqual({ code: 'system.ENOENT', message: 'no' });
    expect(errorRecordFrom(null)).toEqual({ code: 'lab.unexpected', message: 'null' });
  });

  it('is of the same kind again on the other side', () => {
    const input = errorFromRecord(errorRecordFrom(new InputError('a.b', 'Sentence', 'Act.')));
    expect(input).toBeInstanceOf(InputError);
    expect(input).toMatchObject({ code: 'a.b', message: 'Sentence', action: 'Act.', exitCode: 2 });
    for (const thrown of [new ResourceError('c.d', 'Full'), new AssertionError('Broken'), new Error('no'), 'text']) {
      expect(errorFromRecord(errorRecordFrom(thrown))).toMatchObject({ message: messageOf(thrown), exitCode: 1 });
    }
  });
});
