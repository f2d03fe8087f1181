import { describe, expect, it } from 'vitest';
import type { Graph, Value } from '../../../main/graph/graph.ts';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import { foldSeams } from '../../../main/graph/seam-folding.ts';
import { runGraph } from '../../support/run-graph.ts';

const x = Float32Array.from({ length: 12 }, (_, index) => index / 4 - 1);

/** A graph over 2 x 2 pixels of three channels. */
function graphOf(write: (g: GraphBuilder, x: Value) => Value): Graph {
  const g = new GraphBuilder('seams');
  g.output('made', write(g, g.input('x', 'float32', [2, 2, 3], 'Any numbers')), 'What became of them');
  return g.build();
}

const inPlanes = (g: GraphBuilder, value: Value): Value => g.reshape(g.transpose(g.reshape(value, [4, 3]), [1, 0]), [3, 2, 2]);
const inPixels = (g: GraphBuilder, value: Value): Value => g.reshape(g.transpose(g.reshape(value, [3, 4]), [1, 0]), [2, 2, 3]);
const clipped = (g: GraphBuilder, value: Value, highest = 1): Value => g.clip(value, g.scalar(0), g.scalar(highest));
const doubled = (g: GraphBuilder, value: Value): Value => g.multiply(value, g.scalar(2));

const operators = ({ nodes }: Graph): string[] => nodes.map(({ operator }) => operator);

describe('seams between graphs that were joined', () => {
  const cases: [string, (g: GraphBuilder, x: Value) => Value, string[]][] = [
    [
      'layouts that undo each other across a clip',
      (g, value) => inPixels(g, doubled(g, inPlanes(g, clipped(g, inPixels(g, doubled(g, inPlanes(g, value))))))),
      ['Reshape', 'Transpose', 'Reshape', 'Mul', 'Clip', 'Mul', 'Reshape', 'Transpose', 'Reshape'],
    ],
    ['nothing but changes of layout', (g, value) => doubled(g, inPixels(g, inPlanes(g, value))), ['Mul']],
    ['a reshape to the same shape', (g, value) => doubled(g, g.reshape(value, [2, 2, 3])), ['Mul']],
    ['the same clip twice', (g, value) => doubled(g, clipped(g, clipped(g, value))), ['Clip', 'Mul']],
    ['clips to other ranges, which stay', (g, value) => doubled(g, clipped(g, clipped(g, value), 0.5)), ['Clip', 'Clip', 'Mul']],
    [
      'transposes that do not undo each other, which stay',
      (g, value) => doubled(g, g.transpose(g.transpose(value, [1, 2, 0]), [1, 2, 0])),
      ['Transpose', 'Transpose', 'Mul'],
    ],
    ['a slice of everything', (g, value) => doubled(g, g.slice(value, [{ axis: 1, start: 0, end: 2 }])), ['Mul']],
    ['an axis that is turned round, which stays', (g, value) => doubled(g, g.reverse(value, 1)), ['Slice', 'Mul']],
    [
      'a sum of everything, whatever the layout',
      (g, value) => g.reduceSum(inPixels(g, doubled(g, inPlanes(g, value))), [0, 1, 2]),
      ['Reshape', 'Transpose', 'Reshape', 'Mul', 'ReduceSum'],
    ],
    [
      'a sum along one axis, which depends on it',
      (g, value) => g.reduceSum(inPixels(g, doubled(g, inPlanes(g, value))), [2]),
      ['Reshape', 'Transpose', 'Reshape', 'Mul', 'Reshape', 'Transpose', 'Reshape', 'ReduceSum'],
    ],
    [
      'a sum along all axes that are longer than one sample, which others are in another layout',
      (g, value) => g.reduceSum(g.transpose(g.reshape(value, [1, 2, 6, 1]), [0, 3, 1, 2]), [2, 3]),
      ['Reshape', 'Transpose', 'ReduceSum'],
    ],
    [
      'a clip whose samples are needed in both layouts',
      (g, value) => {
        const pixels = clipped(g, inPixels(g, doubled(g, inPlanes(g, value))));
        return g.add(inPlanes(g, pixels), g.reshape(pixels, [3, 2, 2]));
      },
      ['Reshape', 'Transpose', 'Reshape', 'Mul', 'Reshape', 'Transpose', 'Reshape', 'Clip', 'Clip', 'Reshape', 'Add'],
    ],
  ];
  it.each(cases)('are folded: %s', async (_, write, expected) => {
    const graph = graphOf(write);
    const folded = foldSeams(graph);
    expect(operators(folded).sort()).toEqual(expected.sort());
    expect(await runGraph(folded, { x })).toEqual(await runGraph(graph, { x }));
    expect(folded.outputs).toEqual(graph.outputs);
  });

  it('keep what makes an output, whatever it is', async () => {
    const graph = graphOf((g, value) => inPixels(g, inPlanes(g, value)));
    expect(await runGraph(foldSeams(graph), { x })).toEqual({ made: [...x] });
  });
});
