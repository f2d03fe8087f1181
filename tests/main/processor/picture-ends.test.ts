import { describe, expect, it } from 'vitest';
import { defineProcessor } from '../../../main/processor/define-processor.ts';
import { onPictures, pictureInput } from '../../../main/processor/picture-ends.ts';
import { planProcessor } from '../../../main/processor/processor-plan.ts';
import { runGraph } from '../../support/run-graph.ts';
import { exampleFacts, meanProcessor } from './example-processors.ts';

const identity = defineProcessor({
  ...exampleFacts,
  params: {},
  prepare: () => ({ inputSize: 1 }),
  graph: (_, { video }) => ({ video }),
});

describe('a graph between pictures', () => {
  it('gives back each of the 256 values of every channel, and an opaque alpha whatever came in', async () => {
    const graph = onPictures(planProcessor(identity, { width: 256, height: 3, loadTimeValues: {} }));
    const picture = new Uint8Array(256 * 3 * 4).map((_, index) => (index % 4 === 3 ? 17 : (index >> 2) + 85 * (index % 4)));
    const { picture_out } = await runGraph(graph, { picture });
    expect(picture_out).toEqual([...picture].map((value, index) => (index % 4 === 3 ? 255 : value)));
    expect(graph.outputs.map(({ type, shape }) => [type, shape])).toEqual([['uint8', [3, 256, 4]]]);
  });

  it('takes one plane per frame, the newest under the plain name', async () => {
    const graph = onPictures(planProcessor(meanProcessor, { width: 1, height: 1, loadTimeValues: {} }));
    expect(graph.inputs.map(({ name }) => name).slice(0, 3)).toEqual([pictureInput(2), pictureInput(1), 'picture']);
    const planes = {
      picture: Uint8Array.of(30, 60, 90, 1),
      picture_1: Uint8Array.of(0, 30, 0, 2),
      picture_2: Uint8Array.of(60, 0, 0, 3),
    };
    const off = { mean_invert: Float32Array.of(0), mean_channel: Float32Array.of(0) };
    expect((await runGraph(graph, { ...planes, ...off })).picture_out).toEqual([30, 30, 30, 255]);
  });

  it('tells which of them is the newest', async () => {
    const newest = defineProcessor({
      ...exampleFacts,
      params: {},
      prepare: () => ({ inputSize: 2 }),
      graph: (g, { video }) => ({ video: g.slice(video, [{ axis: 0, start: 1, end: 2 }]) }),
    });
    const graph = onPictures(planProcessor(newest, { width: 1, height: 1, loadTimeValues: {} }));
    const planes = { picture: Uint8Array.of(30, 60, 90, 1), picture_1: Uint8Array.of(0, 30, 0, 2) };
    expect((await runGraph(graph, planes)).picture_out).toEqual([30, 60, 90, 255]);
  });
});
