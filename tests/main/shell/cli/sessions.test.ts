import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LabService, ShellLab } from '../../../../main/shell/service.ts';
import type { CallOutcome, EventName, EventPayload, StreamState } from '../../../../preload/contract.ts';
import { parseCsv } from '../../telemetry/parse-csv.ts';
import { commandLine } from './command-line.ts';

const lab = commandLine();
const recordBriefly = ['record', '--mode', '640x360@30', '--seconds', '0.6'];

/** A lab whose stream fails as soon as it is recorded. */
function failingLab(closed: () => void): ShellLab {
  let listener: ((name: EventName, payload: EventPayload<EventName>) => void) | undefined;
  const error = { code: 'camera.gone', message: 'The camera was unplugged', action: 'Plug it in again.' };
  const failed: StreamState = { phase: 'failed', modes: [], processorId: 'fast-isp', error };
  const service: LabService = {
    call: async (name): Promise<CallOutcome<unknown>> => {
      if (name === 'recording.start') setImmediate(() => listener?.('stream.state', failed));
      return { ok: true, result: {} };
    },
    subscribe: (next) => {
      listener = next as typeof listener;
      return () => {
        listener = undefined;
      };
    },
    openView: () => ({ close: () => undefined, [Symbol.dispose]: () => undefined }),
  };
  return { service, close: async () => closed() };
}

describe('misuse', () => {
  it('ends a recording whose camera fails at once, with its reason, and closes the lab', async () => {
    let closes = 0;
    const createFailing = async (): Promise<ShellLab> => failingLab(() => void closes++);
    const before = process.listenerCount('SIGINT');
    const { code, results, notes } = await lab.runWith(createFailing, 'record', '--seconds', '86400');
    expect({ code, results, notes }).toEqual({
      code: 1,
      results: [],
      notes: ['The camera was unplugged. Plug it in again.'],
    });
    expect(closes).toBe(1);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('refuses every command that needs a data folder which is a file, and leaves the file alone', async () => {
    const home = process.env.CAMERA_LAB_HOME;
    onTestFinished(() => {
      process.env.CAMERA_LAB_HOME = home;
    });
    const file = lab.path('plain-file');
    await writeFile(file, 'mine');
    process.env.CAMERA_LAB_HOME = file;
    for (const args of [['sessions'], ['export-session', '1'], recordBriefly]) {
      const { code, results, notes } = await lab.run(...args);
      // The folder is a matter of the machine and no slip in the command, also where the refusal crossed the contract.
      expect({ code, results }).toEqual({ code: 1, results: [] });
      expect(notes.join('\n')).toMatch(/^Expected [^\n]*plain-file[^\n]*\.$/);
    }
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it.runIf(process.platform === 'linux')(
    'refuses a data folder that the system never makes, and does not wait for it',
    async () => {
      const home = process.env.CAMERA_LAB_HOME;
      onTestFinished(() => {
        process.env.CAMERA_LAB_HOME = home;
      });
      process.env.CAMERA_LAB_HOME = '/proc/camera-lab';
      for (const args of [['sessions'], recordBriefly]) {
        const { code, results, notes } = await lab.run(...args);
        expect({ code, results }).toEqual({ code: 1, results: [] });
        expect(notes.join('\n')).toMatch(/^Expected a writable place [^\n]*\/proc\/camera-lab[^\n]*\.$/);
      }
      const [finding] = (JSON.parse((await lab.run('doctor', '--json')).results.join('\n')) as { subject: string }[]).filter(
        ({ subject }) => subject === 'Data folder',
      );
      expect(finding).toMatchObject({ state: 'missing', fix: expect.stringContaining('CAMERA_LAB_HOME') });
    },
  );

  it('tells a slip in the command by its exit code, also where the refusal crossed the contract', async () => {
    expect(await lab.run('record', '--mode', '8x8@1')).toMatchObject({ code: 2, results: [] });
  });
});

describe('record, sessions and export-session', () => {
  it('says how to begin while there is no session', async () => {
    expect(await lab.run('sessions')).toEqual({
      code: 0,
      results: ['No session has been recorded yet. `lab record` makes one.'],
      notes: [],
    });
    expect((await lab.run('sessions', '--json')).results).toEqual(['[]']);
  });

  it('records the simulator, lists it and exports what was counted', async () => {
    const recorded = await lab.run(...recordBriefly, '--name', 'first, "try"', '--json');
    expect({ code: recorded.code, notes: recorded.notes }).toEqual({ code: 0, notes: [] });
    const session = JSON.parse(recorded.results.join('\n'));
    expect(session).toMatchObject({ id: 1, name: 'first, "try"', source: 'simulator:chart', parameterChanges: 4 });
    expect(session.frames).toBeGreaterThan(0);
    expect(JSON.parse((await lab.run('sessions', '--json')).results.join('\n'))).toEqual([session]);
    const listing = (await lab.run('sessions')).results.join('\n');
    expect(listing).toMatch(
      /^id +name +source +startedAt +endedAt +frames +developed +lost +stageEvents +parameterChanges +lostRows\n/,
    );
    expect(listing).toMatch(/\n1 +first, "try"[^\n]*$/);
    expect(session.developed + Object.values<number>(session.lost).reduce((sum, count) => sum + count, 0)).toBe(session.frames);

    const exported = await lab.run('export-session', '1', '--out', lab.path('exports'), '--json');
    const { folder, files } = JSON.parse(exported.results.join('\n')) as {
      folder: string;
      files: { path: string; rows: number }[];
    };
    expect(folder).toBe(lab.path('exports/session-1'));
    const counted = { 'frames.csv': session.frames, 'stage-events.csv': session.stageEvents, 'session.csv': 1 };
    expect(Object.fromEntries(files.map(({ path, rows }) => [basename(path), rows]))).toMatchObject(counted);
    for (const { path, rows } of files) {
      expect(dirname(path)).toBe(folder);
      expect(parseCsv(await readFile(path, 'utf8'))).toHaveLength(rows + 1);
    }
  });

  it.each([
    ['/dev/null', /Expected a folder but \/dev\/null is a file/],
    ['/dev/null/exports', /Expected a folder but \/dev\/null\/exports leads through a file/],
    ['/proc/camera-lab', /Expected a place for the folder \/proc\/camera-lab/],
  ])('refuses %s to export to, which is a slip in the command', async (folder, message) => {
    const { code, results, notes } = await lab.run('export-session', '1', '--out', folder);
    expect({ code, results, notes }).toEqual({ code: 2, results: [], notes: [expect.stringMatching(message)] });
  });

  it('exports into a folder of its own each time, by default in the data folder', async () => {
    await lab.run(...recordBriefly);
    const first = await lab.run('export-session', '2');
    expect(first.results[0]).toBe(`Wrote ${lab.path('data/exports/session-2')}`);
    expect(first.results.slice(1).every((line) => /^ {2}\S+\.csv: \d+ rows$/.test(line))).toBe(true);
    expect((await lab.run('export-session', '2')).results[0]).toBe(`Wrote ${lab.path('data/exports/session-2-2')}`);
  });
});
