import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { applicationId, databaseVersion, migrate } from '../../../main/telemetry/migrations.ts';
import { chartSession, databaseIn, frameRow, openTelemetry, temporaryFolder } from './telemetry-folder.ts';

const newerVersion = databaseVersion + 1;

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

async function recordedFolder(): Promise<string> {
  const folder = temporaryFolder();
  const telemetry = await openTelemetry(folder);
  const { id } = await telemetry.startSession(chartSession);
  telemetry.appendFrame(id, frameRow(1));
  await telemetry.endSession(id);
  await telemetry.close();
  return folder;
}

describe('a database of the very next version', () => {
  it('is refused and left byte for byte, with both versions and the way out named', async () => {
    const folder = await recordedFolder();
    const newer = new SqliteDatabase(databaseIn(folder));
    newer.pragma(`user_version = ${newerVersion}`);
    newer.close();
    const before = hashOf(databaseIn(folder));
    await expect(openTelemetry(folder)).rejects.toMatchObject({
      code: 'telemetry.newer-version',
      message: expect.stringMatching(new RegExp(`version ${databaseVersion} .* version ${newerVersion}$`)),
      action: expect.stringContaining('Update Camera Lab'),
    });
    expect(hashOf(databaseIn(folder))).toBe(before);
  });

  it('is refused with its log left alone where a kill kept the version in the log only', async () => {
    const recorded = databaseIn(await recordedFolder());
    const killed = databaseIn(temporaryFolder());
    const newer = new SqliteDatabase(recorded);
    newer.pragma(`user_version = ${newerVersion}`);
    for (const suffix of ['', '-wal']) copyFileSync(`${recorded}${suffix}`, `${killed}${suffix}`);
    newer.close();
    expect(readFileSync(killed).readUInt32BE(60)).toBe(databaseVersion);

    const before = [hashOf(killed), hashOf(`${killed}-wal`)];
    await expect(openTelemetry(killed.slice(0, killed.lastIndexOf('/')))).rejects.toMatchObject({
      code: 'telemetry.newer-version',
    });
    expect([hashOf(killed), hashOf(`${killed}-wal`)]).toEqual(before);
  });
});

describe('migration', () => {
  it('finishes what a kill between creation and the first step left', async () => {
    const folder = temporaryFolder();
    const started = new SqliteDatabase(databaseIn(folder));
    started.pragma(`application_id = ${applicationId}`);
    started.close();
    const telemetry = await openTelemetry(folder);
    expect(await telemetry.startSession(chartSession)).toMatchObject({ id: 1, frames: 0 });
  });

  it('marks the file as the lab’s and runs no step twice', async () => {
    const folder = await recordedFolder();
    const telemetry = await openTelemetry(folder);
    expect(await telemetry.listSessions()).toMatchObject([{ name: 'Chart', frames: 1 }]);
    await telemetry.close();
    const database = new SqliteDatabase(databaseIn(folder), { readonly: true });
    expect(database.pragma('user_version', { simple: true })).toBe(databaseVersion);
    expect(database.pragma('application_id', { simple: true })).toBe(applicationId);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    database.close();
  });

  it('lets several programs create the same database at once', async () => {
    const folder = temporaryFolder();
    const managers = await Promise.all([openTelemetry(folder), openTelemetry(folder), openTelemetry(folder)]);
    const sessions = await Promise.all(managers.map((telemetry) => telemetry.startSession(chartSession)));
    expect(sessions.map(({ id }) => id).sort()).toEqual([1, 2, 3]);
  });
});

