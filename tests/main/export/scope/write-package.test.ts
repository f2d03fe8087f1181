import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePackage } from '../../../../main/export/scope/write-package.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camera-lab-package-'));
});
afterAll(() => rm(folder, { recursive: true }));

const files = [
  { path: 'pyproject.toml', text: 'a' },
  { path: 'src/inner/model.onnx', bytes: Uint8Array.of(1, 2) },
];

describe('a package that cannot be written', () => {
  it('leaves nothing behind when it fails in the middle', async () => {
    // The second file wants the first one to be a folder.
    const failing = [...files, { path: 'pyproject.toml/inside', text: 'b' }];
    await expect(writePackage(failing, join(folder, 'failing'))).rejects.toThrow(/^Expected/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves a folder with something in it as it is', async () => {
    await mkdir(join(folder, 'held'));
    await writeFile(join(folder, 'held', 'notes'), 'mine');
    await expect(writePackage(files, join(folder, 'held'))).rejects.toThrow(
      /^Expected a new or empty folder but .*held has something/,
    );
    expect(await readdir(join(folder, 'held'))).toEqual(['notes']);
    await expect(writePackage(files, join(folder, 'held', 'notes'))).rejects.toThrow(/^Expected a folder but .*notes is|leads/);
    await expect(writePackage(files, join(folder, 'held', 'notes', 'deeper'))).rejects.toThrow(
      /^Expected a folder but .*through a file/,
    );
    await rm(join(folder, 'held'), { recursive: true });
  });

  it('makes no folders above its own', async () => {
    const slip = join(folder, 'slip', 'of', 'a-hand');
    await expect(writePackage(files, slip)).rejects.toThrow(
      `Expected an existing folder but received ${join(folder, 'slip', 'of')}`,
    );
    await expect(writePackage(files, '/proc/camera-lab')).rejects.toThrow(/^Expected a place for the folder \/proc\/camera-lab/);
    expect(await readdir(folder)).toEqual([]);
  });
});

it('gives the folder to the first of two that want it, whole, and to the other its error', async () => {
  const contested = join(folder, 'contested');
  // What a run that was killed has left is in nobody's way.
  await mkdir(`${contested}.${process.pid}.partial`);
  const written = await Promise.allSettled(['a', 'b'].map((text) => writePackage([{ path: 'pyproject.toml', text }], contested)));
  expect(written.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const [refused] = written.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(refused).toMatchObject({ code: 'export.exists', message: expect.stringContaining('contested has something in it') });
  const won = written.findIndex(({ status }) => status === 'fulfilled');
  expect(await readFile(join(contested, 'pyproject.toml'), 'utf8')).toBe(['a', 'b'][won]);
  expect((await readdir(folder)).sort()).toEqual(['contested', `contested.${process.pid}.partial`]);
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
});

it('has the permissions of any new folder', async () => {
  await writePackage(files, join(folder, 'shared'));
  await mkdir(join(folder, 'plain'));
  const [shared, plain] = await Promise.all(['shared', 'plain'].map((name) => stat(join(folder, name))));
  expect(shared?.mode).toBe(plain?.mode);
  for (const name of ['shared', 'plain']) await rm(join(folder, name), { recursive: true });
});

it('writes every file, into a new folder and into an empty one', async () => {
  await mkdir(join(folder, 'empty'));
  for (const name of ['empty', 'new']) {
    await writePackage(files, join(folder, name));
    expect(await readFile(join(folder, name, 'pyproject.toml'), 'utf8')).toBe('a');
    expect([...(await readFile(join(folder, name, 'src/inner/model.onnx')))]).toEqual([1, 2]);
  }
  expect((await readdir(folder)).sort()).toEqual(['empty', 'new']);
});
