import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePath } from '../../../main/base/free-path.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camera-lab-free-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a folder that cannot be made is refused', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(() => freePath(join(folder, 'file', 'inside'), 'a', '')).toThrow(/^Expected a folder but .*leads through a file/);
});

test('a name is free once: the next one has a number', async () => {
  for (const name of ['a.json', 'a-2.json', 'a-3.json']) {
    const path = freePath(join(folder, 'new', 'below'), 'a', '.json');
    expect(path).toBe(join(folder, 'new', 'below', name));
    await writeFile(path, '');
  }
});
