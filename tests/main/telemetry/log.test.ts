import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { TelemetryFault } from '../../../main/telemetry/loss-ledger.ts';
import { migrate } from '../../../main/telemetry/migrations.ts';
import type { LogRow } from '../../../main/telemetry/rows.ts';
import { parseCsv } from './parse-csv.ts';
import { chartSession, databaseIn, frameRow, openTelemetry, temporaryFolder } from './telemetry-folder.ts';

function logRow(message: string, traits: Partial<LogRow> = {}): LogRow {
  const what = { level: 'warning', area: 'memory', code: 'housekeeping.lease-overdue', message } as const;
  return { ...what, atNs: 9_007_199_254_740_993n, loggedAt: '2026-01-01T00:00:00.000Z', ...traits };
}

describe('the log', () => {
  it('takes no row of a session that does not run, nor any after the end, and counts them', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const faults: TelemetryFault[] = [];
    telemetry.onFault.subscribe((fault) => faults.push(fault));
    telemetry.appendLog(7, logRow('of another'));
    await telemetry.close();
    telemetry.appendLog(undefined, logRow('too late'));
    expect(faults).toMatchObject([{ lostRows: 1, error: { code: 'telemetry.session-not-running' } }]);
    const database = new SqliteDatabase(databaseIn(folder), { readonly: true });
    expect(database.prepare('SELECT count(*) FROM log').pluck().get()).toBe(0);
    database.close();
  });

  it('is append-only, and keeps rows with and without a session', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    telemetry.appendLog(undefined, logRow('before'));
    const { id } = await telemetry.startSession(chartSession);
    telemetry.appendLog(id, logRow('within', { detail: { owner: 'view 3', leases: 2 } }));
    await telemetry.endSession(id);
    await telemetry.close();
    const database = new SqliteDatabase(databaseIn(folder));
    const rows = database.prepare('SELECT session_id, level, area, message, at_ns, detail FROM log').safeIntegers().raw().all();
    expect(rows).toEqual([
      [null, 'warning', 'memory', 'before', 9_007_199_254_740_993n, null],
      [BigInt(id), 'warning', 'memory', 'within', 9_007_199_254_740_993n, '{"owner":"view 3","leases":2}'],
    ]);
    expect(database.prepare('SELECT log_entries, lost_rows FROM session').raw().all()).toEqual([[1, 0]]);
    expect(() => database.exec('DELETE FROM log')).toThrow('log is append-only');
    expect(() => database.exec("UPDATE log SET message = ''")).toThrow('log is append-only');
    database.close();
  });

  it('goes with its session into the export, and nothing else does', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const first = await telemetry.startSession(chartSession);
    const second = await telemetry.startSession(chartSession);
    for (const id of [undefined, first.id, second.id]) telemetry.appendLog(id, logRow(`of ${id}, "quoted"`));
    const { folder: exported } = await telemetry.exportCsv(second.id, join(folder, 'exports'));
    const [header, ...rows] = parseCsv(readFileSync(join(exported, 'log.csv'), 'utf8'));
    expect(header).toEqual(['level', 'area', 'code', 'message', 'at_ns', 'logged_at', 'detail']);
    expect(rows.map((row) => row[3])).toEqual([`of ${second.id}, "quoted"`]);
  });

  it('begins in a database of version 3, whose rows stay', async () => {
    const folder = temporaryFolder();
    const old = new SqliteDatabase(databaseIn(folder));
    migrate(old, 3);
    old.exec(`INSERT INTO session (name, source, sensor, started_at, started_ns, app_version, frames)
      VALUES ('old', 'simulator:chart', '{}', '2026-01-01T00:00:00Z', 1, '0.0.1', 5)`);
    old.close();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    telemetry.appendFrame(id, frameRow(1));
    telemetry.appendLog(id, logRow('new'));
    await telemetry.endSession(id);
    expect(await telemetry.listSessions()).toMatchObject([{ frames: 1 }, { name: 'old', frames: 5 }]);
    await telemetry.close();
    const database = new SqliteDatabase(databaseIn(folder), { readonly: true });
    expect(database.prepare('SELECT log_entries FROM session ORDER BY id').pluck().all()).toEqual([0, 1]);
    database.close();
  });
});
