import { fastIsp } from '../../../main/isp/fast-isp.ts';
import type { CompletionEvent } from '../../../main/runtime/envelope.ts';
import { ModelManager } from '../../../main/runtime/model-manager.ts';
import { type Lease, ResourceManager } from '../../../main/runtime/resource-manager.ts';
import { ThreadingManager } from '../../../main/runtime/threading-manager.ts';
import type { CaseOutput } from '../measurement.ts';
import { ispLook } from './isp-looks.ts';

/** FastISP with a named look through its lane, one frame at a time: from submission to completion, on noise over the whole range. */
const [look = 'core', size = '1920x1080'] = process.argv.slice(2);
const [width, height] = size.split('x').map(Number) as [number, number];
const { sensor, values } = ispLook(look, width, height);

const threading = await ThreadingManager.start();
const resources = new ResourceManager();
const model = await new ModelManager(threading.workers).load({ stage: fastIsp, width, height, sensor, values, provider: 'cpu' });
const lease = (purpose: string, bytes: number): Lease => {
  const pool = resources.createPool(purpose, bytes, 1);
  threading.attachPool(pool);
  return resources.lease(pool.poolId, 'bench') as Lease;
};
const mosaic = lease('mosaic', width * height * 2);
const picture = lease('picture', width * height * 4);
const samples = mosaic.samples();
for (let index = 0; index < samples.length; index++) samples[index] = 64 + ((index * 7919) % 959);

let finished: (event: CompletionEvent) => void = () => undefined;
threading.completed.subscribe((event) => finished(event));
const samplesMillis: number[] = [];
for (let frameId = 1; frameId <= 220; frameId++) {
  const completion = new Promise<CompletionEvent>((resolve) => {
    finished = resolve;
  });
  const start = performance.now();
  const identity = { frameId, streamId: 'bench', lane: 'realtime', stage: 'fast-isp', modelHash: model.hash } as const;
  const parameters = { version: 1, values: fastIsp.inputs(values, sensor) };
  const slots = { inputs: [mosaic.handle], outputs: [picture.handle] };
  threading.submit({ ...identity, ...slots, parameters, queuedNs: 0n }, model.plan.strips.strips.length);
  const event = await completion;
  if (event.error) throw new Error(event.error.message);
  if (frameId > 20) samplesMillis.push(performance.now() - start);
}
await threading.shutdown();
const output: CaseOutput = { samplesMillis };
process.stdout.write(JSON.stringify(output));
