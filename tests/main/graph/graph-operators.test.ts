import { describe, expect, it } from 'vitest';
import type { Value } from '../../../main/graph/graph.ts';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import { elementCount, type Shape } from '../../../main/graph/tensor-type.ts';
import { runGraph } from '../../support/run-graph.ts';

const ramp = (count: number): Float32Array => Float32Array.from({ length: count }, (_, index) => index);

/** Runs one operator in ONNX Runtime; its shape there has to be the one that the builder inferred. */
async function resultOf(shape: Shape, data: Float32Array, build: (g: GraphBuilder, x: Value) => Value): Promise<number[]> {
  const g = new GraphBuilder('operator');
  const made = build(g, g.input('x', 'float32', shape, 'test input'));
  g.output('y', made.type === 'float32' ? made : g.cast(made, 'float32'), 'result');
  const { y } = await runGraph(g.build(), { x: data });
  const count = elementCount(made.shape);
  if (count !== undefined) expect(y).toHaveLength(count);
  return y as number[];
}

describe('an operator over windows or parts refuses', () => {
  const refused: Record<string, [(g: GraphBuilder, x: Value) => unknown, RegExp]> = {
    'an empty range': [(g, x) => g.slice(x, [{ axis: 2, start: 4, end: 4 }]), /a range within \[1, 1, 4, 6\] for node Slice_\d+/],
    'a step of none': [(g, x) => g.slice(x, [{ axis: 2, start: 0, end: 4, step: 0 }]), /4 by 0 of axis 2/],
    'indices that are no integers': [(g, x) => g.gather(x, g.scalar(1), 2), /integer indices for node Gather_\d+ .*float32/],
    'updates of another shape': [
      (g, x) => {
        const zeros = g.constant('float32', [0, 0], [2]);
        return g.scatterAdd(zeros, g.constant('int64', BigInt64Array.of(0n), [1]), g.reshape(x, [24]), 0);
      },
      /updates of shape \[1\] for node ScatterElements_\d+ .*\[24\]/,
    ],
    'a window larger than the plane': [
      (g, x) => g.averagePool(x, [5, 5]),
      /a window within \[1, 1, 4, 6\] for node AveragePool_\d+/,
    ],
    'an axis to reverse that is not there': [(g, x) => g.reverse(x, 4), /for node Slice_\d+/],
    'a choice by numbers': [(g, x) => g.where(x, x, x), /bool values for node Where_\d+/],
    'groups that do not divide': [
      (g, x) => g.convolve(x, g.constant('float32', [1, 1, 1], [3, 1, 1, 1]), [1, 1], 2),
      /1 input channels in 2 groups for node Conv_\d+ .*\[3, 1, 1, 1\]/,
    ],
    'more extremes than elements': [(g, x) => g.extremes(x, 'largest', 7, 3), /at most 6 elements for node TopK_\d+ .*7/],
    'no row': [(g, x) => g.resizeLinear(x, 0, 4, 'half_pixel'), /at least one row and column for node Resize_\d+ .*0 x 4/],
  };
  for (const [name, [build, message]] of Object.entries(refused)) {
    it(name, () => {
      const g = new GraphBuilder('refused');
      expect(() => build(g, g.input('x', 'float32', [1, 1, 4, 6], 'test input'))).toThrow(message);
    });
  }
});

describe('an operator computes in ONNX Runtime', () => {
  it('functions of one value', async () => {
    const values = Float32Array.of(-1.5, 0.25, 2.5);
    const expectEach = async (build: (g: GraphBuilder, x: Value) => Value, reference: (x: number) => number): Promise<void> => {
      const result = await resultOf([3], values, build);
      for (const [index, y] of result.entries()) expect(y).toBeCloseTo(reference(values[index] as number), 5);
    };
    await expectEach((g, x) => g.exponential(x), Math.exp);
    await expectEach(
      (g, x) => g.logarithm(g.absolute(x)),
      (x) => Math.log(Math.abs(x)),
    );
    await expectEach((g, x) => g.hyperbolicTangent(x), Math.tanh);
    await expectEach(
      (g, x) => g.reciprocal(g.negative(x)),
      (x) => -1 / x,
    );
    await expectEach((g, x) => g.floor(x), Math.floor);
    expect(await resultOf([3], values, (g, x) => g.round(x))).toEqual([-2, 0, 2]);
  });

  it('comparisons and choices', async () => {
    const x = Float32Array.of(1, 2, 3, 2);
    expect(await resultOf([4], x, (g, v) => g.greater(v, g.scalar(2)))).toEqual([0, 0, 1, 0]);
    expect(await resultOf([4], x, (g, v) => g.less(v, g.scalar(2)))).toEqual([1, 0, 0, 0]);
    expect(await resultOf([4], x, (g, v) => g.equal(v, g.scalar(2)))).toEqual([0, 1, 0, 1]);
    expect(await resultOf([4], x, (g, v) => g.where(g.less(v, g.scalar(3)), g.maximum(v, g.scalar(2)), g.scalar(9)))).toEqual([
      2, 2, 9, 2,
    ]);
  });

  it('reductions', async () => {
    expect(await resultOf([2, 3], ramp(6), (g, x) => g.reduceSum(x, [1]))).toEqual([3, 12]);
    expect(await resultOf([2, 3], ramp(6), (g, x) => g.reduceMean(x, [0]))).toEqual([1.5, 2.5, 3.5]);
    expect(await resultOf([2, 3], ramp(6), (g, x) => g.reduceMaximum(x, [0, 1]))).toEqual([5]);
  });
});

