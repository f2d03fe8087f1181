import { parentPort, workerData } from 'node:worker_threads';
import type { LaneReply, LaneRequest } from '../../../main/runtime/lane-protocol.ts';

/** A lane worker that loads nothing: it refuses the first load of all workers where it was compared, and a later one where it was not. */
const loads = new Int32Array((workerData as { readonly jobs: SharedArrayBuffer }).jobs);

function reply(message: LaneReply): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (message: LaneRequest) => {
  if (message.kind === 'stop') parentPort?.close();
  if (message.kind !== 'load') return;
  const count = Atomics.add(loads, 0, 1) + 1;
  const isCompared = 'isCompared' in message.model;
  const error = { code: 'lab.unexpected', message: `load ${count} is ${isCompared ? '' : 'not '}compared` };
  reply({ kind: 'loaded', requestId: message.requestId, ...(isCompared === count > 1 ? {} : { error }) });
});
reply({ kind: 'ready' });
