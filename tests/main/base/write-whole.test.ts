import files, { mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { describeFolderError, writeNew, writeWhole } from '../../../main/base/write-whole.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camera-lab-write-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** The prototype of every file handle, which Node does not export. */
async function fileHandlePrototype(): Promise<{ sync(): Promise<void>; writeFile(data: unknown): Promise<void> }> {
  await using handle = await open(join(folder, 'probe'), 'w');
  return Object.getPrototypeOf(handle);
}

describe('a new file', () => {
  it('leaves whatever bears its name as it is, whyever it cannot be opened', async () => {
    const path = join(folder, 'a.txt');
    await writeFile(path, 'mine');
    await expect(writeNew(path, 'other')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('exists already'),
    });
    // A name that leads nowhere, and one below a file: refused by the system with other codes than for a taken name.
    await symlink('loop', join(folder, 'loop'));
    await expect(writeNew(join(folder, 'loop'), 'other')).rejects.toMatchObject({ exitCode: 2 });
    await expect(writeNew(join(path, 'b.txt'), 'other')).rejects.toMatchObject({ exitCode: 2 });
    expect(await readFile(path, 'utf8')).toBe('mine');
    expect((await readdir(folder)).sort()).toEqual(['a.txt', 'loop']);
  });

  it('is not removed where opening fails and another made it meanwhile', async () => {
    const path = join(folder, 'a.txt');
    await writeFile(path, 'mine');
    // Whoever runs the tests may be the administrator, whom no permission keeps out: the system's answer is set instead.
    vi.spyOn(files, 'open').mockRejectedValue(Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' }));
    syncBuiltinESMExports();
    onTestFinished(() => {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    });
    await expect(writeNew(path, 'other')).rejects.toThrow('too many open files');
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('is removed where writing it fails after it was made', async () => {
    const prototype = await fileHandlePrototype();
    await rm(join(folder, 'probe'));
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    vi.spyOn(prototype, 'writeFile').mockRejectedValue(full);
    await expect(writeNew(join(folder, 'a.txt'), 'text')).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('the disk is full'),
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a file that is written whole', () => {
  it('is on the disk before it has its name', async () => {
    const prototype = await fileHandlePrototype();
    const path = join(folder, 'a.txt');
    const namesWhenSynced: string[][] = [];
    const { sync } = prototype;
    vi.spyOn(prototype, 'sync').mockImplementation(async function (this: unknown) {
      namesWhenSynced.push((await readdir(folder)).filter((name) => name !== 'probe'));
      await sync.call(this);
    });
    await writeWhole(path, 'text');
    expect(namesWhenSynced).toEqual([[`a.txt.${process.pid}.partial`]]);
    expect(await readFile(path, 'utf8')).toBe('text');
  });

  it('leaves the earlier one where the disk fails', async () => {
    const path = join(folder, 'a.txt');
    await writeWhole(path, 'first');
    vi.spyOn(await fileHandlePrototype(), 'sync').mockRejectedValue(
      Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' }),
    );
    await expect(writeWhole(path, 'second')).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining(path) });
    expect(await readFile(path, 'utf8')).toBe('first');
    expect((await readdir(folder)).sort()).toEqual(['a.txt', 'probe']);
  });

  it.runIf(process.platform === 'linux')('does not call a folder missing that exists and takes no files', async () => {
    await expect(writeWhole('/proc/camera-lab.png', 'text')).rejects.toMatchObject({
      exitCode: 2,
      message: 'Expected a folder that takes new files but received /proc',
    });
  });
});

describe('a folder that cannot be made', () => {
  it.each([
    ['EEXIST', 2, 'Expected a folder but /a/b is a file'],
    ['ENOTDIR', 2, 'Expected a folder but /a/b leads through a file'],
    ['ENOENT', 2, 'Expected a place for the folder /a/b but the system makes none there'],
    ['EACCES', 2, 'Expected a writable folder but received /a'],
    ['ENOSPC', 1, 'Expected to write /a/b but received: the disk is full'],
  ])('is a sentence for %s', (code, exitCode, message) => {
    expect(describeFolderError(Object.assign(new Error('raw'), { code }), '/a/b')).toMatchObject({ exitCode, message });
  });
});
