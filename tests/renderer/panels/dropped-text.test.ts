import { expect, test } from 'vitest';
import { droppedText, listenForJson } from '../../../renderer/panels/scope/dropped-text.ts';

const dropped = (files: readonly Partial<File>[], text = '') =>
  droppedText({ files: files as unknown as FileList, getData: () => text });
const longText = 'x'.repeat(500_001);

test('what is no text to import is refused with what it is', async () => {
  await expect(dropped([new File([longText], 'film.mov')])).rejects.toThrow(
    'Expected JSON of at most 500000 bytes but received film.mov with 500001',
  );
  await expect(dropped([], longText)).rejects.toThrow(
    'Expected JSON of at most 500000 characters but received a text with 500001',
  );
  await expect(dropped([])).rejects.toThrow('Expected a file of JSON or its text but received neither');
  const two = ['a.json', 'b.json'].map((name) => new File(['{}'], name));
  await expect(dropped(two)).rejects.toThrow('Expected one file of JSON but received 2');
  // As a browser does for a folder.
  const folder = { name: 'looks', size: 4096, text: () => Promise.reject(new DOMException('A requested file', 'NotFoundError')) };
  await expect(dropped([folder])).rejects.toThrow('Expected a file that can be read but received looks');
});

test('a file is read, else the text that was dragged', async () => {
  expect(await dropped([new File(['{ "a": 1 }'], 'a.json')], 'file:///a.json')).toBe('{ "a": 1 }');
  expect(await dropped([], '{ "b": 2 }')).toBe('{ "b": 2 }');
});

test('the page hands over what is dropped on it, readable or not, unless a dialog is open', async () => {
  const page = Object.assign(new EventTarget(), { document: { querySelector: (): unknown => null } });
  const taken: Promise<string>[] = [];
  const stop = listenForJson((text) => taken.push(text), page as unknown as Window);
  const drop = (files: readonly File[]): boolean => {
    const dataTransfer = { types: ['Files'], files, getData: () => '' };
    return page.dispatchEvent(Object.assign(new Event('drop', { cancelable: true }), { dataTransfer }));
  };
  expect(drop([new File(['{}'], 'a.json')])).toBe(false);
  expect(drop([new File([longText], 'long.json')])).toBe(false);
  await expect(taken[0]).resolves.toBe('{}');
  await expect(taken[1]).rejects.toThrow('received long.json with 500001');
  page.document.querySelector = () => ({});
  drop([new File(['{}'], 'b.json')]);
  stop();
  expect(drop([new File(['{}'], 'c.json')])).toBe(true);
  expect(taken).toHaveLength(2);
});
