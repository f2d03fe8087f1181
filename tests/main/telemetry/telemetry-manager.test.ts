import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { TelemetryFault } from '../../../main/telemetry/loss-ledger.ts';
import { chartSession, databaseIn, frameRow, openTelemetry, stageRow, temporaryFolder } from './telemetry-folder.ts';

const largestNs = 9_223_372_036_854_775_807n;
/** The first integer that a double cannot hold. */
const oddNs = 9_007_199_254_740_993n;

describe('misuse', () => {
  it('refuses to end or export a session that is unknown, and to end one twice', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    await expect(telemetry.endSession(7)).rejects.toMatchObject({ code: 'telemetry.unknown-session', exitCode: 2 });
    await expect(telemetry.exportCsv(7, join(folder, 'exports'))).rejects.toMatchObject({
      code: 'telemetry.unknown-session',
      exitCode: 2,
    });
    const { id } = await telemetry.startSession(chartSession);
    await telemetry.endSession(id);
    await expect(telemetry.endSession(id)).rejects.toMatchObject({ code: 'telemetry.session-ended', exitCode: 2 });
  });

  it('counts and announces a row for a session that does not run, and does not throw', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const faults: TelemetryFault[] = [];
    telemetry.onFault.subscribe((fault) => faults.push(fault));
    const { id } = await telemetry.startSession(chartSession);
    await telemetry.endSession(id);
    telemetry.appendFrame(id, frameRow(1));
    telemetry.appendFrame(id, frameRow(2));
    await telemetry.close();
    expect(lostByCode(faults)).toEqual({ 'telemetry.session-not-running': 2 });
    expect(query(folder, 'SELECT frames, lost_rows FROM session')).toEqual([{ frames: 0, lost_rows: 2 }]);
  });

  it('loses only the row that SQLite refuses, and notes the loss in the session', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const faults: TelemetryFault[] = [];
    telemetry.onFault.subscribe((fault) => faults.push(fault));
    const { id } = await telemetry.startSession(chartSession);
    telemetry.appendFrame(id, frameRow(1));
    telemetry.appendFrame(id, { ...frameRow(2), capturedNs: largestNs + 1n });
    telemetry.appendFrame(id, frameRow(3));
    await telemetry.close();
    expect(faults).toMatchObject([{ lostRows: 1, error: { code: 'telemetry.row-refused' } }]);
    expect(query(folder, 'SELECT frame_id FROM frame')).toEqual([{ frame_id: 1 }, { frame_id: 3 }]);
    expect(query(folder, 'SELECT frames, lost_rows FROM session')).toEqual([{ frames: 2, lost_rows: 1 }]);
  });
});

describe('misuse of a manager that is closed or overrun', () => {
  it('refuses everything after closing, loses rows aloud, and closes twice harmlessly', async () => {
    const telemetry = await openTelemetry(temporaryFolder());
    const faults: TelemetryFault[] = [];
    telemetry.onFault.subscribe((fault) => faults.push(fault));
    const { id } = await telemetry.startSession(chartSession);
    await Promise.all([telemetry.close(), telemetry.close()]);
    telemetry.appendFrame(id, frameRow(1));
    expect(faults).toMatchObject([{ lostRows: 1, error: { code: 'telemetry.session-not-running' } }]);
    await expect(telemetry.startSession(chartSession)).rejects.toMatchObject({ code: 'telemetry.writer-stopped' });
    await expect(telemetry.listSessions()).rejects.toMatchObject({ code: 'telemetry.writer-stopped' });
  });

  it('refuses a number that is none', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    telemetry.appendControlWrite(id, { control: 'gain', requested: Number.NaN, applied: 1, origin: 'user', atNs: 1n });
    await telemetry.endSession(id);
    expect(query(folder, 'SELECT control_writes, lost_rows FROM session')).toEqual([{ control_writes: 0, lost_rows: 1 }]);
  });

  it('announces a batch that no thread can be sent', async () => {
    const telemetry = await openTelemetry(temporaryFolder());
    const faults: TelemetryFault[] = [];
    telemetry.onFault.subscribe((fault) => faults.push(fault));
    const { id } = await telemetry.startSession(chartSession);
    telemetry.appendStageEvent(id, { ...stageRow(1), statistics: { mean: () => 0 } });
    await telemetry.flush();
    expect(faults).toMatchObject([{ lostRows: 1 }]);
  });

  it('loses rows beyond its backlog with a reason instead of growing without bound', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const faults: TelemetryFault[] = [];
    telemetry.onFault.subscribe((fault) => faults.push(fault));
    const { id } = await telemetry.startSession(chartSession);
    // One synchronous loop: the writer's answers cannot arrive in between.
    for (let frameId = 1; frameId <= 100_010; frameId++)
      telemetry.appendControlWrite(id, { control: 'gain', requested: 1, applied: 1, origin: 'user', atNs: 1n });
    await telemetry.endSession(id);
    expect(lostByCode(faults)).toEqual({ 'telemetry.backlog-full': 10 });
    expect(query(folder, 'SELECT control_writes, lost_rows FROM session')).toEqual([{ control_writes: 100_000, lost_rows: 10 }]);
  });
});

