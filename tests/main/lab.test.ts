import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Announcer } from '../../main/base/lifetime.ts';
import { createLab, type Lab, type LabOptions } from '../../main/lab.ts';
import { LaneWorkers } from '../../main/runtime/lane-workers.ts';
import { TelemetryManager } from '../../main/telemetry/telemetry-manager.ts';
import type { CallName, CallRequest, CallResponse, ControlDescription, EventName, EventPayload } from '../../preload/contract.ts';
import type { FrameHeader } from '../../preload/frame-wire.ts';
import { nextOf } from '../support/next-announcement.ts';
import { temporaryFiles } from './camera/file/temporary-files.ts';
import { parseCsv } from './telemetry/parse-csv.ts';
import { temporaryFolder } from './telemetry/telemetry-folder.ts';

const files = temporaryFiles();
const mode = '640x360@30';

interface ViewFrame {
  readonly header: FrameHeader;
  /** A copy. */
  readonly pixels: Uint8Array;
}

/** A lab that is used through its contract, as a page would, and closed after the test. */
interface LabBench {
  readonly lab: Lab;
  /** Frames of a view that acknowledges each. */
  readonly frames: Announcer<ViewFrame>;
  readonly events: Announcer<{ readonly name: EventName; readonly payload: EventPayload<EventName> }>;
  call<N extends CallName>(name: N, payload: CallRequest<N>): Promise<CallResponse<N>>;
  /** The next event of that name that `wanted` accepts. */
  next<N extends EventName>(name: N, wanted?: (payload: EventPayload<N>) => boolean): Promise<EventPayload<N>>;
  nextFrame(wanted?: (frame: ViewFrame) => boolean): Promise<ViewFrame>;
}

async function labBench(options: Partial<LabOptions> = {}): Promise<LabBench> {
  const lab = await createLab({ shell: 'http', dataFolder: temporaryFolder(), workerCount: 1, ...options });
  onTestFinished(() => lab.close());
  const frames = new Announcer<ViewFrame>();
  const events: LabBench['events'] = new Announcer();
  const { service } = lab;
  service.subscribe((name, payload) => events.announce({ name, payload }));
  service.openView('main', {
    send: async (header, pixels) => {
      frames.announce({ header, pixels: pixels.slice() });
      queueMicrotask(() => void service.call('view.acknowledge', { viewId: 'main', frameId: header.frameId }));
    },
  });
  const next: LabBench['next'] = async (name, wanted = () => true) => {
    const heard = await nextOf(events, `the event ${name}`, (event) => event.name === name && wanted(event.payload as never));
    return heard.payload as never;
  };
  const call: LabBench['call'] = async (name, payload) => {
    const outcome = await service.call(name, payload);
    if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
    return outcome.result as never;
  };
  return { lab, frames, events, call, next, nextFrame: (wanted = () => true) => nextOf(frames, 'a frame', wanted) };
}

/** The simulator, small. */
async function streamingBench(options: Partial<LabOptions> = {}): Promise<LabBench> {
  const bench = await labBench(options);
  await bench.call('source.open', { sourceId: 'simulator:chart', modeId: mode });
  return bench;
}

const meanOf = (pixels: Uint8Array): number => pixels.reduce((sum, value) => sum + value, 0) / pixels.length;

