import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putInFolder, putUnderFreeName } from '../../../main/base/free-path.ts';
import { writeNew } from '../../../main/base/write-whole.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camera-lab-free-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a folder that cannot be made is refused', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(putInFolder(join(folder, 'file', 'inside'), 'a', '', async () => undefined)).rejects.toThrow(
    /^Expected a folder but .*leads through a file/,
  );
});

test('what cannot be put under a free name is told at once', async () => {
  const tried: string[] = [];
  const failing = async (path: string): Promise<void> => {
    tried.push(path);
    throw new Error('the disk is full');
  };
  await expect(putUnderFreeName(join(folder, 'full'), '.json', failing)).rejects.toThrow('the disk is full');
  expect(tried).toEqual([join(folder, 'full.json')]);
});

test('a name is free once: the next one has a number, and a link that leads nowhere has its name too', async () => {
  const below = join(folder, 'new', 'below');
  const put = (text: string): Promise<string> => putInFolder(below, 'a', '.json', (path) => writeNew(path, text));
  expect(await put('first')).toBe(join(below, 'a.json'));
  await symlink('nowhere', join(below, 'a-2.json'));
  expect(await put('third')).toBe(join(below, 'a-3.json'));
});

test('those who want the same name at once get one each, with what is theirs in it', async () => {
  const texts = ['a', 'b', 'c', 'd', 'e'];
  const put = (text: string): Promise<string> => putInFolder(join(folder, 'race'), 'one', '', (path) => writeNew(path, text));
  const paths = await Promise.all(texts.map(put));
  expect(await Promise.all(paths.map((path) => readFile(path, 'utf8')))).toEqual(texts);
  expect((await readdir(join(folder, 'race'))).sort()).toEqual(['one', 'one-2', 'one-3', 'one-4', 'one-5']);
});
