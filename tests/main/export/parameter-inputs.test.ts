import { describe, expect, it } from 'vitest';
import type { ExportParameter } from '../../../main/export/export-parameter.ts';
import { withParameterInputs } from '../../../main/export/parameter-inputs.ts';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import { runGraph } from '../../support/run-graph.ts';

function parameter(name: string, minimum: number, maximum: number): ExportParameter {
  const texts = { label: name, help: 'Test', category: 'Test' };
  return {
    name,
    ...texts,
    kind: 'runtime',
    control: 'slider',
    order: 1,
    integer: false,
    minimum,
    maximum,
    defaultValue: minimum,
  };
}

const [ev, bend, idle] = [parameter('ev', -4, 4), parameter('bend', -1, 1), parameter('idle', 0, 1)];

/** A graph that hands its inputs on, and the way that parameters have into them. */
function made(inputsOf: (values: Readonly<Record<string, number>>) => Record<string, Float32Array>) {
  const values = { ev: 1, bend: 0.5, idle: 0 };
  const g = new GraphBuilder('inner');
  for (const [name, data] of Object.entries(inputsOf(values))) {
    const input = g.input(name, 'float32', [data.length, 1], `Input ${name}`);
    g.output(`${name}_seen`, g.add(input, g.scalar(0)), 'as it came');
  }
  const given = { parameters: [ev, bend, idle], values, inputsOf: (all: object) => inputsOf(all as never) };
  return withParameterInputs(g.build(), given);
}

const fed = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.of(value)]));

describe('parameters as inputs of a graph', () => {
  it('become constants where nothing depends on them', async () => {
    const { graph, parameters } = made(() => ({ white: Float32Array.of(3, 4) }));
    expect([graph.inputs, parameters]).toEqual([[], []]);
    expect((await runGraph(graph, {})).white_seen).toEqual([3, 4]);
  });

  it('are those that have an effect, whatever an input of the stage is called', async () => {
    const { graph, parameters } = made(({ ev: stops = 0 }) => ({ ev: Float32Array.of(2 * stops, 7) }));
    expect(parameters.map(({ name }) => name)).toEqual(['ev']);
    for (const stops of [-4, -0.3, 2.7, 4]) {
      const { ev_seen: seen } = await runGraph(graph, fed({ ev: stops }));
      expect(seen?.[0]).toBeCloseTo(2 * stops, 5);
      expect(seen?.[1]).toBe(7);
    }
  });

  it('are interpolated as finely as a curve of one or two of them needs', async () => {
    const curve = ({ ev: stops = 0, bend: k = 0 }): Record<string, Float32Array> => ({
      gain: Float32Array.of(2 ** stops),
      kinked: Float32Array.of(k > 0 && stops < 0 ? stops * (1 - k) : stops, k),
    });
    const { graph } = made(curve);
    for (const [stops, k] of [
      [-3.97, 0.99],
      [-1.11, -0.4],
      [-0.02, 0.3],
      [0.77, 0.01],
      [3.9, -0.6],
    ] as const) {
      const seen = await runGraph(graph, fed({ ev: stops, bend: k }));
      const expected = curve({ ev: stops, bend: k });
      // As far as shows: five in a hundred thousand of the largest value.
      expect(Math.abs((seen.gain_seen?.[0] as number) - 2 ** stops)).toBeLessThan(16 * 5e-5);
      for (const at of [0, 1]) {
        expect(Math.abs((seen.kinked_seen?.[at] as number) - (expected.kinked?.[at] as number))).toBeLessThan(4 * 5e-5);
      }
    }
  });
});
