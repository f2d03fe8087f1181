import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../main/graph/graph.ts';
import type { GraphBuilder } from '../../../../main/graph/graph-builder.ts';
import { guidedDenoise } from '../../../../main/processor/builtin/guided-denoise.ts';
import { planesOf, videoOf, withBorder } from '../../../../main/processor/builtin/video-planes.ts';
import type { ImageProcessor } from '../../../../main/processor/image-processor.ts';
import { inlineHandle } from '../../../../main/processor/processor-handle.ts';
import { tryHalo } from '../../../../main/processor/rules/halo-trial.ts';
import { liftProcessor } from '../example-processors.ts';

/** The mean over `reach` rows and columns on every side, border samples repeated. */
function blurred(g: GraphBuilder, video: Value, reach: number): Value {
  return videoOf(g, g.averagePool(withBorder(g, planesOf(g, video), reach), [2 * reach + 1, 2 * reach + 1]));
}

const messages = async (changes: Partial<ImageProcessor>, from: ImageProcessor = liftProcessor): Promise<string[]> =>
  (await tryHalo(inlineHandle({ ...from, ...changes }))).map(({ message }) => message);

describe('a halo that is false', () => {
  it('is refused for too few rows, with the first row that is another one', async () => {
    expect(await messages({ halo: () => 1, graph: (g, { video }) => ({ video: blurred(g, video, 2) }) })).toEqual([
      'Expected strips with 1 rows around them that are made as the whole frame is, at the defaults, for halo but received another row 13 of 40',
    ]);
  });

  it('is refused for a graph that counts rows from the top of its strip, and accepted where it counts from the top of the frame', async () => {
    const graph =
      (counts: boolean): NonNullable<ImageProcessor['graph']> =>
      (g, { video }, _values, strip) => {
        const rows = video.shape[1] as number;
        const ramp = g.constant(
          'float32',
          Array.from({ length: rows }, (_, row) => row),
          [1, rows, 1, 1],
        );
        const row = counts && strip ? g.add(ramp, strip.firstRow) : ramp;
        return { video: g.multiply(video, g.multiply(row, g.scalar(0.01))) };
      };
    expect((await messages({ halo: () => 0, graph: graph(false) }))[0]).toMatch(/another row 13 of 38$/);
    expect(await messages({ halo: () => 0, graph: graph(true) })).toEqual([]);
  });

  it('is found where it is one at the ends of load-time ranges only', async () => {
    const [message] = await messages({ halo: () => 6 }, guidedDenoise as ImageProcessor);
    expect(message).toContain(
      'Expected strips with 6 rows around them that are made as the whole frame is, at the highest load-time values,',
    );
  });
});

describe('a halo that is true', () => {
  it.each<[string, Partial<ImageProcessor>]>([
    ['of more rows than needed', { halo: () => 5, graph: (g, { video }) => ({ video: blurred(g, video, 2) }) }],
    [
      'of several frames',
      {
        prepare: () => ({ inputSize: 3 }),
        halo: () => 2,
        graph: (g, { video }) => ({ video: blurred(g, g.reduceMean(video, [0]), 2) }),
      },
    ],
    ['of none', { graph: (g, { video }) => ({ video: g.subtract(video, g.reduceMean(video, [1])) }) }],
  ])('is accepted: %s', async (_, changes) => {
    expect(await messages(changes)).toEqual([]);
  });
});
