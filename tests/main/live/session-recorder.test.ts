import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ResourceError } from '../../../main/base/errors.ts';
import { Announcer } from '../../../main/base/lifetime.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { ProcessorDesk } from '../../../main/live/processor-desk.ts';
import { SessionRecorder } from '../../../main/live/session-recorder.ts';
import type { DecisionRow } from '../../../main/telemetry/rows.ts';
import type { TelemetryManager } from '../../../main/telemetry/telemetry-manager.ts';
import type { SessionEntry } from '../../../preload/contract.ts';
import { frameMeta } from '../../support/admissions.ts';
import { nextOf } from '../../support/next-announcement.ts';
import { parseCsv } from '../telemetry/parse-csv.ts';
import { openTelemetry, temporaryFolder } from '../telemetry/telemetry-folder.ts';
import { type LiveBench, liveBenches } from './live-bench.ts';

const bench = liveBenches();

/** Rows of one exported file as records by column. */
type Rows = readonly Readonly<Record<string, string>>[];

interface RecorderBench {
  readonly lab: LiveBench;
  readonly recorder: SessionRecorder;
  readonly telemetry: TelemetryManager;
  /** Every session announced so far. */
  readonly announced: readonly SessionEntry[];
  /** The session's rows by file, read from its CSV export. */
  stored(sessionId: number): Promise<Readonly<Record<string, Rows>>>;
}

async function recorderBench(): Promise<RecorderBench> {
  const lab = bench();
  const folder = temporaryFolder();
  const telemetry = await openTelemetry(folder);
  const { stream, controls, dispatcher, ledger, parameters } = lab;
  const processors = new ProcessorDesk([{ declaration: fastIsp.declaration, parameters }]);
  const algorithms = { decided: new Announcer<DecisionRow>() };
  const recorder = new SessionRecorder({ telemetry, stream, controls, dispatcher, ledger, processors, algorithms });
  const announced: SessionEntry[] = [];
  recorder.changed.subscribe((session) => announced.push(session));
  onTestFinished(() => lab.stream.close());
  const stored = async (sessionId: number): Promise<Record<string, Rows>> => {
    const { files } = await telemetry.exportCsv(sessionId, folder);
    const tables = files.map(async ({ path }) => [basename(path, '.csv'), records(await readFile(path, 'utf8'))] as const);
    return Object.fromEntries(await Promise.all(tables));
  };
  return { lab, recorder, telemetry, announced, stored };
}

function records(csv: string): Rows {
  const [header = [], ...rows] = parseCsv(csv);
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])));
}

const columns = (rows: Rows | undefined, ...names: readonly string[]): (string | undefined)[][] =>
  (rows ?? []).map((row) => names.map((name) => row[name]));