describe('misuse', () => {
  it('keeps the running stream when a file or source cannot be opened', async () => {
    const { call, nextFrame } = await streamingBench();
    await expect(call('source.openFile', { path: join(files.folder(), 'none.raw') })).rejects.toThrow('file.missing: ');
    await expect(call('source.open', { sourceId: 'webcam' })).rejects.toThrow('camera.unknown-source: ');
    expect(await call('stream.state', {})).toMatchObject({ phase: 'streaming', sourceId: 'simulator:chart', modeId: mode });
    expect((await nextFrame()).header.width).toBe(640);
  });

  it('refuses calls that need a source, a session or another processor', async () => {
    const { call } = await labBench();
    const values = { exposure_ev: 1 };
    await expect(call('stream.start', {})).rejects.toThrow('stream.wrong-phase: ');
    await expect(call('control.set', { values: { exposure: 1 } })).rejects.toThrow('control.no-camera: ');
    await expect(call('recording.start', {})).rejects.toThrow('recording.no-source: ');
    await expect(call('recording.stop', {})).rejects.toThrow('recording.not-running: ');
    await expect(call('session.export', { sessionId: 4 })).rejects.toThrow('telemetry.unknown-session: ');
    const known = (await call('processor.list', {})).map(({ id }) => id).join(', ');
    const unknown = `processor.unknown: Expected a processor of the lab (${known}) but received no-isp`;
    await expect(call('parameter.set', { processorId: 'no-isp', values })).rejects.toThrow(unknown);
    await expect(call('parameter.get', { processorId: 'no-isp' })).rejects.toThrow(unknown);
    await expect(call('parameter.applyLoadTime', { processorId: 'no-isp', values: {} })).rejects.toThrow(unknown);
  });

  it('refuses to record into a data folder that is a file, says so, and streams on', async () => {
    const dataFolder = await files.write('data', 'mine');
    const { call, nextFrame } = await streamingBench({ dataFolder });
    await expect(call('recording.start', {})).rejects.toThrow(/^telemetry\.unavailable: Expected [^\n]*data/);
    await expect(call('session.list', {})).rejects.toThrow('telemetry.unavailable: ');
    const frame = await nextFrame();
    expect((await nextFrame(({ header }) => header.frameId > frame.header.frameId)).header.width).toBe(640);
    expect(await call('stream.state', {})).toMatchObject({ phase: 'streaming' });
    expect(await readFile(dataFolder, 'utf8')).toBe('mine');
  });

  it('leaves no thread and no open database where the camera fails as it is closed', async () => {
    const lab = await createLab({ shell: 'http', dataFolder: temporaryFolder(), workerCount: 1 });
    const closeStream = lab.stream.close.bind(lab.stream);
    vi.spyOn(lab.stream, 'close').mockImplementation(async () => {
      await closeStream();
      throw new Error('the device is gone');
    });
    const closed = [vi.spyOn(LaneWorkers.prototype, 'close'), vi.spyOn(TelemetryManager.prototype, 'close')];
    onTestFinished(() => void vi.restoreAllMocks());
    await expect(lab.close()).rejects.toThrow('the device is gone');
    for (const close of closed) await expect(close.mock.results[0]?.value).resolves.toBeUndefined();
  });

  it('closes twice, and ends a session that is running', async () => {
    const dataFolder = temporaryFolder();
    const { lab, call, nextFrame } = await streamingBench({ dataFolder });
    await call('recording.start', {});
    await nextFrame();
    await Promise.all([lab.close(), lab.close()]);
    await lab.close();
    const { call: callNext } = await labBench({ dataFolder });
    const [session] = await callNext('session.list', {});
    expect(session?.endedAt).toBeDefined();
    expect(session?.frames).toBeGreaterThan(0);
  });
});

