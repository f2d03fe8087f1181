import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Announcer } from '../../main/base/lifetime.ts';
import { createLab } from '../../main/lab.ts';
import type { CallName, CallRequest, CallResponse, EventPayload } from '../../preload/contract.ts';
import { ManualClock } from '../main/camera/manual-clock.ts';
import { parseCsv } from '../main/telemetry/parse-csv.ts';
import { databaseIn, temporaryFolder } from '../main/telemetry/telemetry-folder.ts';
import { nextOf } from '../support/next-announcement.ts';

describe('the housekeeping of a lab', () => {
  it('shows what it finds, once, and keeps it with the session that runs', async () => {
    const clock = new ManualClock();
    const folder = temporaryFolder();
    // No disk has that much room, and no lease of a camera is older than nothing.
    const limits = {
      diskLowBytes: Number.MAX_SAFE_INTEGER,
      leaseMillis: { camera: -1, lane: 1e9, view: 1e9, recorder: 1e9, fusion: -1, 'plug-ins': 1e9 },
    };
    const timer = (millis: number, callback: () => void): (() => void) => clock.after(millis, callback);
    const lab = await createLab({ shell: 'http', dataFolder: folder, workerCount: 1, housekeeping: { limits, timer } });
    onTestFinished(() => lab.close());
    const notices = new Announcer<EventPayload<'notice'>>();
    const codes: string[] = [];
    notices.subscribe(({ code }) => code.startsWith('housekeeping.') && codes.push(code));
    lab.service.subscribe((name, payload) => name === 'notice' && notices.announce(payload as EventPayload<'notice'>));
    const call = async <N extends CallName>(name: N, payload: CallRequest<N>): Promise<CallResponse<N>> => {
      const outcome = await lab.service.call(name, payload);
      if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
      return outcome.result as CallResponse<N>;
    };
    const round = async (code: string): Promise<EventPayload<'notice'>> => {
      const heard = nextOf(notices, `the notice ${code}`, (notice) => notice.code === code);
      clock.advance(2000);
      return heard;
    };
    expect(await round('housekeeping.disk-low')).toMatchObject({
      level: 'warning',
      message: expect.stringMatching(/^\d+ MiB are left/),
      action: 'Free some space, or choose another data folder.',
    });
    await call('source.open', { sourceId: 'simulator:chart', modeId: '640x360@30' });
    const { id } = await call('recording.start', {});
    await nextOf(lab.dispatcher.completed, 'a frame in the ring', ({ event }) => event.status === 'done');
    expect((await round('housekeeping.lease-overdue')).message).toMatch(
      /^\d+ MiB of frame memory have been in use by (the source|merges)/,
    );
    await call('recording.stop', {});
    const { files } = await call('session.export', { sessionId: id });
    const log = files.find(({ path }) => basename(path) === 'log.csv')?.path as string;
    const [header = [], ...rows] = parseCsv(await readFile(log, 'utf8'));
    expect(rows.length).toBeGreaterThanOrEqual(1);
    expect(rows.every((row) => row[header.indexOf('code')] === 'housekeeping.lease-overdue')).toBe(true);
    await lab.close();
    expect(clock.pendingTimers).toBe(0);
    expect(codes.filter((code) => code === 'housekeeping.disk-low')).toHaveLength(1);
    const database = new SqliteDatabase(databaseIn(folder), { readonly: true });
    const stored = database.prepare("SELECT session_id FROM log WHERE code = 'housekeeping.disk-low'").pluck().all();
    database.close();
    expect(stored).toEqual([null]);
  });
});
