import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centredStencil, combineStencils } from '../../../main/graph/linear-stencil.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import type { AffineOperator, LinearOperator, Operator } from '../../../main/isp/operator.ts';
import { rasterInput } from '../../../main/isp/operators/raster-input.ts';
import { planStage } from '../../../main/isp/stage-plan.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { runGraph } from '../../support/run-graph.ts';
import { plainSensor } from '../../support/synthetic-mosaic.ts';

const [width, height] = [8, 6];
const declared = { params: {}, inputs: () => ({}) };

function affine(factors: readonly number[], offsets: readonly number[]): AffineOperator {
  return {
    ...declared,
    kind: 'affine',
    id: 'affine',
    affine: ({ g }) => ({
      factor: g.constant('float32', [...factors], [2, 2]),
      offset: g.constant('float32', [...offsets], [2, 2]),
    }),
  };
}

/** Every channel of every position, filtered by a neighbour's weight to its right. */
function linear(weight: number): LinearOperator {
  const withNeighbour = centredStencil([[0, 1, weight]]);
  return {
    ...declared,
    kind: 'linear',
    id: 'linear',
    linear: (_cfa, positions) =>
      positions.map((position) => ({
        ...position,
        channels: position.channels.map((stencil) =>
          combineStencils([
            { factor: 0.5, stencil },
            { factor: 0.5, stencil: withNeighbour },
          ]),
        ),
      })),
  };
}

/** Writes what flows through it as an output of the graph. */
const floatOutput: Operator = {
  ...declared,
  kind: 'graph',
  id: 'output',
  halo: { above: 0, below: 0 },
  outputs: [{ name: 'light', type: 'float32', channels: 1 }],
  graph: ({ g }, x) => {
    const value = g.add(x.value, g.scalar(0));
    g.output('light', value, 'what flows');
    return { ...x, value };
  },
};

function graphOf(operators: readonly Operator[]): ReturnType<typeof planStage>['graph'] {
  const parts = { id: 'folding', name: 'Folding', operators: [rasterInput, ...operators, floatOutput], stripRows: 16 };
  return planStage(parts, { width, height, sensor: plainSensor, values: {}, cut: 'frame' }).graph;
}

const four = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 4, maxLength: 4 });

describe('folding', () => {
  it('makes one pass of any run of affine operators, with the result of running them one by one', async () => {
    const mosaic = Uint16Array.from({ length: width * height }, (_, index) => (index * 37) % 101);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(four, four), { minLength: 1, maxLength: 4 }), async (maps) => {
        const graph = graphOf(maps.map(([factors, offsets]) => affine(factors, offsets)));
        const overTheRaster = graph.nodes.filter(({ operator, outputs }) => operator === 'Mul' && outputs[0]?.shape.length === 4);
        expect(overTheRaster).toHaveLength(1);
        const expected = Array.from(mosaic, (sample, index) => {
          const position = (Math.floor(index / width) % 2) * 2 + (index % 2);
          return maps.reduce(
            (x, [factors, offsets]) => x * (factors[position] as number) + (offsets[position] as number),
            sample,
          );
        });
        const { light } = await runGraph(graph, { mosaic });
        expect(light?.map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
      }),
      { numRuns: 25 },
    );
  });

  it('makes one convolution of neighbouring linear operators, as wide as their filters together', () => {
    const graph = graphOf([linear(1), linear(2)]);
    const convolutions = graph.nodes.filter(({ operator }) => operator === 'Conv');
    expect(convolutions).toHaveLength(1);
    expect(convolutions[0]?.outputs[0]?.shape).toEqual([1, 4, height / 2, width / 2]);
  });

  it('leaves FastISP with one pass for levels, balance and exposure, and one convolution', () => {
    const values = defaultValues(fastIsp.declaration.params);
    const { graph } = fastIsp.plan({ width: 64, height: 48, sensor: plainSensor, values, cut: 'frame' });
    expect(graph.nodes.filter(({ operator }) => operator === 'Conv')).toHaveLength(1);
    const beforeClip = graph.nodes.slice(
      0,
      graph.nodes.findIndex(({ operator }) => operator === 'Clip'),
    );
    const passes = beforeClip.filter(({ outputs }) => outputs[0]?.shape.some((extent) => extent === 2 * (64 + 4)) ?? false);
    expect(passes.map(({ operator }) => operator).filter((operator) => operator === 'Mul' || operator === 'Add')).toEqual([
      'Mul',
      'Add',
    ]);
  });
});