describe('a lab that streams', () => {
  it('shows a picture by itself when it is asked to start a source', async () => {
    const { lab, nextFrame } = await labBench({ startSource: true });
    expect(lab.stream.state).toMatchObject({ phase: 'streaming', sourceId: 'simulator:chart' });
    const { header, pixels } = await nextFrame();
    expect(header).toMatchObject({ width: 1920, height: 1080, payloadBytes: 1920 * 1080 * 4 });
    expect(meanOf(pixels)).toBeGreaterThan(80);
    expect(new Set(pixels).size).toBeGreaterThan(100);
  });

  it('acts on a parameter with the next frame, and says with which', async () => {
    const { call, next, nextFrame } = await streamingBench();
    await call('control.set', { values: { motion: 0 } });
    const before = await nextFrame();
    const applied = next('parameter.applied');
    const { version } = await call('parameter.set', { processorId: 'fast-isp', values: { exposure_ev: 2 } });
    expect(version).toBeGreaterThan(before.header.parameterVersion);
    const after = await nextFrame(({ header }) => header.parameterVersion === version);
    const { frameId, sequence, ...rest } = await applied;
    expect(rest).toEqual({ processorId: 'fast-isp', version });
    expect(frameId).toBeGreaterThan(before.header.frameId);
    expect(frameId).toBeLessThanOrEqual(after.header.frameId);
    expect(sequence).toBeLessThanOrEqual(after.header.sequence);
    expect(meanOf(after.pixels)).toBeGreaterThan(meanOf(before.pixels) + 10);
  });

  it('changes its resolution while it streams', async () => {
    const { call, nextFrame } = await streamingBench();
    const values = { output_resolution: 'half' };
    const { version } = await call('parameter.applyLoadTime', { processorId: 'fast-isp', values });
    const { header, pixels } = await nextFrame(({ header: { parameterVersion } }) => parameterVersion === version);
    expect(header).toMatchObject({ width: 320, height: 180 });
    expect(meanOf(pixels)).toBeGreaterThan(80);
  });

  it('goes on where clients do not read their views, and where one listener throws', async () => {
    const { lab, call, next, nextFrame } = await streamingBench();
    for (const view of [1, 2, 3, 4, 5, 6]) {
      lab.service.openView(`stalled ${view}`, { send: () => new Promise(() => undefined) });
      await nextFrame();
    }
    lab.service.subscribe((name) => {
      if (name === 'parameter.applied') throw new Error('a shell that fails');
    });
    const told = next('notice', ({ message }) => message.endsWith('a shell that fails'));
    const { version } = await call('parameter.set', { processorId: 'fast-isp', values: { exposure_ev: 1 } });
    await nextFrame(({ header: { parameterVersion } }) => parameterVersion === version);
    expect(await told).toMatchObject({ level: 'error' });
    const after = await next('status.snapshot', ({ framesShown }) => framesShown > 20);
    expect(after.dropped['no-free-slot']).toBe(0);
  });

  it('announces controls, source defaults and status', async () => {
    const { call, next } = await streamingBench();
    const [changed, snapshot] = [next('control.changed'), next('status.snapshot', ({ framesShown }) => framesShown > 0)];
    await call('control.set', { values: { analogue_gain: 2 } });
    expect(await changed).toContainEqual(expect.objectContaining({ id: 'analogue_gain', value: 2 }));
    const { memory, ...status } = await snapshot;
    expect(status).toMatchObject({ slotsTotal: 39, latencyMillis: { median: expect.any(Number) } });
    const budgeted = memory.filter(({ budgetBytes = 0 }) => budgetBytes > 0).map(({ consumer }) => consumer);
    expect(budgeted).toEqual(['view', 'recorder', 'fusion', 'plug-ins']);
    const [fastIsp] = await call('processor.list', {});
    const { values } = await call('parameter.get', { processorId: 'fast-isp' });
    const red = fastIsp?.parameters.find(({ name }) => name === 'wb_red_gain');
    expect(red?.defaultValue).toBe(values.wb_red_gain);
    expect(red?.defaultValue).not.toBe(1);
  });
});

describe('camera controls', () => {
  const motion = (list: readonly ControlDescription[]): ControlDescription | undefined => list.find(({ id }) => id === 'motion');

  it('are in effect from the frame that is announced, and no write stops the stream', async () => {
    const { call, next, nextFrame, events } = await streamingBench();
    const phases: string[] = [];
    events.subscribe(({ name, payload }) => {
      if (name === 'stream.state') phases.push((payload as EventPayload<'stream.state'>).phase);
    });
    const before = await nextFrame();
    const inEffect = next('control.changed', (list) => motion(list)?.effectiveAtSequence !== undefined);
    expect(await call('control.set', { values: { motion: 0, noise: 0 } })).toMatchObject([
      { id: 'noise', requested: 0, applied: 0 },
      { id: 'motion', requested: 0, applied: 0 },
    ]);
    const { effectiveAtSequence = -1, ...rest } = motion(await inEffect) as ControlDescription;
    expect(rest).toMatchObject({ value: 0, desired: 0, drifted: false });
    expect(effectiveAtSequence).toBeGreaterThan(before.header.sequence);
    await nextFrame(({ header }) => header.sequence >= effectiveAtSequence);
    expect((await call('control.reset', {})).map(({ id, applied }) => [id, applied])).toContainEqual(['motion', 1]);
    expect(motion(await call('control.list', {}))).not.toHaveProperty('desired');
    expect(phases).toEqual([]);
  });

  it('are as the user left them when the camera is opened the next time', async () => {
    const dataFolder = temporaryFolder();
    const { lab, call } = await streamingBench({ dataFolder });
    await expect(call('control.set', { values: { motion: 0, exposure: 7 } })).rejects.toThrow(
      'from 100 to 33000 µs for exposure',
    );
    await call('control.set', { values: { motion: 0, analogue_gain: 2.5 } });
    await lab.close();
    const { call: callNext } = await streamingBench({ dataFolder });
    const list = await callNext('control.list', {});
    expect(list.filter(({ desired }) => desired !== undefined).map(({ id, value }) => [id, value])).toEqual([
      ['analogue_gain', 2.5],
      ['motion', 0],
    ]);
  });

  it('are named and set aside where their file is damaged, and the lab goes on', async () => {
    const dataFolder = temporaryFolder();
    const { lab, call } = await streamingBench({ dataFolder });
    await call('control.set', { values: { motion: 0 } });
    await lab.close();
    const [file = ''] = await readdir(join(dataFolder, 'controls'));
    await writeFile(join(dataFolder, 'controls', file), 'no JSON');
    const { call: callNext, next, nextFrame } = await labBench({ dataFolder });
    const notice = next('notice', ({ code }) => code === 'control.damaged-profile');
    await callNext('source.open', { sourceId: 'simulator:chart' });
    expect((await notice).message).toContain(`${file}.damaged`);
    expect(motion(await callNext('control.list', {}))?.value).toBe(1);
    expect((await nextFrame()).header.width).toBe(1920);
  });
});

