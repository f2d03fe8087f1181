import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Announcer } from '../../main/base/lifetime.ts';
import { createLab, type LabOptions } from '../../main/lab.ts';
import type { CallName, CallRequest, CallResponse, EventName, EventPayload } from '../../preload/contract.ts';
import { nextOf } from '../support/next-announcement.ts';
import { StandingTimer } from '../support/standing-timer.ts';
import { codeManifest, codeModule, gainGraph } from './processor/packages/package-folder.ts';
import { parseCsv } from './telemetry/parse-csv.ts';
import { temporaryFolder } from './telemetry/telemetry-folder.ts';

/** A lab through its contract. */
interface Bench {
  readonly dataFolder: string;
  call<N extends CallName>(name: N, payload: CallRequest<N>): Promise<CallResponse<N>>;
  next<N extends EventName>(name: N, wanted?: (payload: EventPayload<N>) => boolean): Promise<EventPayload<N>>;
  close(): Promise<void>;
}

async function openLab(dataFolder = temporaryFolder(), chain: LabOptions['chain'] = {}): Promise<Bench> {
  const lab = await createLab({ shell: 'http', dataFolder, workerCount: 1, chain });
  onTestFinished(() => lab.close());
  const events = new Announcer<{ readonly name: string; readonly payload: unknown }>();
  lab.service.subscribe((name, payload) => events.announce({ name, payload }));
  return {
    dataFolder,
    call: async (name, payload) => {
      const outcome = await lab.service.call(name, payload);
      if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
      return outcome.result as never;
    },
    next: async (name, wanted = () => true) => {
      const heard = await nextOf(events, `the event ${name}`, (event) => event.name === name && wanted(event.payload as never));
      return heard.payload as never;
    },
    close: () => lab.close(),
  };
}

async function writePackage(dataFolder: string, id: string): Promise<string> {
  const folder = join(dataFolder, 'processors', id);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'processor.json'), JSON.stringify(codeManifest(id)));
  await writeFile(join(folder, 'processor.js'), codeModule(id, gainGraph));
  return folder;
}

describe('misuse of the chain', () => {
  it('is refused in one sentence and changes nothing', async () => {
    const { call } = await openLab();
    await expect(call('chain.add', { processorId: 'fast-isp' })).rejects.toThrow('chain.no-processor: ');
    await expect(call('chain.add', { processorId: 'lut', place: 'preprocessor' })).rejects.toThrow('chain.place: ');
    await expect(call('chain.move', { key: 'lut', index: 0 })).rejects.toThrow('chain.unknown: ');
    await call('chain.add', { processorId: 'lut' });
    await expect(call('parameter.set', { processorId: 'lut', values: { lut_strength: 2 } })).rejects.toThrow('out-of-range');
    await expect(call('preset.apply', { processorId: 'lut', name: 'none' })).rejects.toThrow('preset.unknown: ');
    await expect(call('package.trust', { folder: '/nowhere', hash: '0' })).rejects.toThrow('package.no-folder: ');
    expect((await call('chain.get', {})).entries.map(({ key }) => key)).toEqual(['lut']);
  });
});

it('sets what was trusted aside where that cannot be understood, over nothing that lies there', async () => {
  const dataFolder = temporaryFolder();
  const path = join(dataFolder, 'processor-packages.json');
  await writeFile(path, 'no JSON');
  await writeFile(`${path}.damaged`, 'an earlier one');
  const { call } = await openLab(dataFolder);
  const folder = await writePackage(dataFolder, 'mine');
  const { packages } = await call('catalogue.refresh', {});
  await call('package.trust', { folder, hash: String(packages[0]?.hash) });
  const texts = await Promise.all(['.damaged', '.damaged-2'].map((ending) => readFile(`${path}${ending}`, 'utf8')));
  expect(texts).toEqual(['an earlier one', 'no JSON']);
});

describe('the chain of a lab', () => {
  it('offers processors with their facts and schemas, and packages with their state', async () => {
    const { call, dataFolder, next } = await openLab();
    const folder = await writePackage(dataFolder, 'mine');
    const found = await call('catalogue.refresh', {});
    expect(found.packages).toMatchObject([{ folder, id: 'mine', state: 'untrusted', isOwn: true, isOutdated: false }]);
    const changed = next('catalogue.changed', ({ processors }) => processors.some(({ id }) => id === 'mine'));
    await call('package.trust', { folder, hash: String(found.packages[0]?.hash) });
    const mine = (await changed).processors.find(({ id }) => id === 'mine');
    expect(mine).toMatchObject({ origin: 'package', kind: 'graph', folder, usage: ['postprocessor'] });
    expect(mine?.schemas.test_gain).toMatchObject({ type: 'number', minimum: 0, maximum: 4, default: 1 });
    const unsharp = (await call('catalogue.get', {})).processors.find(({ id }) => id === 'unsharp-mask');
    expect(unsharp).toMatchObject({ origin: 'built-in', version: '1.0.0', supportsPrompts: false });
    expect((await call('package.remove', { folder })).packages).toEqual([]);
  });

  it('lists its entries as processors with parameters and presets, and has all of them again after a restart', async () => {
    const first = await openLab();
    const listed = first.next('processor.listed');
    await first.call('chain.add', { processorId: 'unsharp-mask' });
    await first.call('chain.add', { processorId: 'unsharp-mask' });
    expect((await listed).map(({ id }) => id)).toEqual(['fast-isp', 'slow-isp', 'fast-algo', 'slow-algo', 'unsharp-mask']);
    await first.call('parameter.set', { processorId: 'unsharp-mask-2', values: { unsharp_amount: 2 } });
    await first.call('parameter.applyLoadTime', { processorId: 'unsharp-mask-2', values: { unsharp_sigma: 3 } });
    await first.call('preset.save', { processorId: 'unsharp-mask-2', name: ' Strong ' });
    await first.call('chain.setSolo', { key: 'unsharp-mask-2', solo: true });
    await first.close();
    const second = await openLab(first.dataFolder);
    const { entries } = await second.call('chain.get', {});
    expect(entries.map(({ key, name, solo, state }) => [key, name, solo, state])).toEqual([
      ['unsharp-mask', 'Unsharp mask', false, 'bypassed'],
      ['unsharp-mask-2', 'Unsharp mask 2', true, 'running'],
    ]);
    // The presets of a processor serve every entry of it.
    await second.call('preset.apply', { processorId: 'unsharp-mask', name: 'Strong' });
    for (const processorId of ['unsharp-mask', 'unsharp-mask-2']) {
      const { values } = await second.call('parameter.get', { processorId });
      expect(values).toMatchObject({ unsharp_amount: 2, unsharp_sigma: 3 });
    }
    expect(await second.call('preset.delete', { processorId: 'unsharp-mask', name: 'Strong' })).toEqual([]);
  });
});

