import { InferenceSession, Tensor } from 'onnxruntime-node';
import { quantile } from '../../../main/base/statistics.ts';
import { writeOnnxModel } from '../../../main/graph/onnx-model.ts';
import { edgeView } from '../../../main/processor/builtin/edge-view.ts';
import { unsharpMask } from '../../../main/processor/builtin/unsharp-mask.ts';
import { vignetteCorrection } from '../../../main/processor/builtin/vignette-correction.ts';
import { defineProcessor } from '../../../main/processor/define-processor.ts';
import type { ImageProcessor } from '../../../main/processor/image-processor.ts';
import { onPictures, picturePorts } from '../../../main/processor/picture-ends.ts';
import { chainLink, composeProcessors, segmentInputs } from '../../../main/processor/processor-chain.ts';
import { processorInputs } from '../../../main/processor/processor-plan.ts';
import type { CaseOutput } from '../measurement.ts';

/**
 * Two chains of processors from RGBA8 plane to RGBA8 plane, in place, on two threads, run by turns so that the machine is as busy for one as
 * for the other; the samples are of the first. `composed:` is one session for the whole chain, `single:` a session for each processor
 * with a picture between any two, as stages of their own would have it.
 */
const [measured, against, sizeText = '1920x1080'] = process.argv.slice(2) as [string, string, string | undefined];
const [width, height] = sizeText.split('x').map(Number) as [number, number];

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
  graph: (_, { video }) => ({ video }),
});
const known: Readonly<Record<string, ImageProcessor>> = {
  identity,
  vignette: vignetteCorrection,
  unsharp: unsharpMask,
  edges: edgeView,
};
interface Step {
  readonly session: InferenceSession;
  readonly feeds: Record<string, Tensor>;
  readonly fetches: Record<string, Tensor>;
}

const plane = (): Tensor => new Tensor('uint8', new Uint8Array(width * height * 4), [height, width, 4]);

async function stepFor(processors: readonly ImageProcessor[], picture: Tensor): Promise<Step> {
  const links = processors.map((processor) => chainLink(processor, { width, height, loadTimeValues: {} }));
  const [segment, ...more] = composeProcessors(links);
  if (segment?.kind !== 'graph' || more.length > 0) throw new Error('Expected one segment');
  const { bytes } = writeOnnxModel(onPictures(segment.graph));
  const inputs = segmentInputs(segment, (index) => processorInputs((processors[index] as ImageProcessor).params, {}));
  const scalars = Object.entries(inputs).map(([name, data]) => [name, new Tensor('float32', data, [])] as const);
  return {
    session: await InferenceSession.create(bytes, { intraOpNumThreads: 2 }),
    feeds: { [picturePorts.picture]: picture, ...Object.fromEntries(scalars) },
    fetches: { [picturePorts.result]: plane() },
  };
}

const first = plane();
const samples = first.data as Uint8Array;
for (let index = 0; index < samples.length; index++) samples[index] = (index * 7919) % 251;

async function stepsFor(text: string): Promise<readonly Step[]> {
  const [variant, names = ''] = text.split(':');
  const chain = names.split('+').map((name) => known[name] as ImageProcessor);
  const steps: Step[] = [];
  for (const group of variant === 'composed' ? [chain] : chain.map((processor) => [processor])) {
    steps.push(await stepFor(group, steps.at(-1)?.fetches[picturePorts.result] ?? first));
  }
  return steps;
}

async function timed(steps: readonly Step[]): Promise<number> {
  const start = performance.now();
  for (const { session, feeds, fetches } of steps) await session.run(feeds, fetches);
  return performance.now() - start;
}

/** Tells that two chains make the same picture, but for what rounding to bytes between sessions changes. */
function meanSample(steps: readonly Step[]): number {
  const result = steps.at(-1)?.fetches[picturePorts.result]?.data as Uint8Array;
  return result.reduce((sum, value) => sum + value, 0) / result.length;
}

const [own, other] = [await stepsFor(measured), await stepsFor(against)];
const [samplesMillis, otherMillis]: [number[], number[]] = [[], []];
for (let run = 0; run < 60; run++) {
  const [ownTime, otherTime] = [await timed(own), await timed(other)];
  if (run < 10) continue;
  samplesMillis.push(ownTime);
  otherMillis.push(otherTime);
}
const otherMedian = quantile(otherMillis, 0.5);
const counts = {
  'against ms median': Number(otherMedian.toFixed(2)),
  'times as long': Number((otherMedian / quantile(samplesMillis, 0.5)).toFixed(2)),
  'samples differ by': Number(Math.abs(meanSample(own) - meanSample(other)).toFixed(3)),
};
const output: CaseOutput = { samplesMillis, counts };
process.stdout.write(JSON.stringify(output));