describe('batches', () => {
  it('stores a full batch, and a small one, without being asked to', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    for (let frameId = 1; frameId <= 2001; frameId++) telemetry.appendFrame(id, frameRow(frameId));
    await expect.poll(() => query(folder, 'SELECT count(*) AS n FROM frame'), { timeout: 30_000 }).toEqual([{ n: 2001 }]);
  });

  it('has stored every row, in order, when a flush resolves', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    for (let frameId = 1; frameId <= 4500; frameId++) telemetry.appendFrame(id, frameRow(frameId));
    await telemetry.flush();
    const stored = query(folder, 'SELECT frame_id FROM frame ORDER BY rowid') as { frame_id: number }[];
    expect(stored.map((row) => row.frame_id)).toEqual(Array.from({ length: 4500 }, (_, index) => index + 1));
  });

  it('takes a backlog again once the writer has caught up', async () => {
    const telemetry = await openTelemetry(temporaryFolder());
    const faults: TelemetryFault[] = [];
    telemetry.onFault.subscribe((fault) => faults.push(fault));
    const { id } = await telemetry.startSession(chartSession);
    for (let round = 1; round <= 3; round++) {
      for (let row = 1; row <= 50_000; row++)
        telemetry.appendControlWrite(id, { control: 'gain', requested: 1, applied: 1, origin: 'user', atNs: 1n });
      await telemetry.flush();
    }
    await telemetry.endSession(id);
    expect(faults).toEqual([]);
  });
});

describe('append-only', () => {
  it.each(['frame', 'stage_event', 'parameter_change', 'control_write'])('%s refuses UPDATE and DELETE', async (table) => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    telemetry.appendFrame(id, frameRow(1));
    telemetry.appendStageEvent(id, stageRow(1));
    telemetry.appendParameterChange(id, { version: 1, processorId: 'fast-isp', values: { exposure_ev: 0 }, atNs: 1n });
    telemetry.appendControlWrite(id, { control: 'gain', requested: 2, applied: 2, origin: 'user', atNs: 1n });
    await telemetry.close();
    const database = new SqliteDatabase(databaseIn(folder));
    try {
      expect(() => database.exec(`UPDATE ${table} SET session_id = session_id`)).toThrow(`${table} is append-only`);
      expect(() => database.exec(`DELETE FROM ${table}`)).toThrow(`${table} is append-only`);
      expect(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(1);
    } finally {
      database.close();
    }
  });
});

describe('sessions', () => {
  it('lists the newest first, with counts that agree with the rows', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const first = await telemetry.startSession(chartSession);
    const second = await telemetry.startSession({ ...chartSession, name: 'Second' });
    for (let frameId = 1; frameId <= 5000; frameId++) {
      telemetry.appendFrame(first.id, frameRow(frameId));
      telemetry.appendStageEvent(frameId % 2 === 0 ? first.id : second.id, stageRow(frameId));
    }
    telemetry.appendParameterChange(second.id, { version: 2, processorId: 'fast-isp', values: { tone: 'log' }, atNs: 5n });
    const ended = await telemetry.endSession(first.id);
    expect(ended).toMatchObject({
      id: first.id,
      name: 'Chart',
      source: 'simulator:chart',
      frames: 5000,
      developed: 5000,
      lost: {},
      stageEvents: 2500,
      parameterChanges: 0,
      lostRows: 0,
    });
    const listed = await telemetry.listSessions();
    expect(listed.map((session) => session.id)).toEqual([second.id, first.id]);
    expect(listed[0]).toMatchObject({ name: 'Second', frames: 0, stageEvents: 2500, parameterChanges: 1 });
    expect(listed[0]).not.toHaveProperty('endedAt');
    expect(listed[1]).toEqual(ended);
    expect(query(folder, 'SELECT count(*) AS n FROM stage_event GROUP BY session_id')).toEqual([{ n: 2500 }, { n: 2500 }]);
  });

  it('finds them after a restart, and lists one that was never ended without its end', async () => {
    const folder = temporaryFolder();
    const before = await openTelemetry(folder);
    const ended = await before.startSession(chartSession);
    await before.endSession(ended.id);
    const cut = await before.startSession({ ...chartSession, name: 'Cut off' });
    before.appendFrame(cut.id, frameRow(1));
    await before.close();
    const after = await openTelemetry(folder);
    const [newest, oldest] = await after.listSessions();
    expect(newest).toMatchObject({ name: 'Cut off', frames: 1 });
    expect(newest).not.toHaveProperty('endedAt');
    expect(oldest?.endedAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });
});

