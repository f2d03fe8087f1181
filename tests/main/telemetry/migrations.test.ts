import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { applicationId, databaseVersion } from '../../../main/telemetry/migrations.ts';
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
