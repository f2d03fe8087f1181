import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LabService, ShellLab } from '../../../../main/shell/service.ts';
import type { CallOutcome, EventName, EventPayload, SessionEntry } from '../../../../preload/contract.ts';
import { commandLine } from './command-line.ts';

const lab = commandLine();
const stored: SessionEntry = {
  id: 3,
  name: 'Chart',
  source: 'simulator:chart',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:05.000Z',
  frames: 25,
  developed: 9,
  lost: { 'replaced-in-lane': 14, expired: 2 },
  stageEvents: 22,
  parameterChanges: 1,
  lostRows: 0,
};

type Announce = (name: EventName, payload: EventPayload<EventName>) => void;

/** A lab that announces something while it records, and whose session comes to `session`. */
function scriptedLab(session: SessionEntry, during: (announce: Announce) => void = () => undefined) {
  const listeners = new Set<Announce>();
  const announce: Announce = (name, payload) => {
    for (const listener of listeners) listener(name, payload);
  };
  const service: LabService = {
    call: async (name): Promise<CallOutcome<unknown>> => {
      if (name === 'recording.start') during(announce);
      return { ok: true, result: name.startsWith('recording') ? session : {} };
    },
    subscribe: (listener) => {
      listeners.add(listener as Announce);
      return () => void listeners.delete(listener as Announce);
    },
    openView: () => ({ close: () => undefined, [Symbol.dispose]: () => undefined }),
  };
  return { listeners, create: async (): Promise<ShellLab> => ({ service, close: async () => undefined }) };
}

const record = ['record', '--seconds', '0.01'];

/** A disk of 400 KiB; undefined where this user may not mount one. */
function smallDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const place = mkdtempSync(path.join(tmpdir(), 'camera-lab-record-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'camera-lab', place]).status === 0;
  if (isMounted) return place;
  rmSync(place, { recursive: true });
  return undefined;
}

const disk = smallDisk();
if (disk === undefined)
  process.stderr.write('full-disk test of recordings left out: mounting a small disk needs the administrator on Linux\n');

describe.runIf(disk !== undefined)('a disk that fills up while recording', () => {
  it('is told, counted, and ends with 1', async () => {
    const place = disk as string;
    const home = process.env.CAMERA_LAB_HOME;
    onTestFinished(() => {
      process.env.CAMERA_LAB_HOME = home;
      spawnSync('umount', [place]);
      rmSync(place, { recursive: true });
    });
    const data = path.join(place, 'data');
    mkdirSync(data);
    process.env.CAMERA_LAB_HOME = data;
    const run = await lab.run('record', '--mode', '640x360@30', '--seconds', '5', '--json');
    expect(run.code).toBe(1);
    expect(run.notes).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Expected free space for telemetry at .*full disk/)]),
    );
    const session: SessionEntry = JSON.parse(run.results.join('\n'));
    expect(session.lostRows).toBeGreaterThan(0);
    expect(run.notes.at(-1)).toBe(
      `Expected every row of session 1 to be stored but ${session.lostRows} could not be. The lines above say why.`,
    );
    expect(new Set(run.notes).size).toBe(run.notes.length);
  }, 60_000);
});

describe('what is lost', () => {
  it('as rows is said after the session and ends with 1', async () => {
    const { create } = scriptedLab({ ...stored, lost: {}, developed: 25, lostRows: 412 });
    expect(await lab.runWith(create, ...record)).toEqual({
      code: 1,
      results: ['Recorded session 3, Chart: 25 frames developed, 0 lost, 22 stage events; 412 rows could not be stored.'],
      notes: ['Expected every row of session 3 to be stored but 412 could not be. The lines above say why.'],
    });
  });

  it('as frames is counted by reason, and is no failure of the command', async () => {
    const { create } = scriptedLab(stored);
    expect(await lab.runWith(create, ...record)).toEqual({
      code: 0,
      results: ['Recorded session 3, Chart: 9 frames developed, 16 (14 replaced-in-lane, 2 expired) lost, 22 stage events.'],
      notes: [],
    });
    const json = await lab.runWith(create, ...record, '--json');
    expect(JSON.parse(json.results.join('\n'))).toEqual(stored);
  });
});

describe('a session whose end cannot be stored', () => {
  it('is told as far as it is, with the reason once', async () => {
    const { endedAt: _, ...running } = stored;
    const full = { code: 'telemetry.disk-full', message: 'Expected free space for telemetry but received a full disk' };
    const { create, listeners } = scriptedLab(running);
    const createFull = async (): Promise<ShellLab> => {
      const made = await create();
      const call: LabService['call'] = async (name, payload) => {
        if (name === 'session.list') return { ok: true, result: [running] };
        if (name !== 'recording.stop') return made.service.call(name, payload);
        for (const listener of listeners) listener('notice', { level: 'error', ...full });
        return { ok: false, error: full };
      };
      return { ...made, service: { ...made.service, call } };
    };
    expect(await lab.runWith(createFull, ...record)).toEqual({
      code: 1,
      results: [expect.stringMatching(/^Recorded session 3, Chart: 9 frames developed/)],
      notes: [`${full.message}.`, 'Session 3 has ended, but its end could not be stored.'],
    });
  });
});

describe('what the lab announces', () => {
  it('is one line each on stderr, none twice, with what to do', async () => {
    const stall = {
      level: 'warning',
      code: 'camera.stalled',
      message: 'No frame came for 2 s\nrestarting',
      action: 'Check the cable',
    } as const;
    const fallback = { level: 'warning', code: 'runtime.provider-fallback', message: 'The CPU runs this stage' } as const;
    const { create, listeners } = scriptedLab(stored, (announce) => {
      for (const notice of [stall, fallback, stall]) announce('notice', notice);
    });
    const { code, notes } = await lab.runWith(create, ...record);
    expect(code).toBe(0);
    expect(notes).toEqual(['No frame came for 2 s restarting. Check the cable.', 'The CPU runs this stage.']);
    expect(listeners.size).toBe(0);
  });

  it('is not said twice where the command ends with it', async () => {
    const error = { code: 'camera.gone', message: 'The camera was unplugged' };
    const { create } = scriptedLab(stored, (announce) =>
      setImmediate(() => {
        announce('stream.state', { phase: 'failed', modes: [], processorId: 'fast-isp', error });
        announce('notice', { level: 'error', ...error });
      }),
    );
    expect(await lab.runWith(create, 'record', '--seconds', '86400')).toEqual({
      code: 1,
      results: [],
      notes: ['The camera was unplugged.'],
    });
  });
});
