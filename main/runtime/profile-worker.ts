import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNs } from '../base/clock.ts';
import { assert, errorRecordFrom } from '../base/errors.ts';
import { quantile } from '../base/statistics.ts';
import { stagePorts } from '../processor/stage.ts';
import { openSession } from './lane-sessions.ts';
import { runError } from './model-error.ts';
import { type ModelProfile, rowsOfTraces } from './model-profile.ts';
import type { ProfileAnswer, ProfileOrder } from './model-profiler.ts';
import { warmUpPlanes } from './model-warm-up.ts';
import type { StripSession } from './strip-session.ts';

/** The profiling thread: one order, one answer, and its end. */
async function profile(order: ProfileOrder): Promise<ModelProfile> {
  const { model, frames, folder } = order;
  const session = await openSession(model, { enableProfiling: true, profileFilePrefix: join(folder, 'trace') });
  try {
    const frameMicros = await timeFrames(session, order);
    session.endProfiling();
    // The first run is the warm-up of the session.
    const rows = rowsOfTraces(await readTraces(folder), { frames, warmUpRuns: 1 });
    const { hash, provider, strips } = model;
    return { hash, provider, frames, strips, medianFrameMicros: quantile(frameMicros, 0.5), ...rows };
  } finally {
    await session.release();
  }
}

async function timeFrames(session: StripSession, { model, frames, mosaic }: ProfileOrder): Promise<number[]> {
  const planes = warmUpPlanes(model, model.strips);
  const at = model.planes.inputs.findIndex(({ name }) => name === stagePorts.mosaic);
  if (mosaic) planes.inputs[at]?.set(mosaic);
  const micros: number[] = [];
  for (let index = 0; index < frames; index++) {
    const beginNs = monotonicNs();
    const frame = { ...planes, parameters: await session.parameters(model.warmUpInputs) };
    for (let strip = 0; strip < model.strips; strip++) await session.run(strip, frame);
    micros.push(Number(monotonicNs() - beginNs) / 1000);
  }
  return micros;
}

/** One of the strips' session, and one of that which is run once for a frame where there is one. */
async function readTraces(folder: string): Promise<string[]> {
  const files = await readdir(folder);
  assert(files.length > 0, 'Expected a trace of ONNX Runtime but it wrote none');
  return Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
}

const answer: ProfileAnswer = await profile(workerData as ProfileOrder).then(
  (made) => ({ profile: made }),
  (thrown: unknown) => ({ error: errorRecordFrom(runError(thrown)) }),
);
parentPort?.postMessage(answer);