describe('a database of an earlier version', () => {
  it('keeps the control writes of version 1, as the user asked for them, and takes values of every kind after them', async () => {
    const folder = temporaryFolder();
    const old = new SqliteDatabase(databaseIn(folder));
    migrate(old, 1);
    old.exec(`INSERT INTO session (name, source, sensor, started_at, started_ns, app_version, control_writes)
      VALUES ('old', 'simulator:chart', '{}', '2026-01-01T00:00:00Z', 1, '0.0.1', 2)`);
    old.exec("INSERT INTO control_write VALUES (1, 'gain', 9, 8, 10), (1, 'exposure', 500.5, 500, 20)");
    old.close();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    const row = { origin: 'algo:ae', effectiveAtSequence: 7, atNs: 30n };
    telemetry.appendControlWrite(id, { control: 'label', requested: '[1]', applied: '[1', ...row });
    telemetry.appendControlWrite(id, { control: 'matrix', requested: [1], applied: [1, 2], origin: 'user', atNs: 40n });
    await telemetry.endSession(id);
    await telemetry.close();
    const database = new SqliteDatabase(databaseIn(folder));
    expect(database.prepare('SELECT * FROM control_write').raw().all()).toEqual([
      [1, 'gain', 9, 8, null, 'user', 10],
      [1, 'exposure', 500.5, 500, null, 'user', 20],
      [2, 'label', '"[1]"', '"[1"', 7, 'algo:ae', 30],
      [2, 'matrix', '[1]', '[1,2]', null, 'user', 40],
    ]);
    expect(database.prepare('SELECT control_writes FROM session').pluck().all()).toEqual([2, 2]);
    expect(() => database.exec('DELETE FROM control_write')).toThrow('control_write is append-only');
    expect(() => database.exec('UPDATE control_write SET applied = 1')).toThrow('control_write is append-only');
    database.close();
  });
});

describe('lost frames', () => {
  it('of a database from before version 5 are counted by reason, and further ones are added', async () => {
    const folder = temporaryFolder();
    const old = new SqliteDatabase(databaseIn(folder));
    migrate(old, 4);
    old.exec(`INSERT INTO session (name, source, sensor, started_at, started_ns, app_version, frames)
      VALUES ('old', 'simulator:chart', '{}', '2026-01-01T00:00:00Z', 1, '0.0.1', 4)`);
    const insert = old.prepare("INSERT INTO frame (session_id, captured_ns, controls, drop_reason) VALUES (1, 1, '{}', ?)");
    for (const reason of [null, 'expired', 'source-late', 'expired']) insert.run(reason);
    old.close();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    telemetry.appendFrame(id, frameRow(1));
    for (let lost = 0; lost < 3; lost++) telemetry.appendFrame(id, { controls: {}, lostNs: 5n, dropReason: 'driver-gap' });
    await telemetry.flush();
    telemetry.appendFrame(id, { ...frameRow(2), dropReason: 'driver-gap' });
    expect(await telemetry.endSession(id)).toMatchObject({ frames: 5, developed: 1, lost: { 'driver-gap': 4 }, lostRows: 0 });
    const [, first] = await telemetry.listSessions();
    expect(first).toMatchObject({ frames: 4, developed: 1, lost: { expired: 2, 'source-late': 1 } });
    expect(await telemetry.session(1)).toEqual(first);
    await telemetry.close();
  });
});

describe('frames from before version 3', () => {
  it('lose the time of a loss as their time of capture, and are otherwise as they were', async () => {
    const folder = temporaryFolder();
    const old = new SqliteDatabase(databaseIn(folder));
    migrate(old, 2);
    const insert =
      old.prepare(`INSERT INTO frame (session_id, frame_id, sequence, captured_ns, width, height, controls, drop_reason)
      VALUES (1, ?, ?, ?, ?, ?, '{}', ?)`);
    old.exec(`INSERT INTO session (name, source, sensor, started_at, started_ns, app_version, frames)
      VALUES ('old', 'simulator:chart', '{}', '2026-01-01T00:00:00Z', 1, '0.0.1', 3)`);
    insert.run(1, 0, 10n, 4, 2, null);
    insert.run(null, null, 20n, null, null, 'source-late');
    insert.run(2, 2, 30n, 4, 2, 'replaced-in-lane');
    old.close();
    const telemetry = await openTelemetry(folder);
    expect(await telemetry.listSessions()).toMatchObject([{ name: 'old', frames: 3 }]);
    await telemetry.close();
    const database = new SqliteDatabase(databaseIn(folder));
    const rows = database.prepare('SELECT frame_id, sequence, captured_ns, drop_reason, lost_ns FROM frame').raw().all();
    expect(rows).toEqual([
      [1, 0, 10, null, null],
      [null, null, null, 'source-late', 20],
      [2, 2, 30, 'replaced-in-lane', null],
    ]);
    expect(() => database.exec('DELETE FROM frame')).toThrow('frame is append-only');
    expect(() => database.exec('UPDATE frame SET lost_ns = 1')).toThrow('frame is append-only');
    database.close();
  });
});
