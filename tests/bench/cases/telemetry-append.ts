import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TelemetryManager } from '../../../main/telemetry/telemetry-manager.ts';
import type { CaseOutput } from '../measurement.ts';
import { benchFrame, benchSession, benchStageEvent, framesPerSample, samples } from './telemetry-rows.ts';

/** Rows through the whole of telemetry: appended, sent to the writer thread, stored in the real tables, flushed. */
const folder = await mkdtemp(join(tmpdir(), 'camera-lab-bench-'));
const telemetry = await TelemetryManager.open({ folder, appVersion: 'bench' });
let lostRows = 0;
telemetry.onFault.subscribe((fault) => {
  lostRows += fault.lostRows;
});
const { id } = await telemetry.startSession(benchSession);

const samplesMillis: number[] = [];
let cpuBefore = process.cpuUsage();
for (let sample = 0; sample < samples.warmUp + samples.kept; sample++) {
  if (sample === samples.warmUp) cpuBefore = process.cpuUsage();
  const start = performance.now();
  for (let frameId = 1; frameId <= framesPerSample; frameId++) {
    telemetry.appendFrame(id, benchFrame(frameId));
    telemetry.appendStageEvent(id, benchStageEvent(frameId));
  }
  await telemetry.flush();
  if (sample >= samples.warmUp) samplesMillis.push(performance.now() - start);
}
const cpu = process.cpuUsage(cpuBefore);
await telemetry.endSession(id);
await telemetry.close();
await rm(folder, { recursive: true });
const rows = 2 * framesPerSample * samples.kept;
const totalMillis = samplesMillis.reduce((sum, millis) => sum + millis, 0);
const output: CaseOutput = {
  samplesMillis,
  counts: {
    'rows a sample': 2 * framesPerSample,
    'rows a second': Math.round((rows * 1000) / totalMillis),
    'CPU us a row': Number(((cpu.user + cpu.system) / rows).toFixed(2)),
    'rows lost': lostRows,
  },
};
process.stdout.write(JSON.stringify(output));
