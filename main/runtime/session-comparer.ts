import { Worker } from 'node:worker_threads';
import { assert, type ErrorRecord, errorFromRecord, messageOf, ResourceError } from '../base/errors.ts';
import { leaveOutOnnxTelemetry } from '../base/onnx-telemetry.ts';
import { workerUrl } from '../base/worker-url.ts';
import type { LaneModel } from './lane-protocol.ts';
import { type ModelRequest, modelSource } from './model-source.ts';
import type { SessionComparison } from './session-comparison.ts';

/**
 * What is compared: the parts as one model and each as a model of its own, in their order, all of frames of one size and type. Only the
 * first part may see several frames.
 */
export interface ComparisonRequest {
  readonly together: ModelRequest;
  readonly alone: readonly ModelRequest[];
}

/** What the comparing thread is told. */
export interface ComparisonOrder {
  readonly together: LaneModel;
  readonly alone: readonly LaneModel[];
  /** One 32-bit word: 1 once nobody wants the answer any more. */
  readonly stop: SharedArrayBuffer;
}

/** What the comparing thread answers, once: nothing where it was stopped. `part` is the place of the one that failed alone. */
export type ComparisonAnswer =
  | { readonly comparison: SessionComparison | undefined }
  | { readonly error: ErrorRecord; readonly part?: number };

/** A part cannot be run as a session of its own. */
export class PartError extends ResourceError {
  /** Its place among the parts. */
  readonly part: number;

  constructor(part: number, { code, message, action }: ErrorRecord) {
    super(code as `${string}.${string}`, message, action);
    this.part = part;
  }
}

/** A comparison with the hash of the model that it was made with. */
export type ComparedSessions = SessionComparison & { readonly hash: string };

/**
 * Times parts that are composed against the same parts one by one, on the CPU, by turns, on a thread that lives for it at the lowest
 * priority, with the strips of the lanes; no lane is asked. Resolves to undefined once `signal` is aborted, when the thread has ended.
 * Rejects with PartError where a part cannot be run alone, and with ResourceError for everything else.
 */
export async function compareSessions(request: ComparisonRequest, signal: AbortSignal): Promise<ComparedSessions | undefined> {
  assert(request.alone.length > 1, `Expected several parts to compare but received ${request.alone.length}`);
  const { model: together } = await modelSource(request.together, 'cpu');
  const alone: LaneModel[] = [];
  for (const part of request.alone) alone.push((await modelSource(part, 'cpu')).model);
  if (signal.aborted) return undefined;
  const comparison = await compareOnThread({ together, alone, stop: new SharedArrayBuffer(4) }, signal);
  return comparison && { ...comparison, hash: together.hash };
}

/** The thread ends by itself when it has answered: it is never ended inside ONNX Runtime, which would abort the process. */
function compareOnThread(order: ComparisonOrder, signal: AbortSignal): Promise<SessionComparison | undefined> {
  leaveOutOnnxTelemetry();
  const stop = (): void => void Atomics.store(new Int32Array(order.stop), 0, 1);
  signal.addEventListener('abort', stop, { once: true });
  const ended = new Promise<SessionComparison | undefined>((resolve, reject) => {
    const worker = new Worker(workerUrl('runtime/comparison-worker'), { name: 'comparison', workerData: order });
    let answer: ComparisonAnswer | undefined;
    worker.on('message', (message: ComparisonAnswer) => {
      answer = message;
    });
    worker.on('error', (thrown) => reject(new ResourceError('model.comparison', `The comparison failed: ${messageOf(thrown)}`)));
    worker.on('exit', (exitCode) => {
      if (!answer) reject(new ResourceError('model.comparison', `The comparison ended without an answer, exit code ${exitCode}`));
      else if ('comparison' in answer) resolve(answer.comparison);
      else reject(answer.part === undefined ? errorFromRecord(answer.error) : new PartError(answer.part, answer.error));
    });
  });
  return ended.finally(() => signal.removeEventListener('abort', stop));
}
