import { parentPort } from 'node:worker_threads';

// Prepares like the render thread and dies at the first frame.
parentPort?.on('message', ({ kind }: { kind: string }) => {
  if (kind === 'prepare') parentPort?.postMessage({ kind: 'prepared' });
  else throw new Error('the lamp fell over');
});