describe('an operator over windows or parts gives', () => {
  it('parts, also by steps and from the end', async () => {
    const rows = await resultOf([1, 1, 4, 3], ramp(12), (g, x) => g.slice(x, [{ axis: 2, start: 1, end: 4, step: 2 }]));
    expect(rows).toEqual([3, 4, 5, 9, 10, 11]);
    const inner = await resultOf([4, 3], ramp(12), (g, x) =>
      g.slice(x, [
        { axis: 0, start: -2, end: 99 },
        { axis: 1, start: 0, end: -1 },
      ]),
    );
    expect(inner).toEqual([6, 7, 9, 10]);
    const picked = await resultOf([4, 2], ramp(8), (g, x) => g.gather(x, g.constant('int64', BigInt64Array.of(3n, 0n), [2]), 0));
    expect(picked).toEqual([6, 7, 0, 1]);
  });

  it('places that are not zero, to read and to write at', async () => {
    const x = Float32Array.of(0, 3, 0, -2, 0, 5);
    const found = await resultOf([6], x, (g, v) => g.cast(g.nonZero(v), 'float32'));
    expect(found).toEqual([1, 3, 5]);
    const doubled = await resultOf([6], x, (g, v) => {
      const places = g.reshape(g.nonZero(v), [-1]);
      return g.scatter(v, places, g.multiply(g.gather(v, places, 0), g.scalar(2)), 0);
    });
    expect(doubled).toEqual([0, 6, 0, -4, 0, 10]);
    expect(await resultOf([3], new Float32Array(3), (g, v) => g.cast(g.nonZero(v), 'float32'))).toEqual([]);
  });

  it('extremes along an axis, in their order', async () => {
    const x = Float32Array.of(1, 9, 4, 7, 2, 8);
    expect(await resultOf([3, 2], x, (g, v) => g.extremes(v, 'largest', 2, 0))).toEqual([4, 9, 2, 8]);
    expect(await resultOf([3, 2], x, (g, v) => g.extremes(v, 'smallest', 1, 1))).toEqual([1, 4, 2]);
  });

  it('a histogram by scattering, where repeated indices add up', async () => {
    const bins = await resultOf([5], Float32Array.of(0, 2, 2, 3, 2), (g, x) => {
      const ones = g.constant('float32', [1, 1, 1, 1, 1], [5]);
      return g.scatterAdd(g.constant('float32', [0, 0, 0, 0], [4]), g.cast(x, 'int64'), ones, 0);
    });
    expect(bins).toEqual([1, 0, 3, 1]);
  });

  it('windows: pools, filters of a channel, borders', async () => {
    expect(await resultOf([1, 1, 2, 4], ramp(8), (g, x) => g.averagePool(x, [2, 2], [2, 2]))).toEqual([2.5, 4.5]);
    expect(await resultOf([2, 3], ramp(6), (g, x) => g.reverse(x, 0))).toEqual([3, 4, 5, 0, 1, 2]);
    expect(await resultOf([2, 3], ramp(6), (g, x) => g.reverse(x, 1))).toEqual([2, 1, 0, 5, 4, 3]);
    expect(await resultOf([1, 1, 2, 3], ramp(6), (g, x) => g.maximumPool(x, [2, 2]))).toEqual([4, 5]);
    const perChannel = await resultOf([1, 2, 1, 2], Float32Array.of(1, 2, 10, 20), (g, x) =>
      g.convolve(x, g.constant('float32', [1, 1, 1, -1], [2, 1, 1, 2]), [1, 1], 2),
    );
    expect(perChannel).toEqual([3, -10]);
    const padded = await resultOf([1, 3], ramp(3), (g, x) =>
      g.padEdge(x, g.constant('int64', BigInt64Array.of(0n, 2n, 0n, 1n), [4]), [1, 6]),
    );
    expect(padded).toEqual([0, 0, 0, 1, 2, 2]);
  });

  it('bilinear interpolation, corner to corner', async () => {
    const wide = await resultOf([1, 1, 1, 2], Float32Array.of(0, 3), (g, x) => g.resizeLinear(x, 1, 4, 'align_corners'));
    for (const index of [0, 1, 2, 3]) expect(wide[index]).toBeCloseTo(index, 5);
  });
});
