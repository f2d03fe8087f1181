import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../../main/graph/graph.ts';
import { GraphBuilder } from '../../../../main/graph/graph-builder.ts';
import { temporalDenoise } from '../../../../main/processor/builtin/temporal-denoise.ts';
import { onMosaics } from '../../../../main/processor/chain/mosaic-ends.ts';
import { planProcessor, processorPorts } from '../../../../main/processor/processor-plan.ts';
import { runGraph } from '../../../support/run-graph.ts';

const [rows, columns] = [4, 6] as const;
/** From below black to above white. */
const samples = Uint16Array.from({ length: rows * columns }, (_, index) => index * 50);

/** v * factor on one channel. */
function scaled(factor: number): Graph {
  const g = new GraphBuilder('scaled');
  const video = g.input(processorPorts.video, 'float32', [1, rows, columns, 1], 'mosaic');
  g.output(processorPorts.result, g.clip(g.multiply(video, g.scalar(factor)), g.scalar(0), g.scalar(1)), 'mosaic');
  return g.build();
}

async function run(graph: Graph, feeds: Record<string, Uint16Array>): Promise<number[]> {
  return (await runGraph(graph, feeds)).mosaic_out as number[];
}

describe.each([
  ['one black level', [64, 64, 64, 64]],
  ['a black level for each position', [60, 64, 66, 70]],
] as const)('a mosaic with %s', (_, blackLevels) => {
  const levels = { blackLevels, whiteLevel: 1023 };
  const blackAt = (index: number): number => blackLevels[(Math.floor(index / columns) % 2) * 2 + (index % 2)] as number;

  it('comes out as it went in where nothing changes it, also below black and above white', async () => {
    expect(await run(onMosaics(scaled(1), levels), { mosaic: samples })).toEqual([...samples]);
  });

  it('is scaled between black and white, and what lies outside is kept beside it', async () => {
    const expected = [...samples].map((sample, index) => {
      const [black, span] = [blackAt(index), 1023 - blackAt(index)];
      const inside = Math.min(1, Math.max(0, (sample - black) / span));
      return black + inside * 0.5 * span + (sample - black - inside * span);
    });
    const made = await run(onMosaics(scaled(0.5), levels), { mosaic: samples });
    for (const [index, value] of made.entries()) {
      expect(Math.abs(value - Math.min(65535, Math.max(0, expected[index] as number)))).toBeLessThanOrEqual(0.51);
    }
  });
});

describe('a processor of several frames on mosaics', () => {
  it('leaves a mosaic that does not change as it is', async () => {
    const graph = planProcessor(temporalDenoise, { width: columns, height: rows, loadTimeValues: {}, channels: 1 });
    const onRaw = onMosaics(graph, { blackLevels: [64, 64, 64, 64], whiteLevel: 1023 });
    const frames = Object.fromEntries(['mosaic', 'mosaic_1', 'mosaic_2', 'mosaic_3'].map((name) => [name, samples]));
    const scalars = { temporal_tolerance: Float32Array.of(0.05), temporal_strength: Float32Array.of(1) };
    const made = await runGraph(onRaw, { ...frames, ...scalars });
    expect(made.mosaic_out).toEqual([...samples]);
  });
});
