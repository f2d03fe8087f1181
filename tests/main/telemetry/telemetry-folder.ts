import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FrameRow, StageEventRow } from '../../../main/telemetry/rows.ts';
import { TelemetryManager, telemetryFileName } from '../../../main/telemetry/telemetry-manager.ts';

/** A new folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'camera-lab-telemetry-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A manager over `folder` that is closed after the test. */
export async function openTelemetry(folder: string, maximumBytes?: number): Promise<TelemetryManager> {
  const options = { folder, appVersion: '9.9.9' };
  const telemetry = await TelemetryManager.open(maximumBytes === undefined ? options : { ...options, maximumBytes });
  onTestFinished(() => telemetry.close());
  return telemetry;
}

/** Where the database of a data folder lies. */
export function databaseIn(folder: string): string {
  return join(folder, telemetryFileName);
}

/** What a simulator session starts with. */
export const chartSession = { name: 'Chart', source: 'simulator:chart', sensor: { cfa: 'RGGB', bits: 10 } };

/** A frame as the simulator makes it. */
export function frameRow(frameId: number): FrameRow {
  return {
    frameId,
    sequence: frameId,
    capturedNs: BigInt(frameId),
    width: 1920,
    height: 1080,
    controls: { exposure: 8000, gain: 1.5 },
  };
}

/** A stage event without statistics. */
export function stageRow(frameId: number): StageEventRow {
  return { frameId, stage: 'fast-isp', status: 'finished', queuedNs: 1n, startedNs: 2n, finishedNs: 3n, parameterVersion: 1 };
}
