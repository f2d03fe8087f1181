import { fastAlgoStatistics } from '../../../main/isp/statistics-stage.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { planeBytes } from '../../../main/processor/stage.ts';
import type { CompletionEvent } from '../../../main/runtime/envelope.ts';
import { ModelManager } from '../../../main/runtime/model-manager.ts';
import { type Lease, ResourceManager } from '../../../main/runtime/resource-manager.ts';
import { ThreadingManager } from '../../../main/runtime/threading-manager.ts';
import type { CaseOutput } from '../measurement.ts';

/** The statistics stage through its lane, one frame at a time: from submission to completion, on noise over the whole range. */
const [width, height] = (process.argv[2] ?? '1920x1080').split('x').map(Number) as [number, number];
const sensor = { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 } as const;
const stage = fastAlgoStatistics;
const values = defaultValues(stage.declaration.params);

const threading = await ThreadingManager.start();
const resources = new ResourceManager();
const model = await new ModelManager(threading.workers).load({ stage, width, height, sensor, values, provider: 'cpu' });
const leases = [...model.plan.inputs, ...model.plan.outputs].map((port): Lease => {
  const pool = resources.createPool(port.name, planeBytes(port), 1);
  threading.attachPool(pool);
  return resources.lease(pool.poolId, 'bench') as Lease;
});
const [mosaic, picture, statistics] = leases as [Lease, Lease, Lease];
const samples = mosaic.samples();
for (let index = 0; index < samples.length; index++) samples[index] = 64 + ((index * 7919) % 959);
const pixels = picture.elements('uint8');
for (let index = 0; index < pixels.length; index++) pixels[index] = (index * 7919) % 251;

let finished: (event: CompletionEvent) => void = () => undefined;
threading.completed.subscribe((event) => finished(event));
const samplesMillis: number[] = [];
for (let frameId = 1; frameId <= 320; frameId++) {
  const completion = new Promise<CompletionEvent>((resolve) => {
    finished = resolve;
  });
  const start = performance.now();
  const identity = { frameId, streamId: 'bench', lane: 'realtime', stage: 'fast-algo', modelHash: model.hash } as const;
  const parameters = { version: 1, values: stage.inputs(values, sensor) };
  const slots = { inputs: [mosaic.handle, picture.handle], outputs: [statistics.handle] };
  threading.submit({ ...identity, ...slots, parameters, queuedNs: 0n }, model.plan.strips.strips.length);
  const event = await completion;
  if (event.error) throw new Error(event.error.message);
  if (frameId > 20) samplesMillis.push(performance.now() - start);
}
await threading.shutdown();
const output: CaseOutput = { samplesMillis };
process.stdout.write(JSON.stringify(output));