describe('CSV export', () => {
  it('writes every table with exact 64-bit integers, RFC 4180 quoting and CRLF', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession({ ...chartSession, name: 'Say "cheese",\nplease' });
    telemetry.appendFrame(id, { ...frameRow(1), capturedNs: oddNs });
    telemetry.appendFrame(id, { lostNs: largestNs, controls: {}, dropReason: 'driver-gap' });
    telemetry.appendStageEvent(id, {
      ...stageRow(1),
      status: 'failed',
      finishedNs: oddNs + 2n,
      modelHash: 'abc',
      error: { code: 'isp.failed', message: 'no' },
      statistics: { mean: 0.5 },
    });
    telemetry.appendParameterChange(id, { version: 3, processorId: 'fast-isp', values: { lift: 0.25, on: true }, atNs: oddNs });
    telemetry.appendControlWrite(id, { control: 'gain', requested: 2.5, applied: 2, origin: 'user', atNs: -1n });
    const { files, folder: exported } = await telemetry.exportCsv(id, join(folder, 'exports'));

    expect(files.map(({ path, rows }) => [basename(path), rows])).toEqual([
      ['session.csv', 1],
      ['frames.csv', 2],
      ['stage-events.csv', 1],
      ['parameter-changes.csv', 1],
      ['control-writes.csv', 1],
      ['log.csv', 0],
      ['decisions.csv', 0],
    ]);
    const text = (name: string): string => readFileSync(join(exported, name), 'utf8');
    expect(text('session.csv')).toContain('"Say ""cheese"",\nplease",simulator:chart,"{""cfa"":""RGGB"",""bits"":10}"');
    expect(text('frames.csv')).toBe(
      'frame_id,sequence,captured_ns,width,height,controls,drop_reason,lost_ns\r\n' +
        '1,1,9007199254740993,1920,1080,"{""exposure"":8000,""gain"":1.5}",,\r\n' +
        ',,,,,{},driver-gap,9223372036854775807\r\n',
    );
    expect(text('stage-events.csv')).toContain(
      '1,fast-isp,failed,1,2,9007199254740995,1,abc,"{""code"":""isp.failed"",""message"":""no""}","{""mean"":0.5}"\r\n',
    );
    expect(text('parameter-changes.csv')).toContain('3,fast-isp,"{""lift"":0.25,""on"":true}",9007199254740993\r\n');
    expect(text('control-writes.csv')).toContain('gain,2.5,2,,user,-1\r\n');
  });
});

describe('CSV export beside other work', () => {
  it('never touches an earlier export and leaves no unfinished one', async () => {
    const folder = temporaryFolder();
    const exports = join(folder, 'exports');
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    mkdirSync(exports);
    writeFileSync(join(exports, `session-${id}`), 'a file of the user');
    const [first, second] = [await telemetry.exportCsv(id, exports), await telemetry.exportCsv(id, exports)];
    expect([basename(first.folder), basename(second.folder)]).toEqual([`session-${id}-2`, `session-${id}-3`]);
    expect(readFileSync(join(exports, `session-${id}`), 'utf8')).toBe('a file of the user');
    expect(readdirSync(exports).sort()).toEqual([`session-${id}`, `session-${id}-2`, `session-${id}-3`]);
  });

  it('keeps storing rows while it exports, and the export shows one instant', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    for (let frameId = 1; frameId <= 20_000; frameId++) telemetry.appendFrame(id, frameRow(frameId));
    const exporting = telemetry.exportCsv(id, join(folder, 'exports'));
    for (let frameId = 20_001; frameId <= 30_000; frameId++) telemetry.appendFrame(id, frameRow(frameId));
    const { files } = await exporting;
    const exportedRows = files[1]?.rows ?? 0;
    expect(exportedRows).toBeGreaterThanOrEqual(20_000);
    expect(
      readFileSync(files[1]?.path ?? '', 'utf8')
        .trimEnd()
        .split('\r\n'),
    ).toHaveLength(exportedRows + 1);
    expect(await telemetry.endSession(id)).toMatchObject({ frames: 30_000 });
  });

  it('names a folder that it cannot create', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    writeFileSync(join(folder, 'file'), '');
    const exporting = telemetry.exportCsv(id, join(folder, 'file', 'exports'));
    await expect(exporting).rejects.toMatchObject({
      code: 'telemetry.not-a-folder',
      message: expect.stringContaining(join(folder, 'file')),
    });
  });
});

function lostByCode(faults: readonly TelemetryFault[]): Record<string, number> {
  const lost: Record<string, number> = {};
  for (const { error, lostRows } of faults) lost[error.code] = (lost[error.code] ?? 0) + lostRows;
  return lost;
}

function query(folder: string, sql: string): unknown[] {
  const database = new SqliteDatabase(databaseIn(folder), { readonly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}
