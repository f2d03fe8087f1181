import { readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { setAside } from '../../../main/base/set-aside.ts';
import { temporaryFolder } from '../telemetry/telemetry-folder.ts';

it('says so where there is nothing to set aside', async () => {
  await expect(setAside(join(temporaryFolder(), 'none.json'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('takes a new name each time, so that nothing that lies there is lost', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'kept.json');
  await symlink('nowhere', `${path}.damaged-2`);
  const asides: string[] = [];
  for (const text of ['first', 'second', 'third']) {
    await writeFile(path, text);
    asides.push(await setAside(path));
  }
  expect(asides).toEqual([`${path}.damaged`, `${path}.damaged-3`, `${path}.damaged-4`]);
  expect(await Promise.all(asides.map((aside) => readFile(aside, 'utf8')))).toEqual(['first', 'second', 'third']);
  expect(await readlink(`${path}.damaged-2`)).toBe('nowhere');
  expect(await readdir(folder)).toHaveLength(4);
});
