import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageSettingsFile } from '../../../../main/base/data-folder.ts';
import type { Timer } from '../../../../main/base/timer.ts';
import type { ChainMember } from '../../../../main/live/chain/chain-member.ts';
import type { PictureCall } from '../../../../main/processor/chain/picture-call.ts';
import { fileHashes } from '../../../../main/processor/packages/inspect-package.ts';
import { readPackage } from '../../../../main/processor/packages/package-files.ts';
import { PackageSettings } from '../../../../main/processor/packages/package-settings.ts';
import type { ProcessorHandle } from '../../../../main/processor/processor-handle.ts';
import { tellingWork } from '../../../../main/shell/cli/process-chain.ts';
import { codeManifest, codeModule, gainGraph } from '../../processor/packages/package-folder.ts';
import { commandLine, shotBytes, shotGeometry } from './command-line.ts';

const lab = commandLine();

beforeAll(async () => {
  await lab.write('shot.raw', shotBytes);
});

const entry = (processorId: string, changes: object = {}): object => ({
  ...{ key: processorId, processorId, place: 'postprocessor', bypass: false, solo: false, prompts: [], values: {} },
  ...changes,
});

async function processed(
  name: string,
  entries: readonly object[] | string,
  ...more: readonly string[]
): ReturnType<typeof lab.run> {
  const content = typeof entries === 'string' ? entries : JSON.stringify({ schemaVersion: 1, entries });
  const chain = await lab.write(`${name}.json`, content);
  const files = ['--input', lab.path('shot.raw'), '--output', lab.path(`${name}.png`), '--chain', chain];
  return lab.run('process', ...shotGeometry, ...files, ...more);
}

describe('a chain that cannot be had', () => {
  const cases: [string, readonly object[] | string, string][] = [
    ['no JSON', '{', 'Expected a chain in '],
    ['another document', '{"schemaVersion":1}', 'Expected a list for entries in '],
    ['a document of another version', '{"schemaVersion":2,"entries":[]}', 'Expected 1 for schemaVersion in '],
    [
      'a processor that there is not',
      [entry('unsharp')],
      'Expected a processor of the lab but received unsharp: Expected a processor',
    ],
    [
      'a place that a processor does not have',
      [entry('edge-view', { place: 'preprocessor' })],
      'Expected postprocessor as the place of edge-view but received preprocessor',
    ],
    [
      'a parameter that there is not',
      [entry('edge-view', { values: { edge_size: 1 } })],
      'Expected a parameter of edge-view (edge_gain, edge_threshold, edge_overlay, edge_colour) but received edge_size',
    ],
    ['a value out of range', [entry('edge-view', { values: { edge_gain: 11 } })], 'from 0 to 10 for edge_gain'],
    ['a key twice', [entry('edge-view'), entry('edge-view')], 'Expected every key once but received edge-view twice'],
    [
      'a file that is none',
      [entry('lut', { values: { lut_path: '/no/such.cube' } })],
      'lut cannot be built: Expected a readable .cube file but received /no/such.cube',
    ],
  ];
  const named = (processorId: string, values: object): object => entry(processorId, { key: 'my-look', values });
  cases.push(
    [
      'a file that is none, of an entry with a key of its own',
      [named('lut', { lut_path: '/no/such.cube' })],
      'lut (my-look) cannot be built: Expected a readable .cube file',
    ],
    [
      'a model that is none',
      [named('onnx-model', { model_path: '/no/such.onnx' })],
      'onnx-model (my-look) failed: Expected an ONNX model but received /no/such.onnx',
    ],
  );
  it.each(cases)('is refused in one sentence: %s', async (name, entries, message) => {
    const { code, notes, results } = await processed(name.replaceAll(' ', '-'), entries);
    expect([code, results]).toEqual([2, []]);
    expect(notes.join()).toContain(message);
  });

  it('is refused around another stage, and where there is no such file', async () => {
    const slow = await processed('slow', [entry('edge-view')], '--stage', 'slow');
    expect([slow.code, slow.notes.join()]).toEqual([
      2,
      expect.stringContaining('Expected FastISP inside --chain but received SlowISP'),
    ]);
    const files = ['--input', lab.path('shot.raw'), '--output', lab.path('none.png')];
    const none = await lab.run('process', ...shotGeometry, ...files, '--chain', lab.path('none.json'));
    expect([none.code, none.notes.join()]).toEqual([
      2,
      expect.stringContaining('Expected a readable file for --chain but received'),
    ]);
  });
});