describe('misuse', () => {
  it('refuses to record without a source and to stop without a session', async () => {
    const { recorder, announced } = await recorderBench();
    await expect(recorder.start(undefined)).rejects.toMatchObject({ code: 'recording.no-source', exitCode: 2 });
    await expect(recorder.stop()).rejects.toMatchObject({ code: 'recording.not-running', exitCode: 2 });
    expect(announced).toEqual([]);
  });

  it('refuses a second session, also while the first is starting', async () => {
    const { lab, recorder, telemetry } = await recorderBench();
    await lab.streaming();
    const both = await Promise.allSettled([recorder.start('one'), recorder.start('two')]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(both[1]).toMatchObject({ reason: { code: 'recording.running', action: 'Stop it first.' } });
    await expect(recorder.start('three')).rejects.toThrow('no running session but received one');
    await recorder.stop();
    expect(await telemetry.listSessions()).toHaveLength(1);
  });
});

describe('a session whose end cannot be stored', () => {
  it('is over all the same: announced as it was, with the reason for whoever stopped it, and the next one can start', async () => {
    const { lab, recorder, telemetry, announced } = await recorderBench();
    await lab.streaming();
    const started = await recorder.start('doomed');
    const endSession = telemetry.endSession.bind(telemetry);
    telemetry.endSession = () => Promise.reject(new ResourceError('telemetry.disk-full', 'Expected free space'));
    await expect(recorder.stop()).rejects.toMatchObject({ code: 'telemetry.disk-full' });
    expect(recorder.session).toBeUndefined();
    expect(announced).toEqual([started, started]);
    await expect(recorder.stop()).rejects.toMatchObject({ code: 'recording.not-running' });
    telemetry.endSession = endSession;
    const next = await recorder.start('next');
    expect(await recorder.stop()).toMatchObject({ id: next.id, endedAt: expect.any(String) });
  });
});

describe('a session', () => {
  it('is named by the user, or after the source', async () => {
    const { lab, recorder, announced } = await recorderBench();
    await lab.streaming('rig');
    const first = await recorder.start('  ');
    expect(first).toMatchObject({ name: 'rig', source: 'scripted:rig', frames: 0 });
    expect(recorder.session).toEqual(first);
    const ended = await recorder.stop();
    expect(ended.endedAt).toBeDefined();
    expect(recorder.session).toBeUndefined();
    expect(await recorder.start(' night scene ')).toMatchObject({ name: 'night scene' });
    await recorder.stop();
    expect(announced.map(({ name, endedAt }) => [name, endedAt !== undefined])).toEqual([
      ['rig', false],
      ['rig', true],
      ['night scene', false],
      ['night scene', true],
    ]);
  });
});

describe('the rows of a session', () => {
  it('are every frame, shown or lost, and what each stage made of it', async () => {
    const { lab, recorder, stored } = await recorderBench();
    const camera = await lab.streaming();
    const { id } = await recorder.start(undefined);
    for (let frame = 0; frame < 3; frame++) camera.deliver();
    camera.sink.lost('driver-gap', 2);
    await lab.settled();
    const session = await recorder.stop();
    const { frames, 'stage-events': events } = await stored(id);
    expect(columns(frames, 'frame_id', 'sequence', 'drop_reason').sort()).toEqual([
      ['', '', 'driver-gap'],
      ['', '', 'driver-gap'],
      ['1', '1', ''],
      ['2', '2', 'replaced-in-lane'],
      ['3', '3', ''],
    ]);
    expect(columns(events, 'frame_id', 'stage', 'status').sort()).toEqual([
      ['1', 'fast-isp', 'done'],
      ['2', 'fast-isp', 'replaced'],
      ['3', 'fast-isp', 'done'],
    ]);
    expect(columns(events, 'frame_id', 'finished_ns').filter(([, at]) => at === '')).toEqual([['2', '']]);
    expect(session).toMatchObject({ frames: 5, stageEvents: 3, parameterChanges: 1 });
  });

  it('tell when a frame was captured, or where nobody knows, when its loss was noticed', async () => {
    const { lab, recorder, stored } = await recorderBench();
    const camera = await lab.streaming();
    const { id } = await recorder.start(undefined);
    for (let frame = 0; frame < 3; frame++) camera.deliver();
    camera.sink.lost('source-late', 1);
    lab.ledger.recordFrame('no-free-slot', { ...frameMeta(5), sequence: 9 });
    await lab.settled();
    await recorder.stop();
    const { frames = [] } = await stored(id);
    const known = (text: string | undefined): boolean => text !== undefined && text !== '';
    const told = frames.map((row) => [row.drop_reason, known(row.captured_ns), known(row.lost_ns)] as const);
    expect(told.sort()).toEqual([
      ['', true, false],
      ['', true, false],
      ['no-free-slot', true, true],
      ['replaced-in-lane', true, true],
      ['source-late', false, true],
    ]);
    expect(frames.find((row) => row.drop_reason === 'no-free-slot')).toMatchObject({ sequence: '9', captured_ns: '5000000' });
  });
});

describe('a driver whose counter jumps by millions', () => {
  it('does not hold the lab up: the first thousand losses have rows, the log has the number of the others', async () => {
    const { lab, recorder, stored } = await recorderBench();
    const camera = await lab.streaming();
    const { id } = await recorder.start(undefined);
    camera.sink.lost('driver-gap', 2_000_000);
    await recorder.stop();
    const { frames, log } = await stored(id);
    expect(columns(frames, 'drop_reason')).toHaveLength(1000);
    expect(columns(log, 'message')).toEqual([['1999000 more frames were lost at once (driver-gap) than have rows of their own']]);
    expect(lab.ledger.counts(['driver-gap'])).toEqual({ 'driver-gap': 2_000_000 });
  });
});

describe('the rows of a session with a number of frames', () => {
  it('end with exactly as many developed frames as asked for: what is lost until then is beside them, and nothing comes after', async () => {
    const { lab, recorder, announced, stored } = await recorderBench();
    const camera = await lab.streaming();
    const { id } = await recorder.start(undefined, 2);
    camera.sink.lost('driver-gap', 2);
    for (let frame = 0; frame < 3; frame++) camera.deliver();
    await lab.settled();
    expect(recorder.session).toBeUndefined();
    camera.sink.lost('driver-gap', 7);
    camera.deliver();
    await lab.settled();
    await vi.waitFor(() => expect(announced.at(-1)?.endedAt).toBeDefined());
    const { frames, 'stage-events': events } = await stored(id);
    expect(columns(frames, 'sequence', 'drop_reason').sort()).toEqual([
      ['', 'driver-gap'],
      ['', 'driver-gap'],
      ['1', ''],
      ['2', 'replaced-in-lane'],
      ['3', ''],
    ]);
    expect(columns(events, 'status').filter(([status]) => status === 'done')).toHaveLength(2);
  });
});

describe('the rows of a session that runs', () => {
  it('are counted, for whoever looks and whoever listens', async () => {
    const { lab, recorder, telemetry } = await recorderBench();
    const camera = await lab.streaming();
    const { id } = await recorder.start(undefined);
    camera.deliver();
    await lab.settled();
    expect(await telemetry.listSessions()).toMatchObject([{ id, frames: 1, stageEvents: 1 }]);
    const progress = await nextOf(recorder.progressed, 'the progress', ({ frames }) => frames > 0);
    expect(progress).toMatchObject({ id, frames: 1, stageEvents: 1, parameterChanges: 1 });
    expect(progress).not.toHaveProperty('endedAt');
    expect(recorder.session).toEqual(progress);
    await recorder.stop();
  });

  it('begin with the values of its start, and go on with each later version and control write', async () => {
    const { lab, recorder, stored } = await recorderBench();
    const camera = await lab.streaming();
    lab.parameters.set({ exposure_ev: -1 });
    await lab.controls.set({ gain: 7 });
    const { id } = await recorder.start(undefined);
    lab.parameters.set({ exposure_ev: 1.5 });
    await lab.controls.set({ gain: 9 });
    await lab.controls.set({ gain: 2 });
    const sequence = camera.deliver();
    await lab.controls.set({ gain: 3 });
    await lab.settled();
    await recorder.stop();
    camera.deliver();
    await lab.settled();
    const { 'parameter-changes': changes, 'control-writes': writes } = await stored(id);
    const exposures = (changes ?? []).map(({ values = '' }) => JSON.parse(values).exposure_ev);
    expect(exposures).toEqual([-1, 1.5]);
    // Overtaken before a frame, in effect from a frame on, and cut off by the end of the session.
    expect(columns(writes, 'control', 'requested', 'applied', 'effective_at_sequence', 'origin')).toEqual([
      ['gain', '9', '8', '', 'user'],
      ['gain', '2', '2', String(sequence), 'user'],
      ['gain', '3', '3', '', 'user'],
    ]);
  });

  it('are nothing from before its start and after its end', async () => {
    const { lab, recorder, stored } = await recorderBench();
    const camera = await lab.streaming();
    camera.deliver();
    await lab.settled();
    const { id } = await recorder.start(undefined);
    await recorder.stop();
    camera.deliver();
    camera.sink.lost('bad-buffer', 1);
    lab.parameters.set({ exposure_ev: 1 });
    await lab.settled();
    const { frames, 'stage-events': events, 'parameter-changes': changes } = await stored(id);
    expect([frames, events, changes].map((rows) => rows?.length)).toEqual([0, 0, 1]);
  });
});
