import { Worker } from 'node:worker_threads';
import { assert, type ErrorRecord, errorFromRecord, InputError, messageOf, ResourceError } from '../base/errors.ts';
import { leaveOutOnnxTelemetry } from '../base/onnx-telemetry.ts';
import { withTemporaryFolder } from '../base/temporary-folder.ts';
import { workerUrl } from '../base/worker-url.ts';
import type { ExecutionProvider, LaneModel } from './lane-protocol.ts';
import type { ModelProfile } from './model-profile.ts';
import { type ModelRequest, modelSource } from './model-source.ts';

/** Most frames of a profile: ONNX Runtime keeps at most a million events of a session. */
const mostFrames = 1000;

/** What the profiling thread is told. */
export interface ProfileOrder {
  readonly model: LaneModel;
  readonly frames: number;
  /** Samples of the mosaic; the ramp that sessions are warmed with where there are none. */
  readonly mosaic?: Uint16Array;
  /** A folder for the trace, which the thread may fill. */
  readonly folder: string;
}

/** What the profiling thread answers, once. */
export type ProfileAnswer = { readonly profile: ModelProfile } | { readonly error: ErrorRecord };

/** The provider whose times by node stand for one that has none: ONNX Runtime's CPU for row kernels, which make everything in one pass. */
export function profiledProvider(provider: ExecutionProvider): Exclude<ExecutionProvider, 'kernel'> {
  return provider === 'kernel' ? 'cpu' : provider;
}

/**
 * Profiles the model of a request on a thread that lives for it, with `mosaic` as its picture where one is given: what looks for
 * defects depends on it. Leaves no file and no thread behind, whatever happens. Row kernels are refused, see {@link profiledProvider}.
 */
export async function profileModel(request: ModelRequest, frames: number, mosaic?: Uint16Array): Promise<ModelProfile> {
  if (!Number.isInteger(frames) || frames < 1 || frames > mostFrames) {
    throw new InputError('model.frames', `Expected 1 to ${mostFrames} frames for a profile but received ${frames}`);
  }
  assert(request.provider !== 'kernel', 'Expected a provider of ONNX Runtime for a profile but received kernel');
  const { model } = await modelSource(request, request.provider);
  return withTemporaryFolder('camera-lab-profile', (folder) =>
    profileOnThread({ model, frames, folder, ...(mosaic ? { mosaic } : {}) }),
  );
}

/** The thread ends by itself when it has answered: it is never ended inside ONNX Runtime, which would abort the process. */
function profileOnThread(order: ProfileOrder): Promise<ModelProfile> {
  leaveOutOnnxTelemetry();
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl('runtime/profile-worker'), { name: 'profile', workerData: order });
    let answer: ProfileAnswer | undefined;
    worker.on('message', (message: ProfileAnswer) => {
      answer = message;
    });
    worker.on('error', (thrown) => reject(new ResourceError('model.profile', `The profile failed: ${messageOf(thrown)}`)));
    worker.on('exit', (exitCode) => {
      if (!answer) reject(new ResourceError('model.profile', `The profile ended without an answer, exit code ${exitCode}`));
      else if ('error' in answer) reject(errorFromRecord(answer.error));
      else resolve(answer.profile);
    });
  });
}