describe('lab process --chain', () => {
  it('puts processors around the stage, those that are not bypassed, and tells the time of each', async () => {
    const entries = [
      entry('temporal-denoise', { place: 'preprocessor' }),
      entry('vignette-correction', { values: { vignette_amount: 1 } }),
      entry('false-colour', { bypass: true }),
      entry('unsharp-mask', { values: { unsharp_sigma: 2 } }),
      entry('prompt-style', { prompts: [{ text: 'grey', weight: 1 }] }),
    ];
    const { code, results } = await processed('around', entries, '--json');
    expect(code).toBe(0);
    const { chain, stageMillis, millis } = JSON.parse(results.join()) as {
      chain: { key: string; place: string; millis: number; sharedBy: number }[];
      stageMillis: number;
      millis: number;
    };
    expect(chain.map(({ key, place, sharedBy }) => [key, place, sharedBy])).toEqual([
      ['temporal-denoise', 'preprocessor', 1],
      ['vignette-correction', 'postprocessor', 2],
      ['unsharp-mask', 'postprocessor', 2],
      ['prompt-style', 'postprocessor', 1],
    ]);
    const apart = [chain[0], chain[1], chain[3]].reduce((sum, one) => sum + (one?.millis ?? Number.NaN), stageMillis);
    expect(apart).toBeLessThanOrEqual(millis + 0.05);
    const { data } = decode(await readFile(lab.path('around.png')));
    // The prompt makes it grey: three equal channels, but for rounding.
    const spread = Array.from({ length: data.length / 4 }, (_, pixel) => {
      const rgb = [0, 1, 2].map((channel) => data[pixel * 4 + channel] as number);
      return Math.max(...rgb) - Math.min(...rgb);
    });
    expect(Math.max(...spread)).toBeLessThanOrEqual(1);
  });

  it('tells what entries that share a session take alone, where that is asked for', async () => {
    const entries = [entry('vignette-correction'), entry('unsharp-mask'), entry('prompt-style'), entry('edge-view')];
    const refused = await processed('compared', entries, '--compare');
    expect([refused.code, refused.notes.join()]).toEqual([
      2,
      expect.stringContaining('Expected --chain and --json beside --compare'),
    ]);
    const { code, results } = await processed('compared', entries, '--compare', '--json');
    expect(code).toBe(0);
    const { sessions } = JSON.parse(results.join()) as {
      sessions: { keys: string[]; togetherMillis: number; oneByOneMillis: number; aloneMillis: number[]; turns: number }[];
    };
    expect(sessions.map(({ keys }) => keys)).toEqual([['vignette-correction', 'unsharp-mask']]);
    const [{ togetherMillis = 0, oneByOneMillis = 0, aloneMillis = [], turns = 0 } = {}] = sessions;
    expect([togetherMillis > 0, aloneMillis.length, turns >= 3]).toEqual([true, 2, true]);
    expect(oneByOneMillis).toBeGreaterThanOrEqual(Math.max(...aloneMillis));
    for (const millis of [togetherMillis, oneByOneMillis, ...aloneMillis]) expect(String(millis)).toMatch(/^\d+(\.\d\d?)?$/);
  });

  it('leaves the picture alone where nothing is in the chain', async () => {
    expect((await processed('empty', [])).code).toBe(0);
    const plain = ['--input', lab.path('shot.raw'), '--output', lab.path('plain.png')];
    expect((await lab.run('process', ...shotGeometry, ...plain)).code).toBe(0);
    expect(await readFile(lab.path('empty.png'))).toEqual(await readFile(lab.path('plain.png')));
  });
});

describe('a package that takes long over the one frame', () => {
  function working(timers: (() => void)[], notes: string[]) {
    const work = Promise.withResolvers<void>();
    const handle = { callOnPictures: () => work.promise } as unknown as ProcessorHandle;
    const item = {
      key: 'my-look',
      processorId: 'slow-look',
      place: 'postprocessor',
      bypass: false,
      solo: false,
      prompts: [],
    } as const;
    const member = { item, offer: { handle } } as unknown as ChainMember;
    const timer: Timer = (_, callback) => {
      timers.push(callback);
      return () => timers.splice(timers.indexOf(callback), 1);
    };
    const told = tellingWork(member, (text) => notes.push(text), timer);
    return { work, done: told.offer.handle.callOnPictures?.({} as PictureCall) };
  }

  it('is told of every ten seconds, until it is done', async () => {
    const [timers, notes]: [(() => void)[], string[]] = [[], []];
    const { work, done } = working(timers, notes);
    for (const _ of [1, 2]) timers.pop()?.();
    expect(notes).toEqual([
      'slow-look (my-look) has worked on the frame for 10 s; Ctrl-C gives it up.',
      'slow-look (my-look) has worked on the frame for 20 s; Ctrl-C gives it up.',
    ]);
    work.resolve();
    await done;
    expect(timers).toEqual([]);
  });

  it('is told of no more after it has failed, which is told as before', async () => {
    const [timers, notes]: [(() => void)[], string[]] = [[], []];
    const { work, done } = working(timers, notes);
    work.reject(new Error('no luck'));
    await expect(done).rejects.toThrow('no luck');
    expect([timers, notes]).toEqual([[], []]);
  });
});

describe('a package that never ends', () => {
  /** A package that is trusted, in the folder of packages of the command line's data folder. */
  async function trustedPackage(id: string, module: string): Promise<void> {
    const folder = lab.path(`data/processors/${id}`);
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/processor.json`, JSON.stringify(codeManifest(id)));
    await writeFile(`${folder}/processor.js`, module);
    const settings = await PackageSettings.open(packageSettingsFile(lab.path('data')));
    const files = await readPackage(folder);
    await settings.trust(files.hash, id, new Date(), fileHashes(files));
  }

  it('is given up by Ctrl-C with its copy, the only one that was made', async () => {
    await trustedPackage('never-ends', `console.log('loading'); while (true) {}`);
    // Packages are read in the order of their folders: this one is before the other.
    await trustedPackage('a-bystander', codeModule('a-bystander', gainGraph));
    const chain = await lab.write('never-ends.json', JSON.stringify({ schemaVersion: 1, entries: [entry('never-ends')] }));
    const copies = lab.path('copies');
    await mkdir(copies);
    const cli = fileURLToPath(new URL('../../../../main/cli.ts', import.meta.url));
    const files = ['--input', lab.path('shot.raw'), '--output', lab.path('never.png'), '--chain', chain];
    const environment = { ...process.env, TMPDIR: copies };
    const child = spawn(process.execPath, [cli, 'process', ...shotGeometry, ...files], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await new Promise((resolve) => child.stderr.once('data', resolve));
    expect(await readdir(copies)).toEqual([expect.stringMatching(/^camera-lab-package-/)]);
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))).toBe('SIGINT');
    expect(await readdir(copies)).toEqual([]);
  });
});
