import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { threadMicros } from '../../../main/runtime/thread-time.ts';

it('sees the least of work', () => {
  // Read without a pause, the kernel's account stands still for some milliseconds, so that most of these would be equal.
  const readings = Array.from({ length: 20 }, () => threadMicros());
  expect(new Set(readings).size).toBe(20);
  expect(readings).toEqual([...readings].sort((one, other) => one - other));
  expect(readings.every(Number.isInteger)).toBe(true);
});

it('sees nothing of the time for which another thread works while this one waits', async () => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const workMicros = 200_000;
  // Works until its own account says so, however long that takes on a busy machine.
  const script = `const { parentPort, workerData: { words, workMicros } } = require('node:worker_threads');
    parentPort.postMessage('ready');
    Atomics.wait(words, 0, 0);
    const { user, system } = process.threadCpuUsage();
    for (let now; !now || now.user + now.system < user + system + workMicros; ) now = process.threadCpuUsage();
    Atomics.store(words, 1, 1);
    Atomics.notify(words, 1);`;
  const worker = new Worker(script, { eval: true, workerData: { words, workMicros } });
  await new Promise((resolve) => worker.once('message', resolve));
  const before = threadMicros();
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
  Atomics.wait(words, 1, 0);
  expect(threadMicros() - before).toBeLessThan(workMicros / 4);
  await worker.terminate();
});