describe('a recording', () => {
  it('yields rows, and CSV files that hold as many', async () => {
    const { call, next, nextFrame } = await streamingBench();
    const started = next('session.changed');
    const { id } = await call('recording.start', { name: 'bench' });
    expect(await started).toMatchObject({ id, name: 'bench' });
    expect(await call('stream.state', {})).toMatchObject({ recordingSessionId: id });
    const { version } = await call('parameter.set', { processorId: 'fast-isp', values: { exposure_ev: 1 } });
    await nextFrame(({ header }) => header.parameterVersion === version);
    const session = await call('recording.stop', {});
    // All processors as the recording began, and the one change.
    const parameterChanges = (await call('processor.list', {})).length + 1;
    expect(session).toMatchObject({ id, source: 'simulator:chart', parameterChanges });
    expect(session.frames).toBeGreaterThanOrEqual(session.stageEvents);
    expect(session.stageEvents).toBeGreaterThan(0);
    expect(await call('stream.state', {})).not.toHaveProperty('recordingSessionId');
    expect(await call('session.list', {})).toEqual([session]);
    const exported = await call('session.export', { sessionId: id });
    const rows = Object.fromEntries(exported.files.map((file) => [basename(file.path), file.rows]));
    expect(rows).toMatchObject({
      'frames.csv': session.frames,
      'stage-events.csv': session.stageEvents,
      'parameter-changes.csv': parameterChanges,
    });
    for (const { path, rows: count } of exported.files) expect(parseCsv(await readFile(path, 'utf8'))).toHaveLength(count + 1);
  });

  it.each([
    ['of the new one', ['open', 'record'], false],
    ['of the old one, which ends', ['record', 'open'], true],
  ] as const)('that is asked for together with another source is one %s: %j', async (_which, order, hasEnded) => {
    const { call } = await streamingBench();
    const path = join(files.folder(), 'flat.raw');
    await writeFile(path, new Uint8Array(new Uint16Array(64 * 48).fill(500).buffer));
    const geometry = { width: 64, height: 48, cfa: 'RGGB', bits: 10, blackLevel: 64, whiteLevel: 1023 } as const;
    const asks = { open: () => call('source.openFile', { path, geometry }), record: () => call('recording.start', {}) };
    await Promise.all(order.map((name) => asks[name]()));
    const [session, ...others] = await call('session.list', {});
    expect(others).toEqual([]);
    expect(session?.source).toBe(hasEnded ? 'simulator:chart' : `file:${path}`);
    expect(session?.endedAt !== undefined).toBe(hasEnded);
    expect((await call('stream.state', {})).recordingSessionId).toBe(hasEnded ? undefined : session?.id);
  });

  it('ends when another source is opened', async () => {
    const { call } = await streamingBench();
    const path = join(files.folder(), 'flat.raw');
    await writeFile(path, new Uint8Array(new Uint16Array(64 * 48).fill(500).buffer));
    const { id } = await call('recording.start', {});
    const geometry = { width: 64, height: 48, cfa: 'RGGB', bits: 10, blackLevel: 64, whiteLevel: 1023 } as const;
    const state = await call('source.openFile', { path, geometry });
    expect(state).toMatchObject({ phase: 'streaming', sourceId: `file:${path}` });
    expect(state).not.toHaveProperty('recordingSessionId');
    const [session] = await call('session.list', {});
    expect(session).toMatchObject({ id, source: 'simulator:chart', endedAt: expect.any(String) });
  });
});
