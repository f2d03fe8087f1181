import { describe, expect, it } from 'vitest';
import type { ImageProcessor } from '../../../main/processor/image-processor.ts';
import { guardInMessage, planProcessor, processorInputs } from '../../../main/processor/processor-plan.ts';
import { runGraph } from '../../support/run-graph.ts';
import { halfProcessor, liftProcessor, meanProcessor } from './example-processors.ts';

const size = { width: 2, height: 1 };

describe('a graph that is not what a processor promises', () => {
  const broken: Record<string, [ImageProcessor['graph'], string]> = {
    'nothing at all': [() => undefined as never, 'Expected { video } of float32 [1, 1, 2, 3] from the graph of processor lift'],
    'another shape': [
      (g, { video }) => ({ video: g.reduceMean(video, [2]) }),
      'Expected { video } of float32 [1, 1, 2, 3] for node video of processor lift but received float32 [1, 1, 1, 3]',
    ],
    'another type': [(g, { video }) => ({ video: g.cast(video, 'uint8') }), 'but received uint8 [1, 1, 2, 3]'],
  };
  it.each(Object.entries(broken))('is refused: %s', (_, [graph, message]) => {
    const processor = { ...liftProcessor, graph } as ImageProcessor;
    expect(() => planProcessor(processor, { ...size, loadTimeValues: {} })).toThrow(message);
  });

  it('does not exist for a processor that is called', () => {
    expect(() => planProcessor(halfProcessor, { ...size, loadTimeValues: {} })).toThrow('Expected a graph of processor half');
  });
});

describe('the graph of a processor', () => {
  it('has the frames and every runtime parameter as inputs, and no load-time one', () => {
    const graph = planProcessor(liftProcessor, { ...size, loadTimeValues: {} });
    expect(graph.inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['video', [1, 1, 2, 3]],
      ['lift_gain', []],
    ]);
    expect(graph.inputs[1]?.help).toBe('Amount: How much');
    expect(graph.outputs.map(({ name, shape }) => [name, shape])).toEqual([['video_out', [1, 1, 2, 3]]]);
  });

  it('clamps what leaves it, and shows what was there before only where that is asked for', async () => {
    const graph = planProcessor(liftProcessor, { ...size, loadTimeValues: { lift_offset: 0.25 }, raw: true });
    const video = Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0.125);
    const results = await runGraph(graph, { video, lift_gain: Float32Array.of(2) });
    expect(results.video_raw).toEqual([0.25, 0.75, 1.25, 1.75, 2.25, 0.5]);
    expect(results.video_out).toEqual([0.25, 0.75, 1, 1, 1, 0.5]);
  });

  it('takes switches as 0 and 1 and choices as the index of their option', async () => {
    const graph = planProcessor(meanProcessor, { width: 1, height: 1, loadTimeValues: {} });
    const inputs = processorInputs(meanProcessor.params, { mean_invert: true, mean_channel: 'blue' });
    expect(inputs).toEqual({ mean_invert: Float32Array.of(1), mean_channel: Float32Array.of(2) });
    const video = Float32Array.of(0, 0.5, 1, 0.75, 0.5, 1, 0.75, 0.5, 1);
    expect((await runGraph(graph, { ...inputs, video })).video_out).toEqual([1, 1, 0.5]);
    expect(processorInputs(meanProcessor.params, {}).mean_channel).toEqual(Float32Array.of(1));
  });
});

describe('a guarded graph', () => {
  const root = (offset: number): ImageProcessor =>
    ({
      ...liftProcessor,
      graph: (g, { video }) => ({ video: g.squareRoot(g.subtract(video, g.scalar(offset))) }),
    }) as ImageProcessor;
  const video = Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0.125);
  const run = (offset: number, alarm: number): Promise<Record<string, number[]>> =>
    runGraph(planProcessor(root(offset), { ...size, loadTimeValues: {}, guard: 'lift-2' }), {
      video,
      lift_gain: Float32Array.of(1),
      alarm: Float32Array.of(alarm),
    });

  it('ends a run whose result is no number anywhere, and tells whose it is', async () => {
    const thrown = await run(0.1, 1).catch((error: unknown) => String(error));
    expect(guardInMessage(String(thrown))).toBe('lift-2');
  });

  it('lets a run end well where the alarm is off, and where the result is numbers, infinity too', async () => {
    expect((await run(0.1, 0)).video_out?.slice(1)).toEqual(
      [0.15, 0.4, 0.65, 0.9, 0.025].map((x) => expect.closeTo(Math.sqrt(x), 5)),
    );
    expect((await run(0, 1)).video_out?.[4]).toBe(1);
    const divided = { ...liftProcessor, graph: (g, { video: x }) => ({ video: g.divide(g.scalar(1), x) }) } as ImageProcessor;
    const graph = planProcessor(divided, { ...size, loadTimeValues: {}, guard: 'lift' });
    const { video_out } = await runGraph(graph, { video, lift_gain: Float32Array.of(1), alarm: Float32Array.of(1) });
    expect(video_out).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('has no guard where it gives what it is given', () => {
    const same = { ...liftProcessor, graph: (_g, { video: x }) => ({ video: x }) } as ImageProcessor;
    const { nodes } = planProcessor(same, { ...size, loadTimeValues: {}, guard: 'lift' });
    expect(nodes.map(({ operator }) => operator)).toEqual(['Reshape']);
  });
});
