import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { DecisionRow } from '../../../main/telemetry/rows.ts';
import { parseCsv } from './parse-csv.ts';
import { chartSession, databaseIn, openTelemetry, temporaryFolder } from './telemetry-folder.ts';

const row: DecisionRow = {
  frameId: 7,
  sequence: 12,
  algorithm: 'exposure:mean',
  inputs: { meanLight: 0.09, exposureMicros: 10_000 },
  intents: { exposureMicros: 20_000 },
  atNs: 9_007_199_254_740_993n,
};

describe('decisions of algorithms', () => {
  it('are kept with their inputs, append-only, counted and exported', async () => {
    const folder = temporaryFolder();
    const telemetry = await openTelemetry(folder);
    const { id } = await telemetry.startSession(chartSession);
    telemetry.appendDecision(id, row);
    telemetry.appendDecision(id, { ...row, frameId: 8, intents: {} });
    await telemetry.endSession(id);
    const { folder: exported } = await telemetry.exportCsv(id, join(folder, 'exports'));
    await telemetry.close();
    const [header, first, ...others] = parseCsv(readFileSync(join(exported, 'decisions.csv'), 'utf8'));
    expect(header).toEqual(['frame_id', 'sequence', 'algorithm', 'inputs', 'intents', 'at_ns']);
    const [inputs, intents] = [JSON.stringify(row.inputs), JSON.stringify(row.intents)];
    expect(first).toEqual(['7', '12', 'exposure:mean', inputs, intents, '9007199254740993']);
    expect(others).toHaveLength(1);
    const database = new SqliteDatabase(databaseIn(folder));
    expect(database.prepare('SELECT decisions, lost_rows FROM session').raw().all()).toEqual([[2, 0]]);
    expect(() => database.exec('DELETE FROM decision')).toThrow('decision is append-only');
    database.close();
  });
});
