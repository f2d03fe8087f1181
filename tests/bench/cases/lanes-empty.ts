import { PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CompletionDispatcher } from '../../../main/runtime/completion-dispatcher.ts';
import type { Envelope } from '../../../main/runtime/envelope.ts';
import { type Lease, ResourceManager } from '../../../main/runtime/resource-manager.ts';
import { ThreadingManager } from '../../../main/runtime/threading-manager.ts';
import type { CaseOutput } from '../measurement.ts';

/**
 * What the runtime adds to a frame: leases, admission, lane, worker, completion and its dispatch, around a stage that does nothing (a
 * score of no frames). One frame at a time. Counts what the heap keeps of each frame.
 */
const warmUpFrames = 2000;
const frames = 5000;
const sensor = { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 } as const;
const task = { name: 'score-burst', specification: { width: 4, height: 2, sensor, exposures: [] } } as const;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapBytes = (): number => {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
};
let collections = 0;
new PerformanceObserver((list) => {
  collections += list.getEntries().length;
}).observe({ entryTypes: ['gc'] });

const threading = await ThreadingManager.start();
const resources = new ResourceManager();
const dispatcher = new CompletionDispatcher();
const { poolId } = resources.createPool('frame', 64, 4);
threading.completed.subscribe((event) => dispatcher.complete(event));
let finished: () => void = () => undefined;
dispatcher.completed.subscribe(({ event }) => {
  if (event.error) throw new Error(event.error.message);
  finished();
});

async function runFrame(frameId: number): Promise<number> {
  const completion = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const start = performance.now();
  const [mosaic, picture] = [resources.lease(poolId, 'camera', 'camera') as Lease, resources.lease(poolId, 'bench') as Lease];
  const identity = { frameId, streamId: 'bench', lane: 'realtime', stage: 'empty', modelHash: 'task:score-burst' } as const;
  const slots = { inputs: [], outputs: [] };
  const envelope: Envelope = {
    ...identity,
    ...slots,
    task,
    parameters: { version: 1, values: {} },
    queuedNs: process.hrtime.bigint(),
  };
  const meta = { sequence: frameId, timestampNs: envelope.queuedNs, width: 4, height: 2, sensor, controls: {} };
  dispatcher.admit({ envelope, meta, mosaic, picture, outputWidth: 4, outputHeight: 2 });
  threading.submit(envelope, 1);
  await completion;
  return performance.now() - start;
}

const samplesMillis = new Float64Array(frames);
for (let frameId = 1; frameId <= warmUpFrames; frameId++) await runFrame(frameId);
const before = heapBytes();
collections = 0;
for (let index = 0; index < frames; index++) samplesMillis[index] = await runFrame(warmUpFrames + 1 + index);
const collected = collections;
const grownBytes = heapBytes() - before;
await threading.shutdown();
const counts = {
  'heap bytes kept a frame': Number((grownBytes / frames).toFixed(2)),
  collections: collected,
  'open leases': resources.openLeases().length,
  'dispatch µs median': Number((dispatcher.dispatchMillis.quantile(0.5) * 1000).toFixed(1)),
};
const output: CaseOutput = { samplesMillis: [...samplesMillis], counts };
process.stdout.write(JSON.stringify(output));
