import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../main/graph/graph.ts';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import { probeSizes, symbolicGraph } from '../../../main/graph/symbolic-size.ts';
import { runGraph } from '../../support/run-graph.ts';

type Write = (g: GraphBuilder, rows: number, columns: number) => void;

/** A graph with an input `video` for one size, as `write` continues it. */
function planned(write: Write, rows: number, columns: number): Graph {
  const g = new GraphBuilder('sized');
  write(g, rows, columns);
  return g.build();
}

function symbolic(write: Write, multiple = 1): Graph | undefined {
  const probes = probeSizes(multiple).map(({ width, height }) => ({ width, height, graph: planned(write, height, width) }));
  return symbolicGraph(probes, 'video');
}

const video = (g: GraphBuilder, rows: number, columns: number) => g.input('video', 'float32', [1, rows, columns, 3], 'frames');

/** The lower half of the samples, by itself and on many rows: sums, halves and products of extents. */
const halves: Write = (g, rows, columns) => {
  const line = g.reshape(video(g, rows, columns), [rows * columns * 3]);
  const half = g.slice(line, [{ axis: 0, start: (rows / 2) * columns * 3, end: rows * columns * 3 }]);
  g.output('half', g.reshape(half, [rows / 2, columns * 3]), 'lower half');
  const [above, left] = [g.reshape(half, [1, (rows / 2) * columns * 3]), g.scalar(2)];
  g.output('doubled', g.expand(g.multiply(above, left), [rows - 3, (rows / 2) * columns * 3]), 'twice, on many rows');
};

describe('a graph for frames of every size', () => {
  it('cannot be had where weights, operators or tables depend on the size, or without any example', () => {
    const factor: Write = (g, rows, columns) => g.output('y', g.multiply(video(g, rows, columns), g.scalar(1 / rows)), 'scaled');
    const table: Write = (g, rows, columns) => {
      const ramp = g.constant('float32', new Float32Array(columns), [1, 1, columns, 1]);
      g.output('y', g.multiply(video(g, rows, columns), ramp), 'scaled');
    };
    const operator: Write = (g, rows, columns) => {
      const x = video(g, rows, columns);
      g.output('y', rows > 500 ? g.negative(x) : g.absolute(x), 'of one sign');
    };
    const attribute: Write = (g, rows, columns) =>
      g.output('y', g.reduceMean(video(g, rows, columns), [rows > 500 ? 1 : 2]), 'means');
    for (const write of [factor, table, operator, attribute]) expect(symbolic(write)).toBeUndefined();
    expect(symbolicGraph([], 'video')).toBeUndefined();
  });

  it('cannot be had for odd sizes where extents are halved, or roots of the size', () => {
    const rounded: Write = (g, rows, columns) => {
      const x = g.slice(video(g, rows, columns), [{ axis: 1, start: 0, end: Math.ceil(rows / 2) }]);
      g.output('y', x, 'upper half');
    };
    expect(symbolic(rounded)).toBeUndefined();
    expect(symbolic(rounded, 2)).toBeDefined();
    const root: Write = (g, rows, columns) => {
      g.output('y', g.slice(video(g, rows, columns), [{ axis: 1, start: 0, end: Math.floor(Math.sqrt(rows)) }]), 'some rows');
    };
    for (const multiple of [1, 2, 4]) expect(symbolic(root, multiple)).toBeUndefined();
  });

  it.each([
    [4, 3],
    [8, 5],
    [36, 64],
  ])('computes at %d x %d what the graph for that size does', async (rows, columns) => {
    const graph = symbolic(halves, 2) as Graph;
    const frame = Float32Array.from({ length: rows * columns * 3 }, (_, index) => Math.sin(index));
    const inputs = graph.inputs.map((port) => ({ ...port, shape: [1, rows, columns, 3] }));
    const made = await runGraph({ ...graph, inputs }, { video: frame });
    expect(made).toEqual(await runGraph(planned(halves, rows, columns), { video: frame }));
  });

  it('counts ramps of rows and columns', async () => {
    const ramps: Write = (g, rows, columns) => {
      const down = g.constant(
        'float32',
        Float32Array.from({ length: rows }, (_, row) => row),
        [1, rows, 1, 1],
      );
      const across = g.constant(
        'int64',
        BigInt64Array.from({ length: columns }, (_, column) => BigInt(column)),
        [columns, 1],
      );
      const sum = g.add(video(g, rows, columns), g.add(down, g.multiply(g.cast(across, 'float32'), g.scalar(100))));
      g.output('y', sum, 'positions');
    };
    const graph = symbolic(ramps) as Graph;
    const inputs = graph.inputs.map((port) => ({ ...port, shape: [1, 2, 3, 3] }));
    const { y } = await runGraph({ ...graph, inputs }, { video: new Float32Array(18) });
    expect(y?.filter((_, index) => index % 3 === 0)).toEqual([0, 100, 200, 1, 101, 201]);
  });

  it('names the extents of its ports', () => {
    const graph = symbolic(halves, 2) as Graph;
    expect(graph.inputs.map(({ shape }) => shape)).toEqual([[1, 'rows', 'columns', 3]]);
    expect(graph.outputs.map(({ shape }) => shape)).toEqual([
      ['half_0', 'half_1'],
      ['doubled_0', 'doubled_1'],
    ]);
  });
});
