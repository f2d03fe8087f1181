import { expect, test } from 'vitest';
import { faultText } from '../../../renderer/store/fault-text.ts';

test.each([
  [
    'Expected a file at /x but it does not exist',
    'Check the path.',
    'Expected a file at /x but it does not exist. Check the path.',
  ],
  ['The camera is gone.', 'Plug it in again.', 'The camera is gone. Plug it in again.'],
  ['Is it busy?', 'Close the other program.', 'Is it busy? Close the other program.'],
  ['The camera is gone', undefined, 'The camera is gone'],
  ['The camera is gone', '', 'The camera is gone'],
])('%s + %s', (message, action, text) => {
  expect(faultText({ message, action })).toBe(text);
});
