import type { FrameRow, StageEventRow } from '../../../main/telemetry/rows.ts';

/** Frames of one sample, each with one frame row and one stage event, as the lab appends them. */
export const framesPerSample = 5000;

/** Samples of a throughput case, and how many of the first are dropped as warm-up. */
export const samples = { warmUp: 5, kept: 30 };

/** What a session of the simulator starts with. */
export const benchSession = { name: 'Bench', source: 'simulator:chart', sensor: { cfa: 'RGGB', bits: 10 } };

const modelHash = 'ab'.repeat(32);

/** The frame row of a 1080p frame. */
export function benchFrame(frameId: number): FrameRow {
  const controls = { exposure: 8000, gain: 1.5 };
  return { frameId, sequence: frameId, capturedNs: process.hrtime.bigint(), width: 1920, height: 1080, controls };
}

/** The stage event of that frame. */
export function benchStageEvent(frameId: number): StageEventRow {
  const nowNs = process.hrtime.bigint();
  const instants = { queuedNs: nowNs, startedNs: nowNs, finishedNs: nowNs };
  return { frameId, stage: 'fast-isp', status: 'done', ...instants, parameterVersion: 1, modelHash };
}
