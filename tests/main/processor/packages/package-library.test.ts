import { rename, rm } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type PackageEntry, PackageLibrary } from '../../../../main/processor/packages/package-library.ts';
import { PackageSettings } from '../../../../main/processor/packages/package-settings.ts';
import type { VideoTensor } from '../../../../main/processor/video-tensor.ts';
import { codeManifest, codeModule, gainGraph, gainModel, onnxManifest, packageFolders, twoPixels } from './package-folder.ts';

const folders = packageFolders();
const libraries: PackageLibrary[] = [];
let count = 0;

interface Bench {
  readonly root: string;
  readonly library: PackageLibrary;
  /** As if the disk had changed, and had then been quiet for long enough. */
  readonly settle: () => Promise<void>;
  entry(name: string): PackageEntry | undefined;
}

async function bench(): Promise<Bench> {
  count += 1;
  const root = `library-${count}`;
  const settings = await PackageSettings.open(folders.path(root, 'settings.json'));
  let change = (): void => undefined;
  let due = (): void => undefined;
  const library = new PackageLibrary({
    userFolder: folders.path(root, 'own'),
    settings,
    takenIds: ['fast-isp'],
    watch: (_, onChange) => {
      change = onChange;
      return () => undefined;
    },
    schedule: (action) => {
      due = action;
      return () => {
        due = () => undefined;
      };
    },
  });
  libraries.push(library);
  return {
    root,
    library,
    settle: async () => {
      change();
      change();
      due();
      await library.refresh();
    },
    entry: (name) => library.entries.find(({ folder }) => folder.endsWith(`/${name}`)),
  };
}

const data = { 'processor.json': onnxManifest, 'model.onnx': gainModel() };
const code = (body = gainGraph, maximum = 4): Record<string, unknown> => ({
  'processor.json': codeManifest('test'),
  'processor.js': codeModule('test', body, maximum),
});

async function trusted(b: Bench, name: string): Promise<PackageEntry> {
  const found = b.entry(name) as PackageEntry;
  await b.library.trust(found.folder, found.hash as string);
  return b.entry(name) as PackageEntry;
}

afterEach(async () => {
  for (const library of libraries.splice(0)) await library.close();
});

describe('settings that cannot be understood', () => {
  it.each(['{', '{}', '{"schemaVersion":1,"folders":[],"disabled":[],"trusted":{"short":{}}}'])(
    'are refused, so that nothing is trusted: %s',
    async (text) => {
      count += 1;
      const folder = await folders.write(`settings-${count}`, { 'settings.json': text });
      await expect(PackageSettings.open(`${folder}/settings.json`)).rejects.toThrow(
        `Expected the settings of packages in ${folder}`,
      );
    },
  );
});

describe('an inspection', () => {
  it('refuses a folder that is no package of the library', async () => {
    const b = await bench();
    await expect(b.library.inspect('/nowhere')).rejects.toThrow('Expected a folder of a package (none) but received /nowhere');
  });

  it('shows every file before its code has run, and what changed since it was trusted, over a restart too', async () => {
    const b = await bench();
    const files = { ...code('call: () => process.exit(1),'), 'old.txt': 'old' };
    const folder = await folders.write(`${b.root}/own/bad`, files);
    await b.library.refresh();
    const changes = async () => {
      const { files: seen, ...facts } = await b.library.inspect(folder);
      return { ...facts, changes: seen.map(({ path, change }) => [path, change]) };
    };
    const hash = b.entry('bad')?.hash as string;
    const first = await b.library.inspect(folder);
    expect(first).toMatchObject({ folder, hash, isCompared: false });
    expect(first).not.toHaveProperty('trustedAt');
    expect(first.files.map(({ path }) => path)).toEqual(['old.txt', 'processor.js', 'processor.json']);
    expect(first.files[1]?.text).toContain('process.exit(1)');
    expect(b.entry('bad')?.state).toBe('untrusted');

    await trusted(b, 'bad');
    const unchanged = await changes();
    expect(unchanged).toMatchObject({ hash, isCompared: true, trustedAt: expect.stringMatching(/^\d{4}-/) });
    expect(unchanged.changes.every(([, change]) => change === undefined)).toBe(true);

    await rm(`${folder}/old.txt`);
    await folders.write(`${b.root}/own/bad`, { ...code('call: () => process.exit(2),'), 'table.bin': 'x' });
    expect((await changes()).changes).toEqual([
      ['processor.js', 'changed'],
      ['processor.json', undefined],
      ['table.bin', 'added'],
      ['old.txt', 'removed'],
    ]);
    const again = await PackageSettings.open(folders.path(b.root, 'settings.json'));
    expect(Object.keys(again.lastTrusted('test')?.files ?? {})).toEqual(['old.txt', 'processor.js', 'processor.json']);
  });
});

