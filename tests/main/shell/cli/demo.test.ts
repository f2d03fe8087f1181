import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../telemetry/parse-csv.ts';
import { commandLine } from './command-line.ts';

const { run, files } = commandLine();

describe('lab demo', () => {
  it('refuses what it does not know', async () => {
    expect(await run('demo', '--frames', '3')).toMatchObject({ code: 2, results: [] });
  });

  it('prints the telemetry of both lanes, and writes no file', async () => {
    const { code, results, notes } = await run('demo');
    expect([code, notes]).toEqual([
      0,
      ['Preview buffer: allocated, pinned, allocated, free. 3 envelopes completed, no lease is open.'],
    ]);
    const [header = [], ...rows] = parseCsv(`${results.join('\n')}\r\n`);
    const cell = (row: readonly string[], name: string): string => row[header.indexOf(name)] as string;
    expect(rows.map((row) => [cell(row, 'stage'), cell(row, 'status'), cell(row, 'error')]).sort()).toEqual([
      ['fast-algo', 'done', ''],
      ['fast-isp', 'done', ''],
      ['fusion-score', 'done', ''],
    ]);
    for (const row of rows) {
      const [queuedNs, startedNs, finishedNs] = ['queued_ns', 'started_ns', 'finished_ns'].map((name) => BigInt(cell(row, name)));
      expect(startedNs).toBeGreaterThan(queuedNs as bigint);
      expect(finishedNs).toBeGreaterThan(startedNs as bigint);
    }
    const statistics = rows.map((row) => JSON.parse(cell(row, 'statistics')) as Record<string, number>);
    expect(statistics.some((found) => (found['sharpness.1'] ?? 0) > 0)).toBe(true);
    expect(await files()).toEqual([]);
  });

  it('prints the same as JSON', async () => {
    const { code, results } = await run('demo', '--json');
    const rows = JSON.parse(results.join('\n')) as {
      stage: string;
      queued_ns: string;
      status: string;
      statistics: { strips: number };
    }[];
    expect([code, rows.map(({ stage, status }) => `${stage} ${status}`).sort()]).toEqual([
      0,
      ['fast-algo done', 'fast-isp done', 'fusion-score done'],
    ]);
    expect(rows.every(({ statistics }) => statistics.strips >= 1)).toBe(true);
    expect(rows.every(({ queued_ns }) => /^\d+$/.test(queued_ns))).toBe(true);
  });
});
