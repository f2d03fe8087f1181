import { describe, expect, it } from 'vitest';
import { type SegmentGround, segmentStage, segmentStrips } from '../../../../main/live/chain/segment-stage.ts';
import { builtinProcessors } from '../../../../main/processor/builtin/builtin-processors.ts';
import type { ImageProcessor } from '../../../../main/processor/image-processor.ts';
import { composeProcessors, type GraphSegment, segmentInputs } from '../../../../main/processor/processor-chain.ts';
import { loadTimeOf, planProcessor, processorInputs, processorPorts } from '../../../../main/processor/processor-plan.ts';
import type { InputValues, Stage } from '../../../../main/processor/stage.ts';
import { openSession } from '../../../../main/runtime/lane-sessions.ts';
import { modelSource } from '../../../../main/runtime/model-source.ts';
import type { ParameterValues } from '../../../../preload/contract.ts';
import { runGraph } from '../../../support/run-graph.ts';
import { plainSensor, seededRandom } from '../../../support/synthetic-mosaic.ts';

/** No multiple of anything that kernels work in; before the ISP a frame has whole cells. */
const [width, height, mosaicWidth, mosaicHeight] = [45, 251, 46, 250];
const random = seededRandom(11);
const mostFrames = 4;
const pictures = Array.from({ length: mostFrames }, () =>
  Uint8Array.from({ length: width * height * 4 }, () => Math.floor(random() * 256)),
);
const mosaics = Array.from({ length: mostFrames }, () =>
  Uint16Array.from({ length: mosaicWidth * mosaicHeight }, () => 40 + Math.floor(random() * 980)),
);

type Wanted = readonly (readonly [id: string, values: ParameterValues])[];
type Side = 'before' | 'behind';

const processorOf = (id: string): ImageProcessor => builtinProcessors.find((one) => one.id === id) as ImageProcessor;

/** Neighbours as one graph; of strips where `stripRows` are their rows. */
function segmentFor(wanted: Wanted, side: Side, stripRows?: number): GraphSegment {
  const [columns, rows] = side === 'before' ? [mosaicWidth, mosaicHeight] : [width, height];
  const size = { width: columns, height: stripRows ?? rows, ...(stripRows === undefined ? {} : { frameRows: rows }) };
  const links = wanted.map(([id, loadTimeValues]) => {
    const processor = processorOf(id);
    const { inputSize } = processor.prepare(loadTimeOf(processor.params, loadTimeValues));
    const graph = planProcessor(processor, { ...size, loadTimeValues, channels: side === 'before' ? 1 : 3 });
    return { id, inputSize, graph };
  });
  const [segment, ...more] = composeProcessors(links);
  if (segment?.kind !== 'graph' || more.length > 0) throw new Error('Expected one graph');
  return segment;
}

/** Runs every strip of a stage as a lane does. */
async function frameOf(stage: Stage, inputs: InputValues, side: Side): Promise<{ made: readonly number[]; strips: number }> {
  const size = side === 'before' ? { width: mosaicWidth, height: mosaicHeight } : { width, height };
  const { model, plan } = await modelSource({ stage, ...size, sensor: plainSensor, values: {}, provider: 'cpu' }, 'cpu');
  const session = await openSession(model);
  const made = side === 'before' ? new Uint16Array(mosaicWidth * mosaicHeight) : new Uint8Array(width * height * 4);
  const frames = (side === 'before' ? mosaics : pictures).slice(0, plan.inputs.length);
  const frame = { inputs: frames, outputs: [made], parameters: await session.parameters(inputs) };
  for (let strip = 0; strip < model.strips; strip++) await session.run(strip, frame);
  await session.release();
  return { made: [...made], strips: plan.strips.strips.length };
}

const all: Wanted = builtinProcessors.flatMap(({ id, graph }) => (graph && id !== 'temporal-denoise' ? [[id, {}] as const] : []));

