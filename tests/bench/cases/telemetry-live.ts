import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TelemetryManager } from '../../../main/telemetry/telemetry-manager.ts';
import type { CaseOutput } from '../measurement.ts';
import { benchFrame, benchSession, benchStageEvent } from './telemetry-rows.ts';

/**
 * What telemetry costs at 60 frames a second: half of the seconds only tick, the other half also append a frame row and a
 * stage event a tick. The difference in CPU time of the whole process, the writer thread included, is telemetry's share.
 */
const seconds = Number(process.argv[3] ?? '30') / 2;
const frameMillis = 1000 / 60;

/** Calls `perFrame` 60 times a second; returns the CPU share of one core in percent. */
async function runAt60(perFrame: (frameId: number) => void): Promise<number> {
  const start = performance.now();
  const cpuBefore = process.cpuUsage();
  for (let frameId = 1; frameId <= seconds * 60; frameId++) {
    const waitMillis = start + frameId * frameMillis - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMillis)));
    perFrame(frameId);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return (user + system) / 10 / (performance.now() - start);
}

const folder = await mkdtemp(join(tmpdir(), 'camera-lab-bench-'));
const telemetry = await TelemetryManager.open({ folder, appVersion: 'bench' });
const { id } = await telemetry.startSession(benchSession);
const samplesMillis: number[] = [];
const append = (frameId: number): void => {
  const start = performance.now();
  telemetry.appendFrame(id, benchFrame(frameId));
  telemetry.appendStageEvent(id, benchStageEvent(frameId));
  samplesMillis.push(performance.now() - start);
};
const idlePercent = await runAt60(() => undefined);
const appendingPercent = await runAt60(append);
const session = await telemetry.endSession(id);
await telemetry.close();
await rm(folder, { recursive: true });
const output: CaseOutput = {
  samplesMillis: samplesMillis.slice(20),
  counts: {
    'frame rows': session.frames,
    'stage rows': session.stageEvents,
    'CPU % of a core': Number((appendingPercent - idlePercent).toFixed(2)),
    'CPU % ticking only': Number(idlePercent.toFixed(2)),
  },
};
process.stdout.write(JSON.stringify(output));
