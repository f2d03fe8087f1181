import { quantile } from '../../../main/base/statistics.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import type { CompletionEvent, Envelope } from '../../../main/runtime/envelope.ts';
import { outputScaleFor } from '../../../main/runtime/fusion/merge-spec.ts';
import { ModelManager } from '../../../main/runtime/model-manager.ts';
import { type Lease, ResourceManager } from '../../../main/runtime/resource-manager.ts';
import { ThreadingManager } from '../../../main/runtime/threading-manager.ts';
import type { CaseOutput } from '../measurement.ts';

/**
 * FastISP, by ONNX Runtime, at 30 frames a second, by turns with an idle background lane and with one that merges bursts without a pause: from submission
 * to completion. The samples are those beside merges; the counts compare them with the others of the same minutes.
 */
const [width, height] = (process.argv[2] ?? '1920x1080').split('x').map(Number) as [number, number];
const seconds = Number(process.argv[3] ?? '30');
const framesPerTurn = 30;
const frameMillis = 1000 / 30;
const turns = Math.max(2, Math.round((seconds * 1000) / (framesPerTurn * frameMillis)));
const burstFrames = 4;

const sensor = { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 } as const;
const values = defaultValues(fastIsp.declaration.params);
const threading = await ThreadingManager.start({ background: 1 });
const resources = new ResourceManager();
const model = await new ModelManager(threading.workers).load({ stage: fastIsp, width, height, sensor, values, provider: 'cpu' });
const slots = (purpose: string, bytes: number, count: number): Lease[] => {
  const pool = resources.createPool(purpose, bytes, count);
  threading.attachPool(pool);
  return Array.from({ length: count }, () => resources.lease(pool.poolId, 'bench') as Lease);
};
const [mosaic, merged, ...burst] = slots('mosaic', width * height * 2, 2 + burstFrames) as [Lease, Lease, ...Lease[]];
const [picture] = slots('picture', width * height * 4, 1) as [Lease];
for (const [frame, lease] of [mosaic, ...burst].entries()) {
  const samples = lease.samples();
  for (let index = 0; index < samples.length; index++) samples[index] = 64 + ((index * 7919 + frame * 13) % 959);
}

let frameId = 0;
let finished: (event: CompletionEvent) => void = () => undefined;
let merges = 0;
let isMerging = false;
threading.completed.subscribe((event) => {
  if (event.stage === 'fast-isp') finished(event);
  else if (isMerging) {
    merges += event.status === 'done' ? 1 : 0;
    submitMerge();
  }
});

function submitMerge(): void {
  frameId += 1;
  const frames = burst.map(() => ({ exposure: 1, noise: { shotDn: 0.2, readVarianceDn2: 4 } }));
  const specification = { width, height, sensor, frames, reference: 0, outputScale: outputScaleFor(sensor) };
  const identity = { frameId, streamId: 'merge', lane: 'background', stage: 'merge', modelHash: 'task:merge-burst' } as const;
  const handles = { inputs: burst.map(({ handle }) => handle), outputs: [merged.handle] };
  const task = { name: 'merge-burst', specification } as const;
  void threading.background.submit({ ...identity, ...handles, task, parameters: { version: 0, values: {} }, queuedNs: 0n }, 1);
}

async function develop(): Promise<number> {
  frameId += 1;
  const completion = new Promise<CompletionEvent>((resolve) => {
    finished = resolve;
  });
  const start = performance.now();
  const identity = { frameId, streamId: 'live', lane: 'realtime', stage: 'fast-isp', modelHash: model.hash } as const;
  const parameters = { version: 1, values: fastIsp.inputs(values, sensor) };
  const envelope: Envelope = { ...identity, inputs: [mosaic.handle], outputs: [picture.handle], parameters, queuedNs: 0n };
  threading.submit(envelope, model.plan.strips.strips.length);
  const { error } = await completion;
  if (error) throw new Error(error.message);
  return performance.now() - start;
}

/** One turn at the camera's pace; its first frames, which meet cold caches, are dropped. */
async function turn(): Promise<number[]> {
  const start = performance.now();
  const samples: number[] = [];
  for (let frame = 0; frame < framesPerTurn; frame++) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, start + frame * frameMillis - performance.now())));
    const millis = await develop();
    if (frame >= 5) samples.push(millis);
  }
  return samples;
}

const idle: number[] = [];
const saturated: number[] = [];
for (let count = 0; count < turns; count++) {
  isMerging = count % 2 === 1;
  if (isMerging) submitMerge();
  (isMerging ? saturated : idle).push(...(await turn()));
  isMerging = false;
  threading.background.cancel(() => true);
  await threading.background.drained();
}
await threading.shutdown();
const rounded = (value: number): number => Number(value.toFixed(2));
const of = (samples: readonly number[], q: number): number => rounded(quantile(samples, q));
const output: CaseOutput = {
  samplesMillis: saturated,
  counts: {
    merges,
    'idle n': idle.length,
    'idle median ms': of(idle, 0.5),
    'idle p95 ms': of(idle, 0.95),
    'idle p99 ms': of(idle, 0.99),
    'median beside idle': rounded(quantile(saturated, 0.5) / quantile(idle, 0.5)),
    'p99 beside idle': rounded(quantile(saturated, 0.99) / quantile(idle, 0.99)),
  },
};
process.stdout.write(JSON.stringify(output));
