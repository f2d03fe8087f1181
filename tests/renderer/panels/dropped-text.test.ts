import { expect, test } from 'vitest';
import { droppedText } from '../../../renderer/panels/scope/dropped-text.ts';

const dropped = (files: readonly File[], text = '') => droppedText({ files: files as unknown as FileList, getData: () => text });

test('what is longer than any schema is no text to import, nor is nothing', async () => {
  expect(await dropped([new File(['x'.repeat(500_001)], 'film.mov')])).toBeUndefined();
  expect(await dropped([], 'x'.repeat(500_001))).toBeUndefined();
  expect(await dropped([])).toBeUndefined();
});

test('a file is read, else the text that was dragged', async () => {
  expect(await dropped([new File(['{ "a": 1 }'], 'a.json')], 'file:///a.json')).toBe('{ "a": 1 }');
  expect(await dropped([], '{ "b": 2 }')).toBe('{ "b": 2 }');
});