describe('a package that cannot be used', () => {
  it('is listed with its reason, beside those that can', async () => {
    const b = await bench();
    await folders.write(`${b.root}/own/empty`, { 'notes.txt': '' });
    await folders.write(`${b.root}/own/good`, data);
    await folders.write(`${b.root}/own/taken`, { ...data, 'processor.json': { ...onnxManifest, id: 'fast-isp' } });
    await folders.write(`${b.root}/own/twin`, data);
    await b.library.refresh();
    expect(b.library.entries.map(({ state }) => state)).toEqual(['failed', 'ready', 'failed', 'failed']);
    expect(b.entry('empty')?.error?.message).toMatch(/^Expected a folder with a processor\.json/);
    expect(b.entry('taken')?.error).toMatchObject({ code: 'rule.id-unique', action: 'Choose another id.' });
    expect(b.entry('twin')?.error?.message).toBe('Expected an id that no other processor has for id but received scaled');
    await rm(folders.path(b.root, 'own/good'), { recursive: true });
    await b.settle();
    expect(b.entry('twin')?.state).toBe('ready');
  });

  it('harms no other that runs, and is there again once it is mended', async () => {
    const b = await bench();
    await folders.write(`${b.root}/own/good`, data);
    await folders.write(`${b.root}/own/bad`, code('call: () => process.exit(1),'));
    await b.library.refresh();
    expect((await trusted(b, 'bad')).state).toBe('failed');
    const good = b.entry('good')?.ready?.handle;
    const made = (await good?.call({ video: twoPixels(), prompts: [], values: {} })) as { video: VideoTensor };
    expect(made.video.data[4]).toBe(0.5);
    await folders.write(`${b.root}/own/bad`, code());
    await b.settle();
    expect(b.entry('bad')?.state).toBe('untrusted');
    expect((await trusted(b, 'bad')).state).toBe('ready');
    expect(b.entry('good')?.ready?.handle).toBe(good);
  });

  it('is a folder that was added and is gone', async () => {
    const b = await bench();
    await expect(b.library.setFolder(folders.path('nowhere'), true)).rejects.toThrow(
      'Expected a folder that can be read but received',
    );
    const added = await folders.write(`${b.root}-added`, { 'one/processor.json': '{' });
    await b.library.setFolder(added, true);
    expect(b.entry('one')?.state).toBe('failed');
    await rm(added, { recursive: true });
    await b.settle();
    expect(b.library.entries.map(({ folder, state }) => [folder, state])).toEqual([[added, 'failed']]);
    await b.library.setFolder(added, false);
    expect(b.library.entries).toEqual([]);
  });
});

describe('code', () => {
  it('runs after its content has been trusted, and asks again after any change', async () => {
    const b = await bench();
    await folders.write(`${b.root}/own/code`, code());
    await b.library.refresh();
    const before = b.entry('code') as PackageEntry;
    expect(before).toMatchObject({ id: 'test', state: 'untrusted' });
    expect(before.ready).toBeUndefined();
    await folders.write(`${b.root}/own/code`, { 'more.txt': 'changed' });
    await expect(b.library.trust(before.folder, before.hash as string)).rejects.toThrow(`Expected the content ${before.hash}`);
    await b.settle();
    expect((await trusted(b, 'code')).ready?.hash).not.toBe(before.hash);
    await rm(folders.path(b.root, 'own/code/more.txt'));
    await b.settle();
    expect(b.entry('code')?.state).toBe('untrusted');
  });

  it('that was trusted is so in the next run of the lab', async () => {
    const b = await bench();
    await folders.write(`${b.root}/own/code`, code());
    await b.library.refresh();
    const { hash } = await trusted(b, 'code');
    const next = await PackageSettings.open(folders.path(b.root, 'settings.json'));
    expect([next.isTrusted(hash as string), next.isTrusted('0'.repeat(64))]).toEqual([true, false]);
  });
});

describe('a package whose thread is busy', () => {
  it('holds no other up', async () => {
    const b = await bench();
    const gate = folders.path(b.root, 'gate');
    const isShut = `process.getBuiltinModule('node:fs').existsSync(${JSON.stringify(gate)})`;
    await folders.write(`${b.root}/own/slow`, code(`call: ({ video }) => { while (${isShut}); return { video }; },`));
    await folders.write(`${b.root}/own/good`, data);
    await b.library.refresh();
    const slow = (await trusted(b, 'slow')).ready?.handle;
    await folders.write(b.root, { gate: 'shut' });
    let isSlowDone = false;
    const slowCall = slow?.call({ video: twoPixels(), prompts: [], values: {} }).then(() => {
      isSlowDone = true;
    });
    await b.entry('good')?.ready?.handle.call({ video: twoPixels(), prompts: [], values: {} });
    expect(isSlowDone).toBe(false);
    await rm(gate);
    await slowCall;
    expect(isSlowDone).toBe(true);
  });
});

