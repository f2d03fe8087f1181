import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { readOnnxGraph } from '../../../main/graph/onnx-import.ts';
import { onnxVersions, writeOnnxModel } from '../../../main/graph/onnx-model.ts';
import { attribute, onnxBytes, port, type RawAttribute, type RawNode } from '../../support/onnx-bytes.ts';
import { randomNumbers } from '../../support/random.ts';

const shape = [1, 4, 6, 8];

/** Whole numbers as exporters write them. */
const integers = (name: string, values: readonly number[]): RawNode => ({
  opType: 'Constant',
  input: [],
  output: [name],
  attribute: [attribute('value_ints', values)],
});
const floats = (name: string, values: number[]): RawNode => ({
  opType: 'Constant',
  input: [],
  output: [name],
  attribute: [{ name: 'value_floats', type: 6, floats: values }],
});
const one = (opType: string, input: string[], attributes: RawAttribute[] = []): RawNode => {
  return { opType, input, output: ['y'], attribute: attributes };
};

function modelOf(nodes: readonly RawNode[], opset: number): Uint8Array {
  const outputs = [port('y', 'float32', ['a', 'b', 'c', 'd'])];
  return onnxBytes({ nodes, inputs: [port('x', 'float32', shape)], outputs, opset, ir: 9 });
}

async function run(bytes: Uint8Array): Promise<Tensor> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const next = randomNumbers(3);
    const data = Float32Array.from({ length: 192 }, () => next() * 4 - 2);
    return (await session.run({ x: new Tensor('float32', data, shape) })).y as Tensor;
  } finally {
    await session.release();
  }
}

const reduce = (kind: string) => [integers('axes', [1, -1]), one(`Reduce${kind}`, ['x', 'axes'], [attribute('keepdims', 1)])];
const grid = (mode: string): RawNode[] => [
  floats('at', [-0.5, -0.25, 0.1, 0.6, 0.9, -0.9]),
  integers('place', [1, 1, 3, 2]),
  { opType: 'Reshape', input: ['at', 'place'], output: ['grid'] },
  one('GridSample', ['x', 'grid'], [attribute('mode', mode)]),
];
const resize = (...more: RawAttribute[]): RawNode[] => [
  integers('sizes', [1, 4, 9, 5]),
  one(
    'Resize',
    ['x', '', '', 'sizes'],
    [attribute('mode', 'linear'), attribute('coordinate_transformation_mode', 'half_pixel'), ...more],
  ),
];
const pads = integers('pads', [0, 0, 1, 2, 0, 0, 3, 1]);

describe('a model of a newer operator set that the older one has no form of', () => {
  const cases: [string, number, RawNode[]][] = [
    ['Resize with antialias 1', 18, resize(attribute('antialias', 1))],
    ['Resize with keep_aspect_ratio_policy not_larger', 18, resize(attribute('keep_aspect_ratio_policy', 'not_larger'))],
    ['Resize with axes', 18, resize(attribute('axes', [0, 1, 2, 3]))],
    ['Pad with axes', 18, [integers('pads', [1, 2]), integers('axes', [3]), one('Pad', ['x', 'pads', '', 'axes'])]],
    ['Pad with mode wrap', 19, [pads, one('Pad', ['x', 'pads'], [attribute('mode', 'wrap')])]],
    [
      'ReduceMax with axes that are computed',
      18,
      [{ opType: 'Shape', input: ['x'], output: ['s'] }, one('ReduceMax', ['x', 's'])],
    ],
    ['ReduceMean with noop_with_empty_axes and no axes', 18, [one('ReduceMean', ['x'], [attribute('noop_with_empty_axes', 1)])]],
    ['ScatterND with reduction max', 18, [one('ScatterND', ['x', 'i', 'u'], [attribute('reduction', 'max')])]],
    [
      'AveragePool with dilations',
      19,
      [one('AveragePool', ['x'], [attribute('kernel_shape', [2, 2]), attribute('dilations', [2, 2])])],
    ],
    ['Cast with a type of fewer bits', 19, [one('Cast', ['x'], [attribute('to', 17)])]],
    ['DequantizeLinear with block_size 2', 21, [one('DequantizeLinear', ['x', 's'], [attribute('block_size', 2)])]],
    ['GroupNormalization', 21, [one('GroupNormalization', ['x', 's', 'b'], [attribute('num_groups', 2)])]],
  ];
  it.each(cases)('is refused: %s', (what, opset, nodes) => {
    const message = `Expected operators that opset 17 can say as well but received ${what}`;
    expect(() => readOnnxGraph(modelOf(nodes, opset))).toThrow(message);
  });

  it('is refused beyond what is known', () => {
    expect(() => readOnnxGraph(modelOf([one('Abs', ['x'])], 22))).toThrow('of opset 13 to 21 but received opset 22');
  });
});

