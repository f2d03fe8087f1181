import { getEnvironmentData } from 'node:worker_threads';

/** A lane worker that works like the real one, but that refuses to start while a test says so. */
const refusal = getEnvironmentData('lane-refusal');
if (refusal === 'error') throw new Error('no memory for another thread');
// A thread may also just end: without an error, without a word.
if (refusal === 'exit') process.exit(3);
await import('../../../main/runtime/lane-worker.ts');
