import { describe, expect, it } from 'vitest';
import type { ConstantData, Graph, Value } from '../../../main/graph/graph.ts';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import { splitUniforms } from '../../../main/kernel/uniform-split.ts';
import { runGraph } from '../../support/run-graph.ts';
import { seededRandom } from '../../support/synthetic-mosaic.ts';

const [rows, columns] = [5, 6];
const planes = new Set(['light']);

function graphOf(write: (g: GraphBuilder, light: Value) => Value): Graph {
  const g = new GraphBuilder('trial');
  const light = g.input('light', 'float32', [1, 4, rows, columns], 'Samples');
  g.output('picture', write(g, light), 'Picture');
  return g.build();
}

const random = seededRandom(3);
const light = Float32Array.from({ length: 4 * rows * columns }, () => random());

/** Both parts, the first one's results handed to the second, against the whole. */
async function expectWhole(graph: Graph, parameters: Readonly<Record<string, ConstantData>> = {}): Promise<void> {
  const { uniforms, pixels } = splitUniforms(graph, planes);
  const made = uniforms ? await runGraph(uniforms, parameters) : {};
  const handed = Object.fromEntries(Object.entries(made).map(([name, data]) => [name, Float32Array.from(data)]));
  const [own, whole] = [
    await runGraph(pixels, { light, ...parameters, ...handed }),
    await runGraph(graph, { light, ...parameters }),
  ];
  expect(own).toEqual(whole);
}

const operatorsIn = ({ nodes }: Graph): string[] => nodes.map(({ operator }) => operator);

describe('a graph', () => {
  it('of pixels alone stays whole', async () => {
    const graph = graphOf((g, x) => g.multiply(g.add(x, g.scalar(1)), x));
    const { uniforms, pixels } = splitUniforms(graph, planes);
    expect(uniforms).toBeUndefined();
    expect(pixels).toEqual(graph);
  });

  it('hands on what is made of parameters, and keeps what reads samples', async () => {
    const graph = graphOf((g, x) => {
      const [gain, unused] = [g.input('gain', 'float32', [4], 'Gain'), g.input('unused', 'float32', [2], 'Nothing')];
      g.exponential(unused);
      const made = g.reshape(g.power(g.add(gain, g.scalar(1)), g.scalar(2)), [1, 4, 1, 1]);
      return g.multiply(g.subtract(x, g.reduceMean(made, [1])), made);
    });
    const { uniforms, pixels } = splitUniforms(graph, planes);
    expect(operatorsIn(uniforms as Graph)).toEqual(['Add', 'Pow', 'Reshape', 'ReduceMean']);
    expect(operatorsIn(pixels)).toEqual(['Sub', 'Mul']);
    expect(uniforms?.inputs.map(({ name }) => name)).toEqual(['gain']);
    expect(pixels.inputs.map(({ name }) => name)).toEqual(['light', ...(uniforms?.outputs.map(({ name }) => name) ?? [])]);
    expect(uniforms?.outputs.length).toBe(2);
    await expectWhole(graph, { gain: Float32Array.of(0.5, 1, 2, 3), unused: new Float32Array(2) });
  });

  it('reads parameters itself where nothing is made of them', async () => {
    const graph = graphOf((g, x) => g.multiply(x, g.input('gain', 'float32', [1, 4, 1, 1], 'Gain')));
    expect(splitUniforms(graph, planes).uniforms).toBeUndefined();
    await expectWhole(graph, { gain: Float32Array.of(0.5, 1, 2, 3) });
  });

  it('leaves what gives every pixel a number of its own to the pixels', async () => {
    const graph = graphOf((g, x) => {
      const perRow = g.absolute(g.input('perRow', 'float32', [4, rows, 2], 'By row'));
      const perColumn = g.input('perColumn', 'float32', [4, 2, columns], 'By column');
      const gains = g.reshape(g.matrixMultiply(perRow, perColumn), [1, 4, rows, columns]);
      return g.multiply(x, gains);
    });
    const { uniforms, pixels } = splitUniforms(graph, planes);
    expect(operatorsIn(uniforms as Graph)).toEqual(['Abs']);
    expect(operatorsIn(pixels)).toEqual(['MatMul', 'Reshape', 'Mul']);
    const numbers = (length: number): Float32Array => Float32Array.from({ length }, (_, index) => ((index * 7) % 5) - 2);
    await expectWhole(graph, { perRow: numbers(4 * rows * 2), perColumn: numbers(4 * 2 * columns) });
  });

  it('has small products made beforehand', async () => {
    const graph = graphOf((g, x) => {
      const mix = g.input('mix', 'float32', [4, 4], 'Mix');
      const mixed = g.matrixMultiply(g.matrixMultiply(mix, mix), g.reshape(x, [1, 4, rows * columns]));
      return g.reshape(mixed, [1, 4, rows, columns]);
    });
    const { uniforms, pixels } = splitUniforms(graph, planes);
    expect(operatorsIn(uniforms as Graph)).toEqual(['MatMul']);
    expect(operatorsIn(pixels)).toEqual(['Reshape', 'MatMul', 'Reshape']);
    await expectWhole(graph, { mix: Float32Array.from({ length: 16 }, (_, index) => ((index * 3) % 7) - 3) });
  });

  it('leaves lists of places to the pixels, but not what the lists are made of', () => {
    const graph = graphOf((g, x) => {
      const first = g.input('first', 'int64', [2], 'First places');
      const places = g.add(first, g.constant('int64', BigInt64Array.of(3n, 4n), [2]));
      const nothing = g.expand(g.constant('float32', [0], [1]), [4 * rows * columns]);
      const mask = g.scatterAdd(nothing, places, g.input('counts', 'float32', [2], 'Counts'), 0);
      return g.multiply(x, g.reshape(mask, [1, 4, rows, columns]));
    });
    const { uniforms, pixels } = splitUniforms(graph, planes);
    expect(operatorsIn(uniforms as Graph)).toEqual(['Add']);
    expect(operatorsIn(pixels)).toEqual(['Expand', 'ScatterElements', 'Reshape', 'Mul']);
  });
});
