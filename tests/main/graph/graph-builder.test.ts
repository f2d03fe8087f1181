import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import type { Shape } from '../../../main/graph/tensor-type.ts';
import { runGraph } from '../../support/run-graph.ts';

function inputOf(g: GraphBuilder, shape: Shape, name = 'x'): ReturnType<GraphBuilder['input']> {
  return g.input(name, 'float32', shape, 'test input');
}

describe('a graph with wrong shapes names the node and both shapes', () => {
  const wrong: Record<string, [(g: GraphBuilder) => unknown, RegExp]> = {
    'an element-wise operation': [
      (g) => g.add(inputOf(g, [2, 3]), inputOf(g, [2, 4], 'y')),
      /\[2, 3\] for node Add_\d+ .*\[2, 4\]/,
    ],
    'a matrix product': [
      (g) => g.matrixMultiply(inputOf(g, [2, 3]), inputOf(g, [2, 3], 'y')),
      /3 rows for node MatMul_\d+ .*\[2, 3\]/,
    ],
    'a reshape': [(g) => g.reshape(inputOf(g, [2, 3]), [4, 2]), /\[2, 3\] for node Reshape_\d+ .*\[4, 2\]/],
    'a reshape with two open extents': [
      (g) => g.reshape(inputOf(g, [2, 3]), [-1, -1]),
      /\[2, 3\] for node Reshape_\d+ .*\[-1, -1\]/,
    ],
    'a permutation': [(g) => g.transpose(inputOf(g, [2, 3]), [0, 2]), /permutation of 2 axes for node Transpose_\d+ .*\[0, 2\]/],
    'a concatenation': [
      (g) => g.concatenate([inputOf(g, [2, 3]), inputOf(g, [3, 2], 'y')], 0),
      /\[2, 3\].* for node Concat_\d+ .*\[3, 2\]/,
    ],
    'an expansion': [(g) => g.expand(inputOf(g, [3]), [2, 4]), /node Expand_\d+ .*\[2, 4\]/],
    'a convolution of other channels': [
      (g) => g.convolve(inputOf(g, [1, 2, 8, 8]), inputOf(g, [4, 1, 3, 3], 'w'), [1, 1]),
      /2 input channels for node Conv_\d+ .*\[4, 1, 3, 3\]/,
    ],
    'a convolution wider than its input': [
      (g) => g.convolve(inputOf(g, [1, 1, 2, 8]), inputOf(g, [4, 1, 3, 3], 'w'), [1, 1]),
      /node Conv_\d+ .*\[4, 1, 3, 3\]/,
    ],
    'a constant': [(g) => g.constant('float32', [1, 2, 3], [2, 2]), /4 elements for shape \[2, 2\] for node constant_\d+ .* 3$/],
    'clip limits': [(g) => g.clip(inputOf(g, [4]), inputOf(g, [1], 'low'), g.scalar(1)), /a scalar for node Clip_\d+ .*\[1\]/],
    'quantisation scales': [
      (g) =>
        g.quantizeToUint8(
          inputOf(g, [1, 4, 2]),
          g.constant('float32', [1, 1], [2]),
          g.constant('uint8', new Uint8Array(2), [2]),
          1,
        ),
      /of shape \[4\] for node QuantizeLinear_\d+ .*\[2\]/,
    ],
    pads: [
      (g) => g.padReflect(inputOf(g, [4, 4]), g.constant('int64', BigInt64Array.of(1n, 1n), [2]), [6, 6]),
      /int64 pads of shape \[4\] for node Pad_\d+ .*int64 \[2\]/,
    ],
  };
  for (const [name, [build, message]] of Object.entries(wrong)) {
    it(name, () => {
      expect(() => build(new GraphBuilder('wrong'))).toThrow(message);
    });
  }
});