describe('a segment in strips', () => {
  it.each<[string, Wanted, Side]>([
    ['each of them after another', all, 'behind'],
    ['a coarse unsharp mask', [['unsharp-mask', { unsharp_sigma: 8 }]], 'behind'],
    ['the widest guided filter', [['guided-denoise', { denoise_radius: 16 }]], 'behind'],
    [
      'two vignettes off the centre',
      [
        ['vignette-correction', { vignette_centre_y: 0.3 }],
        ['vignette-correction', {}],
      ],
      'behind',
    ],
    [
      'four frames',
      [
        ['temporal-denoise', {}],
        ['unsharp-mask', {}],
      ],
      'behind',
    ],
    [
      'four mosaics',
      [
        ['temporal-denoise', {}],
        ['vignette-correction', {}],
        ['guided-denoise', {}],
      ],
      'before',
    ],
  ])('makes of %s the same samples as of the whole frame', async (_, wanted, side) => {
    const halo = wanted.reduce((sum, [id, values]) => {
      const { halo: haloOf, params } = processorOf(id);
      return sum + (haloOf?.(loadTimeOf(params, values)) ?? Number.NaN);
    }, 0);
    const [columns, rows] = side === 'before' ? [mosaicWidth, mosaicHeight] : [width, height];
    const strips = segmentStrips(rows, halo, side === 'before' ? 2 : 1);
    if (!strips) throw new Error(`Expected strips of ${rows} rows for a halo of ${halo}`);
    const ground: SegmentGround = {
      ...{ width: columns, height: rows, threads: 1 },
      ...(side === 'before' ? { levels: plainSensor } : {}),
    };
    const whole = segmentFor(wanted, side);
    const cut = segmentFor(wanted, side, strips.rows + 2 * strips.halo);
    const inputs = segmentInputs(whole, (index) => {
      const [id, values] = wanted[index] as Wanted[number];
      return processorInputs(processorOf(id).params, values);
    });
    const expected = await frameOf(segmentStage(whole, ground, inputs), inputs, side);
    const made = await frameOf(segmentStage(cut, { ...ground, strips }, inputs), inputs, side);
    expect([expected.strips, made.strips > 1]).toEqual([1, true]);
    expect(made.made.findIndex((sample, index) => sample !== expected.made[index])).toBe(-1);
  });

  it('is not cut where the frame is hardly higher than what a row depends on, nor where cells would be', () => {
    expect(segmentStrips(24, 4)).toBeUndefined();
    expect(segmentStrips(1080, 4)).toEqual({ rows: 90, halo: 4 });
    expect(segmentStrips(1080, 5, 2)).toMatchObject({ halo: 6 });
    expect(segmentStrips(1081, 5, 2)).toBeUndefined();
  });
});

describe('neighbours in one session', () => {
  it('differ from one after the other by nothing but the rounding to bytes that is not done between them', async () => {
    const wanted: Wanted = [
      ['vignette-correction', {}],
      ['unsharp-mask', {}],
      ['edge-view', {}],
    ];
    const segment = segmentFor(wanted, 'behind');
    const inputs = segmentInputs(segment, (index) => processorInputs(processorOf(wanted[index]?.[0] as string).params, {}));
    const { made } = await frameOf(segmentStage(segment, { width, height, threads: 1 }, inputs), inputs, 'behind');
    const [picture] = pictures;
    let video = Float32Array.from({ length: width * height * 3 }, (_, index) => {
      return Math.fround((picture?.[Math.floor(index / 3) * 4 + (index % 3)] as number) * Math.fround(1 / 255));
    });
    for (const [id] of wanted) {
      const graph = planProcessor(processorOf(id), { width, height, loadTimeValues: {} });
      const results = await runGraph(graph, { ...processorInputs(processorOf(id).params, {}), video });
      video = Float32Array.from(results[processorPorts.result] as number[]);
    }
    const exact = Array.from(made, (_, byte) =>
      byte % 4 === 3 ? 255 : (video[Math.floor(byte / 4) * 3 + (byte % 4)] as number) * 255,
    );
    // Halfway between two bytes either is right.
    expect(Math.max(...made.map((value, index) => Math.abs(value - (exact[index] as number))))).toBeLessThan(0.5001);
  });
});
