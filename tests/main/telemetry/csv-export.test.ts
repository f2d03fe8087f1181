import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from './parse-csv.ts';
import { chartSession, databaseIn, openTelemetry, stageRow, temporaryFolder } from './telemetry-folder.ts';

describe('a failing export', () => {
  it('leaves nothing behind and names the database where that is damaged', async () => {
    const folder = temporaryFolder();
    const recording = await openTelemetry(folder);
    const { id } = await recording.startSession(chartSession);
    for (let frameId = 1; frameId <= 5000; frameId++) recording.appendStageEvent(id, stageRow(frameId));
    await recording.close();
    overwriteEnd(databaseIn(folder), 0.5);

    const exports = join(folder, 'exports');
    const telemetry = await openTelemetry(folder);
    await expect(telemetry.exportCsv(id, exports)).rejects.toMatchObject({
      code: 'telemetry.corrupt',
      exitCode: 1,
      message: expect.stringContaining(databaseIn(folder)),
      action: expect.stringMatching(/\w/),
    });
    expect(readdirSync(exports)).toEqual([]);
  });

  it('of an unknown session creates no folder', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    await expect(telemetry.exportCsv(1, join(folder, 'exports'))).rejects.toMatchObject({
      code: 'telemetry.unknown-session',
      exitCode: 2,
    });
    expect(existsSync(join(folder, 'exports'))).toBe(false);
  });
});

describe('text in a CSV file', () => {
  it.each([
    ['a comma', 'night, tripod'],
    ['quotes', 'the "good" lens'],
    ['a line feed', 'two\nlines'],
    ['a carriage return', 'two\rlines'],
    ['CRLF', 'two\r\nlines'],
    ['other scripts and emoji', 'Prüfbild 测试 تجربة 📷🏳️‍🌈'],
    ['a leading equals sign', '=1+1'],
    ['nothing', ''],
    ['spaces', '  '],
  ])('survives with %s', async (_, name) => {
    expect(await exportedName(name)).toBe(name);
  });

  it('survives whatever it is', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'x') }));
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        const { id } = await telemetry.startSession({ ...chartSession, name: text, source: text });
        const { folder: exported } = await telemetry.exportCsv(id, join(folder, 'exports'));
        const [header = [], values = [], ...rest] = parseCsv(readFileSync(join(exported, 'session.csv'), 'utf8'));
        expect(values).toHaveLength(header.length);
        expect([values[header.indexOf('name')], values[header.indexOf('source')]]).toEqual([text, text]);
        expect(rest).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('numbers in a CSV file', () => {
  it('keep every digit of 64-bit nanoseconds', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    const instants = fc.sample(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { numRuns: 500, seed: 1 });
    for (const atNs of instants)
      telemetry.appendControlWrite(id, { control: 'gain', requested: 0.1 + 0.2, applied: 5e-324, origin: 'user', atNs });
    const { folder: exported } = await telemetry.exportCsv(id, join(folder, 'exports'));
    const [header, ...records] = parseCsv(readFileSync(join(exported, 'control-writes.csv'), 'utf8'));
    expect(header).toEqual(['control', 'requested', 'applied', 'effective_at_sequence', 'origin', 'at_ns']);
    expect(records.map((record) => record[5])).toEqual(instants.map(String));
    expect(new Set(records.map((record) => Number(record[1])))).toEqual(new Set([0.1 + 0.2]));
    expect(new Set(records.map((record) => Number(record[2])))).toEqual(new Set([5e-324]));
  });
});

async function exportedName(name: string): Promise<string | undefined> {
  const folder = temporaryFolder();
  const telemetry = await openTelemetry(folder);
  const { id } = await telemetry.startSession({ ...chartSession, name });
  const { folder: exported } = await telemetry.exportCsv(id, join(folder, 'exports'));
  const [header = [], values = []] = parseCsv(readFileSync(join(exported, 'session.csv'), 'utf8'));
  return values[header.indexOf('name')];
}

/** Overwrites the last `share` of a file, as a failing disk would. */
function overwriteEnd(path: string, share: number): void {
  const bytes = Math.floor(statSync(path).size * share);
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Buffer.alloc(bytes, 0xa5), 0, bytes, statSync(path).size - bytes);
  closeSync(descriptor);
}