describe('a package that changes on disk', () => {
  it('is loaded anew with the values that it had, as far as they fit', async () => {
    const b = await bench();
    const ranged = (maximum: number): object => ({
      ...onnxManifest,
      params: {
        scaled_gain: { ...onnxManifest.params.scaled_gain, schema: { type: 'number', minimum: 0, maximum, default: 0.5 } },
      },
    });
    await folders.write(`${b.root}/own/data`, data);
    await b.library.refresh();
    const first = b.entry('data')?.ready;
    first?.parameters.set({ scaled_gain: 1.5 });
    await folders.write(`${b.root}/own/data`, { 'processor.json': ranged(3) });
    await b.settle();
    const second = b.entry('data')?.ready;
    expect(second).not.toBe(first);
    expect(second?.parameters.current.values).toEqual({ scaled_gain: 1.5 });
    await folders.write(`${b.root}/own/data`, { 'processor.json': ranged(1) });
    await b.settle();
    expect(b.entry('data')?.ready?.parameters.current.values).toEqual({ scaled_gain: 0.5 });
  });

  it('goes on as it was where the new content is broken', async () => {
    const b = await bench();
    await folders.write(`${b.root}/own/data`, data);
    await b.library.refresh();
    const { ready } = b.entry('data') as PackageEntry;
    await folders.write(`${b.root}/own/data`, { 'model.onnx': 'broken' });
    await b.settle();
    expect(b.entry('data')).toMatchObject({ state: 'failed', error: { code: 'image-model.refused' } });
    expect(b.entry('data')?.ready).toBe(ready);
    await ready?.handle.call({ video: twoPixels(), prompts: [], values: {} });
  });

  it('keeps its values when its folder is renamed', async () => {
    const b = await bench();
    await folders.write(`${b.root}/own/before`, data);
    await b.library.refresh();
    b.entry('before')?.ready?.parameters.set({ scaled_gain: 0.75 });
    await rename(folders.path(b.root, 'own/before'), folders.path(b.root, 'own/after'));
    await b.settle();
    expect(b.entry('before')).toBeUndefined();
    expect(b.entry('after')?.ready?.parameters.current.values).toEqual({ scaled_gain: 0.75 });
  });

  it('is announced once a round, and not where nothing changed', async () => {
    const b = await bench();
    const states: string[][] = [];
    b.library.changed.subscribe((entries) => states.push(entries.map(({ state }) => state)));
    await folders.write(`${b.root}/own/data`, data);
    await b.settle();
    await b.settle();
    expect(states).toEqual([['ready']]);
  });

  it("is heard of through the system's notices", async () => {
    count += 1;
    const root = `library-${count}`;
    await folders.write(`${root}/own/data`, data);
    const settings = await PackageSettings.open(folders.path(root, 'settings.json'));
    const library = new PackageLibrary({ userFolder: folders.path(root, 'own'), settings, takenIds: [] });
    libraries.push(library);
    await library.refresh();
    const gone = new Promise<number>((resolve) => library.changed.subscribe((entries) => resolve(entries.length)));
    await rm(folders.path(root, 'own/data'), { recursive: true });
    expect(await gone).toBeLessThanOrEqual(1);
  });
});

describe('trust that a command beside the lab is given', () => {
  it('is heard of without anything being looked at again, also where nothing had been decided before', async () => {
    count += 1;
    const root = `library-${count}`;
    await folders.write(`${root}/own/code`, code());
    const path = folders.path(root, 'settings.json');
    const settings = await PackageSettings.open(path);
    const library = new PackageLibrary({ userFolder: folders.path(root, 'own'), settings, takenIds: [] });
    libraries.push(library);
    await library.refresh();
    const [entry] = library.entries;
    expect(entry?.state).toBe('untrusted');
    const trusted = new Promise<string | undefined>((resolve) => library.changed.subscribe(([now]) => resolve(now?.state)));
    const command = await PackageSettings.open(path);
    await command.trust(String(entry?.hash), 'test', new Date());
    expect(await trusted).toBe('ready');
  });
});

describe('a package that is not wanted', () => {
  it('is switched off and on', async () => {
    const b = await bench();
    await folders.write(`${b.root}/own/data`, data);
    await b.library.refresh();
    const { folder, ready } = b.entry('data') as PackageEntry;
    await expect(b.library.setDisabled('elsewhere', true)).rejects.toThrow(
      `Expected a folder of a package (${folder}) but received elsewhere`,
    );
    await b.library.setDisabled(folder, true);
    expect(b.entry('data')).toMatchObject({ state: 'disabled' });
    await expect(ready?.handle.call({ video: twoPixels(), prompts: [], values: {} })).rejects.toThrow();
    await b.library.setDisabled(folder, false);
    expect(b.entry('data')?.state).toBe('ready');
  });

  it("is deleted from the user's folder, and from no other", async () => {
    const b = await bench();
    const own = await folders.write(`${b.root}/own/data`, data);
    const other = await folders.write(`${b.root}-others/data-two`, { ...data, 'processor.json': { ...onnxManifest, id: 'two' } });
    await b.library.setFolder(folders.path(`${b.root}-others`), true);
    await expect(b.library.remove(other)).rejects.toThrow(/^Expected a package of .* to remove but received/);
    await b.library.remove(own);
    expect(b.library.entries.map(({ folder }) => folder)).toEqual([other]);
  });
});
