import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import SqliteDatabase from 'better-sqlite3';
import { expect, it } from 'vitest';
import { databaseIn, openTelemetry, temporaryFolder } from './telemetry-folder.ts';

/** Runs the writing program until it has stored `rows` for certain, kills it in mid-write and returns the last certain count. */
async function killAfter(folder: string, rows: number): Promise<number> {
  const program = fileURLToPath(new URL('./killed-writer.ts', import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let certain = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    certain = Number(line);
    if (certain >= rows) child.kill('SIGKILL');
  }
  await exited;
  return certain;
}

it('keeps the file and every flushed row when the program is killed in mid-write', async () => {
  const folder = temporaryFolder();
  const certain = [await killAfter(folder, 3000), await killAfter(folder, 7000)];

  const database = new SqliteDatabase(databaseIn(folder));
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  const stored = database.prepare('SELECT count(*) FROM frame GROUP BY session_id ORDER BY session_id').pluck().all() as number[];
  database.close();
  expect(stored).toHaveLength(2);
  expect(stored[0]).toBeGreaterThanOrEqual(certain[0] ?? Number.NaN);
  expect(stored[1]).toBeGreaterThanOrEqual(certain[1] ?? Number.NaN);

  const sessions = await (await openTelemetry(folder)).listSessions();
  expect(sessions.map((session) => session.frames)).toEqual(stored.toReversed());
  expect(sessions.filter((session) => 'endedAt' in session)).toEqual([]);
}, 60_000);
