import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { TelemetryFault } from '../../../main/telemetry/loss-ledger.ts';
import { chartSession, databaseIn, frameRow, openTelemetry, temporaryFolder } from './telemetry-folder.ts';

/** Every file of a folder with the hash of its content. */
function fingerprint(folder: string): string[] {
  return readdirSync(folder).map(
    (name) =>
      `${name} ${createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')}`,
  );
}

async function expectRefusal(folder: string, code: string): Promise<void> {
  const before = fingerprint(folder);
  await expect(openTelemetry(folder)).rejects.toMatchObject({
    code,
    exitCode: 1,
    message: expect.stringContaining(databaseIn(folder)),
    action: expect.stringMatching(/\w/),
  });
  expect(fingerprint(folder)).toEqual(before);
}

async function closedDatabase(): Promise<string> {
  const folder = temporaryFolder();
  const telemetry = await openTelemetry(folder);
  await telemetry.startSession(chartSession);
  await telemetry.close();
  return folder;
}

describe('a file that is damaged where rows are appended', () => {
  it.each(['frame', 'stage_event_by_session', 'session', 'log'])(
    'in %s takes no session, and is left as it was',
    async (name) => {
      const folder = await closedDatabase();
      const intact = new SqliteDatabase(databaseIn(folder));
      const page = intact.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(name) as number;
      const pageBytes = intact.pragma('page_size', { simple: true }) as number;
      intact.close();
      const bytes = readFileSync(databaseIn(folder));
      bytes.fill(0x2a, (page - 1) * pageBytes, page * pageBytes);
      writeFileSync(databaseIn(folder), bytes);
      const before = fingerprint(folder);
      const telemetry = await openTelemetry(folder);
      await expect(telemetry.startSession(chartSession)).rejects.toMatchObject({ code: 'telemetry.corrupt', exitCode: 1 });
      await telemetry.close();
      expect(fingerprint(folder)).toEqual(before);
    },
  );
});

describe('a file that is refused is left as it was', () => {
  it('another kind of file', async () => {
    const folder = temporaryFolder();
    writeFileSync(databaseIn(folder), 'holiday pictures\n'.repeat(100));
    await expectRefusal(folder, 'telemetry.foreign-file');
  });

  it('a few stray bytes', async () => {
    const folder = temporaryFolder();
    writeFileSync(databaseIn(folder), 'x');
    await expectRefusal(folder, 'telemetry.foreign-file');
  });

  it('the database of another program', async () => {
    const folder = temporaryFolder();
    const other = new SqliteDatabase(databaseIn(folder));
    other.exec('CREATE TABLE bookmark (url TEXT)');
    other.close();
    await expectRefusal(folder, 'telemetry.foreign-file');
  });

  it('a database of a newer version', async () => {
    const folder = await closedDatabase();
    const newer = new SqliteDatabase(databaseIn(folder));
    newer.pragma('user_version = 9000');
    newer.close();
    await expectRefusal(folder, 'telemetry.newer-version');
  });

  it('a database that was cut short', async () => {
    const folder = await closedDatabase();
    truncateSync(databaseIn(folder), 8192);
    await expectRefusal(folder, 'telemetry.corrupt');
  });

  it('a folder of that name', async () => {
    const folder = temporaryFolder();
    mkdirSync(databaseIn(folder));
    await expect(openTelemetry(folder)).rejects.toMatchObject({
      code: 'telemetry.foreign-file',
      message: expect.stringContaining('a folder'),
    });
    expect(readdirSync(databaseIn(folder))).toEqual([]);
  });

  it('a database whose schema is garbage', async () => {
    const folder = await closedDatabase();
    const bytes = readFileSync(databaseIn(folder));
    writeFileSync(databaseIn(folder), bytes.fill(0xa5, 100, 4096));
    await expectRefusal(folder, 'telemetry.corrupt');
  });
});

describe('a place that cannot be written to', () => {
  it('names a data folder that is a file, leaves the file, and works as soon as it is moved away', async () => {
    const folder = join(temporaryFolder(), 'data');
    writeFileSync(folder, 'a file of the user');
    await expect(openTelemetry(folder)).rejects.toMatchObject({
      code: 'telemetry.not-a-folder',
      exitCode: 1,
      message: expect.stringContaining(folder),
      action: expect.stringContaining('Move that file away'),
    });
    expect(readFileSync(folder, 'utf8')).toBe('a file of the user');
    renameSync(folder, `${folder}.txt`);
    const telemetry = await openTelemetry(folder);
    expect(await telemetry.listSessions()).toEqual([]);
  });

  it('names a path that leads through a file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(openTelemetry(join(folder, 'file', 'data'))).rejects.toMatchObject({
      code: 'telemetry.not-a-folder',
      exitCode: 1,
    });
  });

  // sysfs refuses new files even to the administrator, whom permission bits would not stop.
  it.runIf(process.platform === 'linux')('names a read-only folder, new or existing', async () => {
    await expect(openTelemetry('/sys/kernel')).rejects.toMatchObject({ code: 'telemetry.not-writable', exitCode: 1 });
    await expect(openTelemetry('/sys/kernel/camera-lab')).rejects.toMatchObject({ code: 'telemetry.not-writable', exitCode: 1 });
  });
});

describe('a full disk', () => {
  it('is named while creating the database', async () => {
    await expect(openTelemetry(temporaryFolder(), 8192)).rejects.toMatchObject({ code: 'telemetry.disk-full', exitCode: 1 });
  });

  it('costs counted rows, never the caller or what was stored', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder, 256 * 1024);
    const faults: TelemetryFault[] = [];
    telemetry.onFault.subscribe((fault) => faults.push(fault));
    const { id } = await telemetry.startSession(chartSession);
    let frameId = 0;
    while (faults.length === 0 && frameId < 50_000) {
      for (let row = 0; row < 100; row++) telemetry.appendFrame(id, frameRow(++frameId));
      await telemetry.flush();
    }
    expect(faults[0]).toMatchObject({
      error: { code: 'telemetry.disk-full', action: expect.stringContaining('Free some space') },
    });
    await telemetry.close();

    const grown = await openTelemetry(folder);
    const ended = await grown.endSession(id);
    expect(ended.frames).toBe(frameId - 100);
    expect(ended.frames % 100).toBe(0);
  });

  it('is over when space comes back, and the gap is noted in the session', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder, 256 * 1024);
    const { id } = await telemetry.startSession(chartSession);
    const faults: TelemetryFault[] = [];
    telemetry.onFault.subscribe((fault) => faults.push(fault));
    let frameId = 0;
    while (faults.length === 0) {
      for (let row = 0; row < 500; row++) telemetry.appendFrame(id, frameRow(++frameId));
      await telemetry.flush();
    }
    // A batch of one row still fits into the last page where one of 500 did not.
    telemetry.appendControlWrite(id, { control: 'gain', requested: 1, applied: 1, origin: 'user', atNs: 1n });
    await telemetry.flush();
    await telemetry.close();
    const database = new SqliteDatabase(databaseIn(folder), { readonly: true });
    expect(database.prepare('SELECT frames, control_writes, lost_rows FROM session').get()).toEqual({
      frames: frameId - 500,
      control_writes: 1,
      lost_rows: 500,
    });
    database.close();
  });
});
