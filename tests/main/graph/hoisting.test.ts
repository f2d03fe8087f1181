import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../main/graph/graph.ts';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import { hoist } from '../../../main/graph/hoisting.ts';
import { runGraph } from '../../support/run-graph.ts';

const varying = new Set(['samples', 'first_row']);

/** (samples + first_row) * sqrt(gain * 2) + 4, with a constant part and a gain that is read directly as well. */
function strip(): Graph {
  const g = new GraphBuilder('strip');
  const samples = g.input('samples', 'float32', [3], 'Samples');
  const gain = g.input('gain', 'float32', [], 'Gain');
  const firstRow = g.input('first_row', 'float32', [], 'First row');
  const four = g.multiply(g.scalar(2), g.scalar(2));
  const factor = g.squareRoot(g.multiply(gain, g.scalar(2)));
  const product = g.multiply(g.add(samples, firstRow), factor);
  g.output('result', g.add(g.multiply(product, g.scalar(1)), four), 'Result');
  g.output('doubled', g.multiply(samples, gain), 'Samples times the gain');
  return g.build();
}

const operators = (graph: Graph | undefined): string[] | undefined => graph?.nodes.map(({ operator }) => operator);
const names = (ports: readonly { readonly name: string }[] | undefined): string[] | undefined => ports?.map(({ name }) => name);

describe('hoisting', () => {
  it('moves what depends on parameters alone, and nothing else', () => {
    const { prologue, body } = hoist(strip(), varying);
    expect(operators(prologue)).toEqual(['Mul', 'Sqrt']);
    expect(names(prologue?.inputs)).toEqual(['gain']);
    expect(operators(body)).toEqual(['Mul', 'Add', 'Mul', 'Mul', 'Add', 'Mul']);
    expect(names(body.inputs)).toEqual(['samples', 'gain', 'first_row', ...(names(prologue?.outputs) as string[])]);
    expect(names(body.outputs)).toEqual(['result', 'doubled']);
  });

  it('gives parts that compute what the whole computes', async () => {
    const { prologue, body } = hoist(strip(), varying);
    const feeds = { samples: Float32Array.of(1, 2, 3), first_row: Float32Array.of(10), gain: Float32Array.of(8) };
    const made = await runGraph(prologue as Graph, feeds);
    const floats = Object.fromEntries(Object.entries(made).map(([name, data]) => [name, Float32Array.from(data)]));
    const inParts = await runGraph(body, { ...feeds, ...floats });
    expect(inParts).toEqual(await runGraph(strip(), feeds));
    expect(inParts).toEqual({ result: [48, 52, 56], doubled: [8, 16, 24] });
  });

  it('leaves a graph as it is where nothing can be moved, or where what could is an output', () => {
    const plain = new GraphBuilder('plain');
    plain.output('y', plain.add(plain.input('samples', 'float32', [2], 'x'), plain.input('gain', 'float32', [], 'g')), 'y');
    const graph = plain.build();
    expect(hoist(graph, varying)).toEqual({ body: graph });

    const given = new GraphBuilder('given');
    const root = given.squareRoot(given.input('gain', 'float32', [], 'g'));
    given.output('root', root, 'of the gain');
    given.output('y', given.multiply(given.input('samples', 'float32', [2], 'x'), root), 'y');
    const whole = given.build();
    expect(hoist(whole, varying)).toEqual({ body: whole });
  });
});
