import { expect, test } from 'vitest';
import { textFile } from '../../../main/processor/code-file.ts';

test.each([
  ['a model', Uint8Array.of(8, 9, 18, 0, 255)],
  ['no UTF-8', Uint8Array.of(0x61, 0xff, 0x62)],
  ['a zero', new TextEncoder().encode('a\u0000b')],
  ['a long file', new TextEncoder().encode('x'.repeat(300_000))],
])('%s has no text, but its size', (_what, bytes) => {
  expect(textFile('file', bytes)).toEqual({ path: 'file', bytes: bytes.length });
});

test('text is told byte for byte, a mark at its start included', () => {
  expect(textFile('a.ts', 'é\r\n\tx')).toEqual({ path: 'a.ts', bytes: 6, text: 'é\r\n\tx' });
  expect(textFile('a.ts', new TextEncoder().encode('\ufeffx')).text).toBe('\ufeffx');
});
