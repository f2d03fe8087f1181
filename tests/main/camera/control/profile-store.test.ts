import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ErrorRecord } from '../../../../main/base/errors.ts';
import { ProfileStore } from '../../../../main/camera/control/profile-store.ts';
import { temporaryFolder } from '../../telemetry/telemetry-folder.ts';

const owner = { id: 'v4l2:usb-0000:00:14.0-1', name: 'A camera' };

interface Bench {
  readonly folder: string;
  readonly store: ProfileStore;
  readonly path: string;
  readonly faults: ErrorRecord[];
}

function bench(folder = join(temporaryFolder(), 'controls')): Bench {
  const store = new ProfileStore(folder);
  const faults: ErrorRecord[] = [];
  store.faults.subscribe((fault) => faults.push(fault));
  return { folder, store, path: store.pathOf(owner.id), faults };
}

/** A store whose device has a file of that content. */
async function benchWith(content: string): Promise<Bench> {
  const made = bench();
  await mkdir(made.folder);
  await writeFile(made.path, content);
  return made;
}

const valid = (controls: object): string => JSON.stringify({ version: 1, device: owner.id, name: owner.name, controls });

describe('a file that is damaged', () => {
  it.each([
    ['no JSON', '{"version": 1,'],
    ['empty', ''],
    ['another layout', '{"version": 1, "controls": []}'],
    ['a value that no control has', valid({ gain: { value: 1 } })],
    ["another device's", valid({}).replace(owner.id, 'v4l2:other')],
    ['a version that never was', '{"version": 0}'],
  ])('(%s) is named, set aside as it is and never overwritten', async (_what, content) => {
    const { folder, store, path, faults } = await benchWith(content);
    expect(await store.load(owner)).toEqual({});
    expect(faults).toMatchObject([{ code: 'control.damaged-profile', message: expect.stringContaining(`${path}.damaged`) }]);
    store.change(owner, [['gain', 2]]);
    await store.saved();
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe(content);
    expect(await store.load(owner)).toEqual({ gain: 2 });
    // The next damage takes the next name.
    await writeFile(path, 'again');
    expect(await store.load(owner)).toEqual({});
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe(content);
    expect(await readFile(`${path}.damaged-2`, 'utf8')).toBe('again');
    expect(await readdir(folder)).toHaveLength(2);
  });
});

describe('what cannot be kept', () => {
  it("is said once where the file is a newer program's, which stays byte for byte", async () => {
    const newer = '{"version": 2, "everything": "is different"}';
    const { store, path, faults } = await benchWith(newer);
    expect(await store.load(owner)).toEqual({});
    store.change(owner, [['gain', 2]]);
    await store.saved();
    expect(await readFile(path, 'utf8')).toBe(newer);
    expect(faults).toMatchObject([{ code: 'control.newer-profile', message: expect.stringContaining('version 2') }]);
  });

  it("is kept again once the newer program's file is gone, and said again when one is back", async () => {
    const newer = '{"version": 2}';
    const { store, path, faults } = await benchWith(newer);
    const kept = async (value: number): Promise<unknown> => {
      store.change(owner, [['gain', value]]);
      await store.saved();
      return JSON.parse(await readFile(path, 'utf8'));
    };
    expect(await kept(2)).toEqual({ version: 2 });
    await rm(path);
    expect(await kept(3)).toMatchObject({ version: 1, controls: { gain: 3 } });
    await writeFile(path, newer);
    expect(await kept(4)).toEqual({ version: 2 });
    expect(faults.map(({ code }) => code)).toEqual(['control.newer-profile', 'control.newer-profile']);
  });

  it.runIf(process.platform === 'linux')('is said in a sentence where the system makes no folder', async () => {
    const { store, faults } = bench('/proc/camera-lab/controls');
    store.change(owner, [['gain', 2]]);
    await store.saved();
    expect(faults).toMatchObject([{ code: 'control.not-kept', action: expect.stringContaining('CAMERA_LAB_HOME') }]);
    expect(faults[0]?.message).toBe(
      `Expected to keep what was set on ${owner.name} but received: Expected a place for the folder /proc/camera-lab/controls but the system makes none there`,
    );
    expect(faults[0]?.exitCode).toBeUndefined();
  });

  it('is said where the folder is no folder, and nothing throws', async () => {
    const file = join(temporaryFolder(), 'controls');
    await writeFile(file, 'mine');
    const { store, faults } = bench(file);
    expect(await store.load(owner)).toEqual({});
    store.change(owner, [['gain', 2]]);
    await store.saved();
    expect(faults.length).toBeGreaterThanOrEqual(1);
    expect(faults[0]?.message).toContain(file);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });
});

describe('a profile', () => {
  it('is empty without a file, and makes no folder for nothing', async () => {
    const { folder, store, faults } = bench();
    expect(await store.load(owner)).toEqual({});
    store.change(owner, []);
    await store.saved();
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
    expect(faults).toEqual([]);
  });

  it('keeps values of every kind over a restart, and forgets what is undefined', async () => {
    const { folder, store } = bench();
    store.change(owner, [
      ['gain', 2.5],
      ['link_frequency', '9223372036854775807'],
      ['matrix', [1, 2, 3]],
      ['flip', 1],
    ]);
    store.change(owner, [['flip', undefined]]);
    await store.saved();
    const { store: next } = bench(folder);
    expect(await next.load(owner)).toEqual({ gain: 2.5, link_frequency: '9223372036854775807', matrix: [1, 2, 3] });
    expect(await next.load({ ...owner, id: 'v4l2:other' })).toEqual({});
  });

  it('has a readable file of its own for each identity, whatever it is made of', async () => {
    const { folder, store } = bench();
    const ids = ['v4l2:a/b', 'v4l2:a:b', 'v4l2:a-b', '../../up', '', 'x'.repeat(400), 'v4l2:Ä', '__proto__'];
    for (const [index, id] of ids.entries()) store.change({ id, name: id }, [['gain', index]]);
    await store.saved();
    const files = await readdir(folder);
    expect(files).toHaveLength(ids.length);
    expect(files.filter((name) => !/^[\w][\w.-]*\.json$|^-[0-9a-f]{12}\.json$/.test(name))).toEqual([]);
    const kept = await Promise.all(ids.map(async (id) => (await store.load({ id, name: id })).gain));
    expect(kept).toEqual(ids.map((_id, index) => index));
    expect(basename(store.pathOf('v4l2:a/b'))).toMatch(/^v4l2-a-b-/);
  });

  it('keeps what another program of the lab has set meanwhile', async () => {
    const { folder, store } = bench();
    const { store: other } = bench(folder);
    store.change(owner, [['gain', 2]]);
    await store.saved();
    other.change(owner, [['flip', 1]]);
    await other.saved();
    store.change(owner, [['gain', 3]]);
    await store.saved();
    expect(await other.load(owner)).toEqual({ gain: 3, flip: 1 });
  });

  it('ends with the last value of many quick changes', async () => {
    const { store } = bench();
    for (let gain = 0; gain < 200; gain++) store.change(owner, [['gain', gain]]);
    await store.saved();
    expect(await store.load(owner)).toEqual({ gain: 199 });
  });
});
