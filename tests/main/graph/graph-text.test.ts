import { expect, test } from 'vitest';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import { graphText } from '../../../main/graph/graph-text.ts';

test('a graph is told with its ports, its operators by how often they occur, and its nodes in order', () => {
  const g = new GraphBuilder('lift');
  const video = g.input('video', 'float32', [1, 4, 6, 3], 'RGB in [0, 1]');
  const amount = g.input('lift_amount', 'float32', [], 'Amount in EV: How much');
  const lifted = g.add(g.multiply(video, amount), g.constant('float32', [0.1, 0.2, 0.3], [3]));
  g.output('video_out', g.clip(lifted, g.scalar(0), g.scalar(1)), 'RGB in [0, 1], lifted');
  const graph = g.build();
  const lines = graphText(graph).split('\n');
  const elements = graph.constants.reduce((sum, { data }) => sum + data.length, 0);
  expect(lines[0]).toBe(`graph lift: ${graph.nodes.length} nodes, ${graph.constants.length} constants of ${elements} elements`);
  expect(lines).toContain('  video float32 [1, 4, 6, 3]  RGB in [0, 1]');
  expect(lines).toContain('  lift_amount float32 []  Amount in EV: How much');
  expect(lines).toContain('  video_out float32 [1, 4, 6, 3]  RGB in [0, 1], lifted');
  const nodeLines = lines.filter((line) => / = \w+\(/.test(line));
  expect(nodeLines.map((line) => / = (\w+)\(/.exec(line)?.[1])).toEqual(graph.nodes.map(({ operator }) => operator));
  expect(nodeLines.find((line) => line.includes('= Mul('))).toContain('(video, lift_amount)');
  expect(nodeLines.find((line) => line.includes('= Add('))).toContain('#[3]');
  expect(
    lines.filter((line) => /^ +\d+ {2}\w+$/.test(line)).reduce((sum, line) => sum + Number(line.trim().split(' ')[0]), 0),
  ).toBe(graph.nodes.length);
});
