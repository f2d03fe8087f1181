import { Worker } from 'node:worker_threads';
import type { CaseOutput } from '../measurement.ts';

/**
 * The reference workload: a fixed amount of arithmetic and memory traffic on two threads, whose time moves with the machine as that of the
 * stages does. Never change it, or every committed ratio changes with it.
 */
const program = `
  const { parentPort } = require('node:worker_threads');
  const source = new Float32Array(1 << 20);
  const target = new Float32Array(1 << 20);
  for (let index = 0; index < source.length; index++) source[index] = (index % 4093) / 4093;
  parentPort.on('message', () => {
    for (let pass = 0; pass < 4; pass++) {
      for (let index = 2; index < source.length - 2; index++) {
        const sum = source[index - 2] - 4 * source[index - 1] + 10 * source[index] - 4 * source[index + 1] + source[index + 2];
        target[index] = Math.sqrt(Math.abs(sum)) * 0.5 + target[index] * 0.25;
      }
    }
    parentPort.postMessage(target[1000]);
  });`;
const workers = [0, 1].map(() => new Worker(program, { eval: true }));
const samplesMillis: number[] = [];
for (let run = 0; run < 220; run++) {
  const start = performance.now();
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise((resolve) => {
          worker.once('message', resolve);
          worker.postMessage(run);
        }),
    ),
  );
  if (run >= 20) samplesMillis.push(performance.now() - start);
}
await Promise.all(workers.map((worker) => worker.terminate()));
const output: CaseOutput = { samplesMillis };
process.stdout.write(JSON.stringify(output));
