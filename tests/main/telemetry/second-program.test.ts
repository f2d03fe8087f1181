import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { TelemetryFault } from '../../../main/telemetry/loss-ledger.ts';
import type { CsvExport } from '../../../main/telemetry/rows.ts';
import type { TelemetryManager } from '../../../main/telemetry/telemetry-manager.ts';
import type { SessionEntry } from '../../../preload/contract.ts';
import { parseCsv } from './parse-csv.ts';
import { chartSession, frameRow, openTelemetry, temporaryFolder } from './telemetry-folder.ts';

/** Runs the command line on a data folder and returns what it printed as JSON. */
async function lab<T>(dataFolder: string, ...args: string[]): Promise<T> {
  const cli = fileURLToPath(new URL('../../../main/cli.ts', import.meta.url));
  const child = spawn(process.execPath, [cli, ...args, '--json'], {
    env: { ...process.env, CAMERA_LAB_HOME: dataFolder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(exitCode).toBe(0);
  return JSON.parse(printed) as T;
}

/** Records batch after batch until `other` is done; returns how many frames that were. */
async function recordDuring(telemetry: TelemetryManager, sessionId: number, other: Promise<unknown>): Promise<number> {
  let frames = 0;
  let running = true;
  const ended = other.finally(() => {
    running = false;
  });
  while (running) {
    for (let row = 0; row < 20; row++) telemetry.appendFrame(sessionId, frameRow(++frames));
    await telemetry.flush();
    // Gives the other program the processor, and this one its events.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ended;
  return frames;
}

it('lists and exports from a second program while the first records, and neither disturbs the other', async () => {
  const folder = temporaryFolder();
  const telemetry = await openTelemetry(folder);
  const faults: TelemetryFault[] = [];
  telemetry.onFault.subscribe((fault) => faults.push(fault));
  const { id } = await telemetry.startSession(chartSession);
  telemetry.appendFrame(id, frameRow(0));
  await telemetry.flush();

  const listing = lab<SessionEntry[]>(folder, 'sessions');
  const exporting = lab<CsvExport>(folder, 'export-session', String(id), '--out', join(folder, 'exports'));
  const frames = 1 + (await recordDuring(telemetry, id, Promise.all([listing, exporting])));

  const [listed] = await listing;
  expect(listed).toMatchObject({ id, name: 'Chart' });
  expect(listed).not.toHaveProperty('endedAt');
  expect(listed?.frames).toBeGreaterThanOrEqual(1);
  expect(listed?.frames).toBeLessThanOrEqual(frames);

  const { files } = await exporting;
  const exported = files.find(({ path }) => path.endsWith('frames.csv'));
  const [, ...records] = parseCsv(readFileSync(exported?.path ?? '', 'utf8'));
  expect(records).toHaveLength(exported?.rows ?? Number.NaN);
  expect(records.map(([frameId]) => Number(frameId))).toEqual(records.map((_, index) => index));

  expect(await telemetry.endSession(id)).toMatchObject({ frames });
  expect(faults).toEqual([]);
}, 120_000);
