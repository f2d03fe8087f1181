import { quantile } from '../../../main/base/statistics.ts';
import { ChainBuilder } from '../../../main/live/chain/chain-builder.ts';
import type { ChainMember } from '../../../main/live/chain/chain-member.ts';
import type { LoadedSegment } from '../../../main/live/chain/chain-segment.ts';
import { edgeView } from '../../../main/processor/builtin/edge-view.ts';
import { guidedDenoise } from '../../../main/processor/builtin/guided-denoise.ts';
import { unsharpMask } from '../../../main/processor/builtin/unsharp-mask.ts';
import { vignetteCorrection } from '../../../main/processor/builtin/vignette-correction.ts';
import { defineProcessor } from '../../../main/processor/define-processor.ts';
import type { ImageProcessor } from '../../../main/processor/image-processor.ts';
import { ParameterStore } from '../../../main/processor/parameter-store.ts';
import { inlineHandle } from '../../../main/processor/processor-handle.ts';
import type { CompletionEvent } from '../../../main/runtime/envelope.ts';
import { ModelManager } from '../../../main/runtime/model-manager.ts';
import { type Lease, ResourceManager } from '../../../main/runtime/resource-manager.ts';
import { ThreadingManager } from '../../../main/runtime/threading-manager.ts';
import type { CaseOutput } from '../measurement.ts';
import { benchSensor } from '../stage-timing.ts';

/**
 * Two chains of processors behind the ISP, built as a stream's is and run by its lanes, by turns, so that the machine is as busy for one as
 * for the other; the samples are of the first. `composed:` is as the lab runs neighbours, `single:` has a session and a pass for each.
 */
const [measured, against, sizeText = '1920x1080'] = process.argv.slice(2) as [string, string, string | undefined];
const [width, height] = sizeText.split('x').map(Number) as [number, number];
const [warmUps, frames] = [10, 100];

const identity = defineProcessor({
  id: 'identity',
  name: 'Identity',
  description: 'Gives what it gets',
  version: '1.0.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['postprocessor'],
  params: {},
  prepare: () => ({ inputSize: 1 }),
  halo: () => 0,
  graph: (_, { video }) => ({ video }),
});
const known: Readonly<Record<string, ImageProcessor>> = {
  identity,
  vignette: vignetteCorrection,
  unsharp: unsharpMask,
  edges: edgeView,
  guided: guidedDenoise,
};

const threading = await ThreadingManager.start();
const resources = new ResourceManager();
const builder = new ChainBuilder({
  ...{ threading, resources, models: new ModelManager(threading.workers), callMillis: 2000 },
  promptsOf: () => [],
  revisionFrom: (built) => built,
  isSuspended: () => false,
});
const pool = resources.createPool('bench', width * height * 4, 3);
threading.attachPool(pool);
const [first, ...scratch] = Array.from({ length: 3 }, () => resources.lease(pool.poolId, 'bench') as Lease) as [
  Lease,
  Lease,
  Lease,
];
const samples = first.bytes(width * height * 4);
for (let index = 0; index < samples.length; index++) samples[index] = (index * 7919) % 251;

async function segmentsFor(text: string): Promise<readonly LoadedSegment[]> {
  const [variant, names = ''] = text.split(':');
  const members = names.split('+').map((name, index): ChainMember => {
    const declaration = known[name] as ImageProcessor;
    const key = `${name}-${index}`;
    const item = { key, processorId: declaration.id, place: 'postprocessor', bypass: false, solo: false, prompts: [] } as const;
    const offer = { declaration, handle: inlineHandle(declaration), hash: 'bench' };
    return { item, offer, parameters: new ParameterStore(key, declaration.params) };
  });
  const geometry = { mosaicWidth: width, mosaicHeight: height, sensor: benchSensor, width, height };
  const apart = new Set(variant === 'single' ? members.map(({ item }) => item.key) : []);
  const { chain, runs } = await builder.build({ members, geometry, revision: 1, isEmpty: false, apart });
  const failure = [...runs.values()].find((run) => run.failure)?.failure;
  if (!chain || failure) throw new Error(failure?.message ?? 'Expected a chain');
  return chain.segments;
}

let finished: (event: CompletionEvent) => void = () => undefined;
threading.completed.subscribe((event) => finished(event));

/** Milliseconds of one frame through all segments, and the slot of its picture. */
async function timed(segments: readonly LoadedSegment[], frameId: number): Promise<{ millis: number; picture: Lease }> {
  let from = first;
  const start = performance.now();
  for (const [index, { stage, modelHash, strips, work }] of segments.entries()) {
    if (work.kind !== 'graph') throw new Error('Expected graphs alone');
    const to = scratch[index % 2] as Lease;
    const completion = new Promise<CompletionEvent>((resolve) => {
      finished = resolve;
    });
    const identity = { frameId, streamId: 'bench', lane: 'realtime', stage, modelHash, queuedNs: 0n } as const;
    const parameters = { version: 1, values: work.inputs() };
    threading.submit({ ...identity, parameters, inputs: [from.handle], outputs: [to.handle] }, strips);
    const { error } = await completion;
    if (error) throw new Error(error.message);
    from = to;
  }
  return { millis: performance.now() - start, picture: from };
}

const chains = [await segmentsFor(measured), await segmentsFor(against)] as const;
const millis: [number[], number[]] = [[], []];
const means = [0, 0];
let frameId = 0;
for (let turn = 0; turn < warmUps + frames; turn++) {
  for (const [index, segments] of chains.entries()) {
    const run = await timed(segments, ++frameId);
    if (turn >= warmUps) millis[index as 0 | 1].push(run.millis);
    if (turn === 0)
      means[index] = run.picture.bytes(width * height * 4).reduce((sum, value) => sum + value, 0) / (width * height * 4);
  }
}
await threading.shutdown();
const [own, other] = millis.map((samplesOf) => quantile(samplesOf, 0.5)) as [number, number];
const counts = {
  'against ms median': Number(other.toFixed(2)),
  'times as long': Number((other / own).toFixed(2)),
  'more ms': Number(
    quantile(
      millis[1].map((one, turn) => one - (millis[0][turn] as number)),
      0.5,
    ).toFixed(3),
  ),
  'mean samples differ by': Number(Math.abs((means[0] as number) - (means[1] as number)).toFixed(3)),
};
const output: CaseOutput = { samplesMillis: millis[0], counts };
process.stdout.write(JSON.stringify(output));
