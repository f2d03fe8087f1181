import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { CaseOutput } from '../measurement.ts';
import { benchFrame, benchStageEvent, framesPerSample, samples } from './telemetry-rows.ts';

/** The floor of telemetry: the same rows through plain prepared inserts in one transaction, without thread, index or trigger. */
const folder = await mkdtemp(join(tmpdir(), 'camera-lab-bench-'));
const database = new SqliteDatabase(join(folder, 'plain.sqlite'));
database.pragma('journal_mode = WAL');
database.pragma('synchronous = NORMAL');
database.exec(`
  CREATE TABLE frame (session_id, frame_id, sequence, captured_ns, width, height, controls);
  CREATE TABLE stage_event (session_id, frame_id, stage, status, queued_ns, started_ns, finished_ns, parameter_version, model_hash);
`);
const insertFrame = database.prepare('INSERT INTO frame VALUES (?, ?, ?, ?, ?, ?, ?)');
const insertStageEvent = database.prepare('INSERT INTO stage_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
const insertSample = database.transaction(() => {
  for (let frameId = 1; frameId <= framesPerSample; frameId++) {
    const frame = benchFrame(frameId);
    insertFrame.run(
      1,
      frame.frameId,
      frame.sequence,
      frame.capturedNs,
      frame.width,
      frame.height,
      JSON.stringify(frame.controls),
    );
    const { stage, status, queuedNs, startedNs, finishedNs, parameterVersion, modelHash } = benchStageEvent(frameId);
    insertStageEvent.run(1, frameId, stage, status, queuedNs, startedNs, finishedNs, parameterVersion, modelHash);
  }
});

const samplesMillis: number[] = [];
for (let sample = 0; sample < samples.warmUp + samples.kept; sample++) {
  const start = performance.now();
  insertSample();
  if (sample >= samples.warmUp) samplesMillis.push(performance.now() - start);
}
database.close();
await rm(folder, { recursive: true });
const totalMillis = samplesMillis.reduce((sum, millis) => sum + millis, 0);
const rowsPerSecond = Math.round((2 * framesPerSample * samples.kept * 1000) / totalMillis);
const output: CaseOutput = { samplesMillis, counts: { 'rows a sample': 2 * framesPerSample, 'rows a second': rowsPerSecond } };
process.stdout.write(JSON.stringify(output));