/** A graph, its operator set, and what is special about it. */
const rewritten: [string, number, RawNode[]][] = [
  ...['L1', 'L2', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'].map((kind): [string, number, RawNode[]] => [
    `Reduce${kind}`,
    18,
    reduce(kind),
  ]),
  ['ReduceMean over everything', 20, [one('ReduceMean', ['x'])]],
  ['ReduceSum, which had its axes so before', 18, reduce('Sum')],
  [
    'Split by a number of outputs',
    18,
    [
      { opType: 'Split', input: ['x'], output: ['p', 'q'], attribute: [attribute('num_outputs', 2), attribute('axis', 1)] },
      one('Sub', ['q', 'p']),
    ],
  ],
  ['Pad', 18, [pads, one('Pad', ['x', 'pads'], [attribute('mode', 'reflect')])]],
  ['Resize as it was', 19, resize(attribute('antialias', 0), attribute('keep_aspect_ratio_policy', 'stretch'))],
  [
    'AveragePool',
    19,
    [
      one(
        'AveragePool',
        ['x'],
        [attribute('kernel_shape', [2, 3]), attribute('dilations', [1, 1]), attribute('pads', [0, 1, 0, 1])],
      ),
    ],
  ],
  ['GridSample, linear', 20, grid('linear')],
  ['GridSample, cubic', 20, grid('cubic')],
  [
    'Cast',
    21,
    [
      { opType: 'Cast', input: ['x'], output: ['i'], attribute: [attribute('to', 6), attribute('saturate', 1)] },
      one('Cast', ['i'], [attribute('to', 1)]),
    ],
  ],
  [
    'ReduceLogSum',
    18,
    [{ opType: 'Abs', input: ['x'], output: ['m'] }, integers('axes', [2]), one('ReduceLogSum', ['m', 'axes'])],
  ],
  ['LpPool', 18, [one('LpPool', ['x'], [attribute('kernel_shape', [2, 2]), attribute('ceil_mode', 0)])]],
  [
    'ScatterND that adds',
    18,
    [
      integers('flat', [0, 1, 2, 3, 0, 0, 0, 0]),
      integers('pairs', [2, 4]),
      { opType: 'Reshape', input: ['flat', 'pairs'], output: ['at'] },
      floats('added', [5, 7]),
      one('ScatterND', ['x', 'at', 'added'], [attribute('reduction', 'add')]),
    ],
  ],
  [
    'QuantizeLinear and back',
    21,
    [
      { opType: 'Constant', input: [], output: ['step'], attribute: [{ name: 'value_float', type: 1, f: 0.05 }] },
      { opType: 'QuantizeLinear', input: ['x', 'step'], output: ['q'], attribute: [attribute('saturate', 1)] },
      one('DequantizeLinear', ['q', 'step'], [attribute('block_size', 0)]),
    ],
  ],
  ['Gelu', 20, [one('Gelu', ['x'])]],
  ['Gelu by tanh', 20, [one('Gelu', ['x'], [attribute('approximate', 'tanh')])]],
  ['Mish', 18, [one('Mish', ['x'])]],
  ['two of a kind', 20, [{ opType: 'Gelu', input: ['x'], output: ['g'] }, one('Gelu', ['g'])]],
  [
    'Transpose and Reshape',
    21,
    [
      integers('to', [1, 8, 6, 4]),
      { opType: 'Transpose', input: ['x'], output: ['t'], attribute: [attribute('perm', [0, 3, 2, 1])] },
      one('Reshape', ['t', 'to']),
    ],
  ],
];

describe('a model of a newer operator set', () => {
  it.each(rewritten)('makes what it made: %s', async (_what, opset, nodes) => {
    const bytes = modelOf(nodes, opset);
    const graph = readOnnxGraph(bytes);
    const [made, expected] = [await run(writeOnnxModel(graph).bytes), await run(bytes)];
    expect(made.dims).toEqual(expected.dims);
    const samples = made.data as Float32Array;
    expect(samples.some((sample) => sample !== samples[0]) || samples.length === 1).toBe(true);
    samples.forEach((sample, at) => {
      const truth = expected.data[at] as number;
      expect(Math.abs(sample - truth)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(truth)));
    });
  });

  it('is written in the operator set of the lab', () => {
    expect(onnxVersions.opset).toBe(17);
    const graph = readOnnxGraph(modelOf([one('Gelu', ['x'])], 20));
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(['Mul', 'Erf', 'Add', 'Mul', 'Mul']);
    const reduced = readOnnxGraph(modelOf(reduce('Max'), 18));
    expect([reduced.nodes[0]?.attributes, reduced.constants]).toEqual([{ axes: [1, -1], keepdims: 1 }, []]);
  });
});