describe('a chain that frames go through', () => {
  it('says from which frame on it and every value acts, and stores what made each frame', async () => {
    const { call, next } = await openLab();
    await call('source.open', { sourceId: 'simulator:chart', modeId: '640x360@30' });
    const isRunning = next('chain.applied', ({ revision }) => revision >= 2);
    const { revision } = await call('chain.add', { processorId: 'edge-view' });
    await isRunning;
    const session = await call('recording.start', {});
    const applied = next('parameter.applied', ({ processorId, version }) => processorId === 'edge-view' && version === 2);
    await call('parameter.set', { processorId: 'edge-view', values: { edge_gain: 3 } });
    const { frameId } = await applied;
    await next('chain.measured', ([entry]) => (entry?.frames ?? 0) > 0 && entry?.millis !== undefined);
    await call('recording.stop', {});
    const { folder } = await call('session.export', { sessionId: session.id });
    const rows = parseCsv(await readFile(join(folder, 'stage-events.csv'), 'utf8'));
    const [header = [], ...events] = rows;
    const column = (row: readonly string[], name: string): string => row[header.indexOf(name)] ?? '';
    const own = events.filter((row) => column(row, 'stage') === 'chain:edge-view');
    const versionOf = (row: readonly string[]): number => Number(column(row, 'parameter_version'));
    expect(own.length).toBeGreaterThan(0);
    for (const row of own) expect(versionOf(row)).toBe(Number(column(row, 'frame_id')) < frameId ? 1 : 2);
    expect(JSON.parse(column(own[0] as string[], 'statistics'))).toEqual({ chainRevision: revision, sharedBy: 1 });
    const log = parseCsv(await readFile(join(folder, 'log.csv'), 'utf8')).map((row) => row.join(' '));
    expect(log.some((row) => row.includes('chain.changed') && row.includes('edge-view running'))).toBe(true);
  });

  it('is compared with one session each, but not while a session is recorded, and the next one keeps what it is worth', async () => {
    const timer = new StandingTimer();
    const { call, next } = await openLab(temporaryFolder(), { comparison: { timer: timer.timer } });
    await call('source.open', { sourceId: 'simulator:chart', modeId: '640x360@30' });
    const isRunning = next('chain.applied', ({ revision }) => revision >= 3);
    await call('chain.add', { processorId: 'vignette-correction' });
    await call('chain.add', { processorId: 'edge-view' });
    await isRunning;
    const keys = ['vignette-correction', 'edge-view'];
    expect(await call('chain.comparisons', {})).toMatchObject([{ keys }]);
    await call('recording.start', {});
    expect(timer.pending).toBe(0);
    await call('recording.stop', {});
    expect(timer.pending).toBe(1);
    const compared = next('chain.compared', ([one]) => one?.measured !== undefined);
    timer.advance(3000);
    const known = await compared;
    expect(known).toMatchObject([{ keys, measured: { aloneMillis: [expect.any(Number), expect.any(Number)] } }]);
    expect(await call('chain.comparisons', {})).toEqual(known);
    const shares = await next('chain.measured', ([entry]) => entry?.shareMillis !== undefined);
    expect(shares.map(({ key, sharedBy }) => [key, sharedBy])).toEqual(keys.map((key) => [key, 2]));

    const session = await call('recording.start', {});
    await call('recording.stop', {});
    const { folder } = await call('session.export', { sessionId: session.id });
    const [header = [], ...log] = parseCsv(await readFile(join(folder, 'log.csv'), 'utf8'));
    const row = log.find((one) => one[header.indexOf('code')] === 'chain.compared') ?? [];
    expect(JSON.parse(row[header.indexOf('detail')] ?? '')).toEqual({ comparisons: known });
    expect(row[header.indexOf('message')]).toMatch(
      /^vignette-correction, edge-view: [\d.]+ ms of a core as one session, one by one [\d.]+ ms$/,
    );
  });
});
