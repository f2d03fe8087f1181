import { Worker } from 'node:worker_threads';
import type { CaseOutput } from '../measurement.ts';

/** The least that an envelope could cost: a message to a worker thread and its answer, one at a time. */
const echo = `const { parentPort } = require('node:worker_threads'); parentPort.on('message', (message) => parentPort.postMessage(message));`;
const worker = new Worker(echo, { eval: true });
const samplesMillis: number[] = [];
for (let count = 1; count <= 5500; count++) {
  const start = performance.now();
  const answered = new Promise((resolve) => worker.once('message', resolve));
  worker.postMessage({ kind: 'run', count });
  await answered;
  if (count > 500) samplesMillis.push(performance.now() - start);
}
await worker.terminate();
const output: CaseOutput = { samplesMillis };
process.stdout.write(JSON.stringify(output));