describe('a graph with wrong types, names or owners', () => {
  it('refuses operands of two element types', () => {
    const g = new GraphBuilder('types');
    const integers = g.input('n', 'int32', [2], 'integers');
    expect(() => g.add(inputOf(g, [2]), integers)).toThrow('Expected float32 values for node Add_2 but received int32 in n');
  });

  it('refuses element types that an operator does not take', () => {
    const g = new GraphBuilder('types');
    const [x, bytes] = [inputOf(g, [1, 1, 4, 4]), g.input('bytes', 'uint8', [1, 1, 4, 4], 'bytes')];
    const weights = g.constant('uint8', new Uint8Array(9), [1, 1, 3, 3]);
    expect(() => g.squareRoot(bytes)).toThrow(/float32 values for node Sqrt_\d+ but received uint8 in bytes/);
    expect(() => g.convolve(x, weights, [1, 1])).toThrow(/float32 values for node Conv_\d+/);
    expect(() => g.matrixMultiply(x, bytes)).toThrow(/float32 values for node MatMul_\d+/);
    expect(() => g.clip(bytes, g.scalar(0), g.scalar(1))).toThrow(/uint8 values for node Clip_\d+/);
    const perChannel = g.constant('float32', [1], [1]);
    expect(() => g.quantizeToUint8(x, perChannel, perChannel, 1)).toThrow(/uint8 values for node QuantizeLinear_\d+/);
    expect(() => g.constant('uint8', new Float32Array(1), [1])).toThrow(/Uint8Array for uint8 data/);
  });

  it('refuses axes that are not there and pads that lead elsewhere', () => {
    const g = new GraphBuilder('axes');
    const x = inputOf(g, [1, 1, 4, 4]);
    expect(() => g.reduceMinimum(x, [9])).toThrow(/an axis from 0 to 3 for node ReduceMin_\d+ but received 9/);
    const pads = g.constant('int64', BigInt64Array.from([0, 0, 2, 2, 0, 0, 2, 2], BigInt), [8]);
    expect(() => g.padReflect(x, pads, [1, 1, 99, 99])).toThrow(/\[1, 1, 8, 8\] for node Pad_\d+ but received \[1, 1, 99, 99\]/);
  });

  it('refuses a value of another graph', () => {
    const g = new GraphBuilder('here');
    const foreign = inputOf(new GraphBuilder('there'), [2], 'theirs');
    expect(() => g.squareRoot(foreign)).toThrow(
      'Expected a value of graph here for node Sqrt_0 but received foreign value theirs',
    );
  });

  it('refuses a name twice, for inputs and for outputs', () => {
    const g = new GraphBuilder('twice');
    const x = inputOf(g, [2]);
    expect(() => inputOf(g, [3])).toThrow('Expected a new name for an input of graph twice but received x');
    expect(() => g.output('x', g.squareRoot(x), 'root')).toThrow(
      'Expected a new name for an output of graph twice but received x',
    );
  });

  it('refuses an input as output, one value as two outputs, and no output at all', () => {
    const g = new GraphBuilder('outputs');
    const x = inputOf(g, [2]);
    expect(() => g.output('copy', x, 'an input')).toThrow('Expected a computed value, not yet an output, for output copy');
    expect(() => g.build()).toThrow('Expected at least one output for graph outputs');
    const root = g.squareRoot(x);
    g.output('root', root, 'root');
    expect(() => g.output('again', root, 'root')).toThrow('Expected a computed value, not yet an output, for output again');
  });
});

describe('a finished graph', () => {
  it('computes in ONNX Runtime what its operators say', async () => {
    const g = new GraphBuilder('arithmetic');
    const x = inputOf(g, [2, 3]);
    const scaled = g.divide(g.subtract(g.multiply(x, g.scalar(4)), g.scalar(2)), g.scalar(2));
    g.output('clipped', g.clip(scaled, g.scalar(0), g.minimum(g.scalar(5), g.scalar(9))), 'clipped');
    g.output('least', g.reduceMinimum(x, [1]), 'least of each row');
    g.output('cube', g.power(x, g.scalar(3)), 'cube');
    g.output('turned', g.transpose(x, [1, 0]), 'transposed');
    const result = await runGraph(g.build(), { x: Float32Array.of(0, 1, 2, 3, 4, 5) });
    expect(result['clipped']).toEqual([0, 1, 3, 5, 5, 5]);
    expect(result['least']).toEqual([0, 3]);
    expect(result['cube']).toEqual([0, 1, 8, 27, 64, 125]);
    expect(result['turned']).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it('carries shapes that ONNX Runtime agrees with, open extents included', async () => {
    const g = new GraphBuilder('shapes');
    const x = inputOf(g, [1, 1, 6, 6]);
    const kernel = g.constant('float32', new Float32Array(2 * 9).fill(1), [2, 1, 3, 3]);
    const cells = g.convolve(x, kernel, [2, 1]);
    expect(cells.shape).toEqual([1, 2, 2, 4]);
    const flat = g.reshape(cells, [2, -1]);
    expect(flat.shape).toEqual([2, 8]);
    g.output('sum', g.concatenate([flat, flat], 1), 'sums');
    const { sum } = await runGraph(g.build(), { x: new Float32Array(36).fill(1) });
    expect(sum).toEqual(new Array(32).fill(9));
  });
});
