import { BroadcastChannel, threadId } from 'node:worker_threads';

/** What a test does to its lane workers. */
export interface Fault {
  readonly kind: 'exit' | 'throw';
  /** Every worker where none is named. */
  readonly threadId?: number;
}

/** A lane worker that works like the real one until the test says how it ends. */
const faults = new BroadcastChannel('lane-faults');
faults.onmessage = (message) => {
  const { kind, threadId: meant = threadId } = (message as { data: Fault }).data;
  if (meant !== threadId) return;
  if (kind === 'exit') process.exit(3);
  setImmediate(() => {
    throw new Error('a fault in the worker');
  });
};
(faults as unknown as { unref(): void }).unref();
await import('../../main/runtime/lane-worker.ts');
