import { BroadcastChannel, getEnvironmentData, parentPort, workerData } from 'node:worker_threads';
import type { LaneRequest } from '../../../main/runtime/lane-protocol.ts';

/** Ends workers of one lane, as many as `left` counts. */
export interface Deaths {
  readonly priority: 'normal' | 'lowest';
  readonly left: SharedArrayBuffer;
}

const { priority } = workerData as Pick<Deaths, 'priority'>;
const deaths = new BroadcastChannel('lane-deaths');
deaths.onmessage = (message) => {
  const { priority: meant, left } = (message as { data: Deaths }).data;
  if (meant === priority && Atomics.sub(new Int32Array(left), 0, 1) > 0) process.exit(4);
};
(deaths as unknown as { unref(): void }).unref();

/** A lane worker that works like the real one, but that refuses to start, or to load a model, while a test says so. */
const refusal = getEnvironmentData('lane-refusal');
if (refusal === 'error') throw new Error('no memory for another thread');
if (refusal === 'background' && priority === 'lowest') throw new Error('not this lane');
// A thread may also just end: without an error, without a word.
if (refusal === 'exit') process.exit(3);
if (refusal === 'load') {
  parentPort?.on('message', (message: LaneRequest) => {
    const error = { code: 'lab.unexpected', message: 'no memory for the model' };
    if (message.kind === 'load') parentPort?.postMessage({ kind: 'loaded', requestId: message.requestId, error });
    if (message.kind === 'fence') parentPort?.postMessage({ kind: 'fenced', requestId: message.requestId });
    if (message.kind === 'stop') parentPort?.close();
  });
  parentPort?.postMessage({ kind: 'ready' });
} else {
  await import('../../../main/runtime/lane-worker.ts');
}
