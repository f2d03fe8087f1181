import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { monotonicNs } from '../base/clock.ts';
import { assert, errorRecordFrom } from '../base/errors.ts';
import { quantile } from '../base/statistics.ts';
import { openSession } from './lane-sessions.ts';
import { runError } from './model-error.ts';
import { type ModelProfile, rowsOfTrace } from './model-profile.ts';
import type { ProfileAnswer, ProfileOrder } from './model-profiler.ts';
import { runStrip } from './model-run.ts';
import { warmUpFrame } from './model-warm-up.ts';

/** The profiling thread: one order, one answer, and its end. */
async function profile({ model, frames, folder }: ProfileOrder): Promise<ModelProfile> {
  const session = await openSession(model, { enableProfiling: true, profileFilePrefix: join(folder, 'trace') });
  try {
    const frameMicros = await timeFrames(session, { model, frames });
    session.endProfiling();
    // The first run is the warm-up of the session.
    const rows = rowsOfTrace(await readTrace(folder), { frames, warmUpRuns: 1 });
    const { hash, provider, strips } = model;
    return { hash, provider, frames, strips, medianFrameMicros: quantile(frameMicros, 0.5), ...rows };
  } finally {
    await session.release();
  }
}

async function timeFrames(
  session: InferenceSession,
  { model, frames }: Pick<ProfileOrder, 'model' | 'frames'>,
): Promise<number[]> {
  const frame = warmUpFrame(model, model.strips);
  const micros: number[] = [];
  for (let index = 0; index < frames; index++) {
    const beginNs = monotonicNs();
    for (let strip = 0; strip < model.strips; strip++) await runStrip(session, model, strip, frame);
    micros.push(Number(monotonicNs() - beginNs) / 1000);
  }
  return micros;
}

async function readTrace(folder: string): Promise<string> {
  const [file] = await readdir(folder);
  assert(file, 'Expected a trace of ONNX Runtime but it wrote none');
  return readFile(join(folder, file), 'utf8');
}

const answer: ProfileAnswer = await profile(workerData as ProfileOrder).then(
  (made) => ({ profile: made }),
  (thrown: unknown) => ({ error: errorRecordFrom(runError(thrown)) }),
);
parentPort?.postMessage(answer);
