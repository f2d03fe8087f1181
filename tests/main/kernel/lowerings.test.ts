import { describe, expect, it } from 'vitest';
import type { Value } from '../../../main/graph/graph.ts';
import {
  differenceOf,
  type Feeds,
  type FreeGraphBuilder,
  kernelPictures,
  noisySamples,
  type Operation,
  onnxPictures,
  padsOf,
  pictureGraph,
} from '../../support/kernel-pictures.ts';

const size = { rows: 18, columns: 46, margin: 4 };
const mosaic = noisySamples(size.rows, size.columns);
const strip: Feeds = { mosaic, pads: padsOf(size.margin) };

/**
 * A kernel adds a product with one rounding where ONNX Runtime may take two, and adds up in an order of its own, so that a sample that lies
 * between two steps of the picture may fall to either: one step, and of few samples.
 */
const [oneStep, fewSamples] = [1, 0.005];

async function expectSame(operation: Operation, parameters: Feeds = {}): Promise<void> {
  const graph = pictureGraph(size, operation);
  const feeds = [{ ...strip, ...parameters }];
  const [[own], [expected]] = [await kernelPictures(graph, feeds), await onnxPictures(graph, feeds)] as [
    [Uint8Array],
    [Uint8Array],
  ];
  // A picture without variety would be the same whatever the operator did.
  expect(new Set(expected).size).toBeGreaterThan(8);
  const { worst, share } = differenceOf(own, expected);
  expect(worst).toBeLessThanOrEqual(oneStep);
  expect(share).toBeLessThanOrEqual(fewSamples);
}

/** The four planes, each one place further to the right and down: something else of the same kind. */
function moved(g: FreeGraphBuilder, x: Value, by: number): Value {
  const [, , rows, columns] = x.shape as [number, number, number, number];
  return g.slice(x, [
    { axis: 2, start: by, end: rows - 2 + by },
    { axis: 3, start: 2 - by, end: columns - by },
  ]);
}

/** Both operands of an operation that takes two, of the same size. */
const two =
  (of: (g: FreeGraphBuilder, a: Value, b: Value) => Value): Operation =>
  (g, x) =>
    of(g, moved(g, x, 0), moved(g, x, 2));

/** Another number for each plane. */
const perPlane = (g: FreeGraphBuilder, numbers: readonly number[]): Value =>
  g.constant('float32', numbers, [1, numbers.length, 1, 1]);

function planesOf(g: FreeGraphBuilder, x: Value): Value[] {
  return [0, 1, 2, 3].map((plane) => g.slice(x, [{ axis: 1, start: plane, end: plane + 1 }]));
}

const arithmetic: Record<string, Operation> = {
  Add: two((g, a, b) => g.multiply(g.add(a, b), g.scalar(0.5))),
  'Add of a number': (g, x) => g.add(g.multiply(x, g.scalar(0.7)), g.scalar(0.2)),
  Sub: two((g, a, b) => g.add(g.multiply(g.subtract(a, b), g.scalar(0.5)), g.scalar(0.5))),
  'Sub from a number': (g, x) => g.subtract(g.scalar(0.9), x),
  'Sub of a product': two((g, a, b) => g.subtract(b, g.multiply(a, b))),
  Mul: two((g, a, b) => g.multiply(a, b)),
  'Mul by a number of each plane': (g, x) => g.multiply(x, perPlane(g, [0.3, 1, 1.7, 0])),
  Div: two((g, a, b) => g.divide(a, g.add(b, g.scalar(0.3)))),
  Min: two((g, a, b) => g.minimum(a, b)),
  Max: two((g, a, b) => g.maximum(a, b)),
  Neg: (g, x) => g.add(g.negative(x), g.scalar(1)),
  Abs: two((g, a, b) => g.absolute(g.subtract(a, b))),
  Sqrt: (g, x) => g.squareRoot(x),
  Reciprocal: (g, x) => g.reciprocal(g.add(x, g.scalar(1.1))),
  Round: (g, x) => g.multiply(g.round(g.multiply(x, g.scalar(11))), g.scalar(1 / 12)),
  Floor: (g, x) => g.multiply(g.floor(g.multiply(x, g.scalar(11.5))), g.scalar(1 / 12)),
  'Round of halves': (g, x) =>
    g.multiply(g.round(g.multiply(g.floor(g.multiply(x, g.scalar(23))), g.scalar(0.5))), g.scalar(1 / 12)),
  Clip: (g, x) => g.clip(x, g.scalar(0.2), g.scalar(0.7)),
  'a value that is used at many places': two((g, a, b) => {
    const shared = g.multiply(g.add(a, b), g.subtract(a, b));
    return g.add(g.absolute(shared), g.multiply(shared, g.multiply(shared, g.squareRoot(g.absolute(shared)))));
  }),
};

describe('a kernel computes what ONNX Runtime does, by', () => {
  for (const [name, operation] of Object.entries(arithmetic)) {
    it(name, () => expectSame(operation));
  }
});

const truth: Record<string, Operation> = {
  'Greater, as a number': two((g, a, b) => g.multiply(g.cast(g.greater(a, b), 'float32'), a)),
  'Less, as a number': two((g, a, b) => g.multiply(g.cast(g.less(a, b), 'float32'), a)),
  'Equal, as a number': (g, x) => {
    const steps = g.round(g.multiply(x, g.scalar(5)));
    return g.add(g.multiply(g.cast(g.equal(steps, g.scalar(2)), 'float32'), g.scalar(0.5)), g.multiply(x, g.scalar(0.5)));
  },
  And: two((g, a, b) => {
    const both = g.free('And', [g.greater(a, g.scalar(0.3)), g.less(b, g.scalar(0.6))], {}, { type: 'bool', shape: a.shape });
    return g.where(both, a, b);
  }),
  Or: two((g, a, b) => {
    const either = g.free('Or', [g.greater(a, g.scalar(0.7)), g.less(b, g.scalar(0.2))], {}, { type: 'bool', shape: a.shape });
    return g.where(either, a, b);
  }),
  'Where some are': two((g, a, b) => g.where(g.greater(a, g.scalar(0.5)), b, g.squareRoot(a))),
  'Where none is': two((g, a, b) => g.where(g.greater(a, g.scalar(3)), g.squareRoot(b), a)),
  'Where all are': two((g, a, b) => g.where(g.less(a, g.scalar(3)), g.squareRoot(b), a)),
  'Where one of two numbers': (g, x) =>
    g.multiply(g.where(g.greater(x, g.scalar(0.5)), g.scalar(0.9), g.scalar(0.4)), g.add(x, g.scalar(0.1))),
  'Where in Where, of what both sides share': two((g, a, b) => {
    const shared = g.multiply(g.squareRoot(a), g.squareRoot(b));
    const inner = g.where(g.less(b, g.scalar(0.6)), g.multiply(shared, shared), g.add(shared, g.scalar(0.1)));
    return g.where(g.greater(a, g.scalar(0.4)), inner, g.multiply(shared, g.scalar(0.5)));
  }),
  'what a choice has computed and the rest needs as well': two((g, a, b) => {
    const shared = g.squareRoot(g.multiply(a, b));
    const chosen = g.where(g.greater(a, g.scalar(0.8)), shared, g.scalar(0));
    return g.add(g.multiply(chosen, g.scalar(0.3)), g.multiply(shared, g.scalar(0.6)));
  }),
};

describe('a kernel decides as ONNX Runtime does, by', () => {
  for (const [name, operation] of Object.entries(truth)) {
    it(name, () => expectSame(operation));
  }
});

const moves: Record<string, Operation> = {
  'Slice of rows and columns': (g, x) => moved(g, x, 1),
  'Slice of channels, every second': (g, x) => {
    const doubled = g.concatenate([x, g.multiply(x, g.scalar(0.5))], 1);
    return g.slice(doubled, [{ axis: 1, start: 1, end: 8, step: 2 }]);
  },
  'Slice from the end': (g, x) =>
    g.slice(x, [
      { axis: 2, start: -9, end: -1 },
      { axis: 3, start: -20, end: -2 },
    ]),
  'Concat of planes and of numbers for all': (g, x) => {
    const [first, second] = planesOf(g, x) as [Value, Value];
    const flat = g.expand(g.scalar(0.25), first.shape as number[]);
    return g.concatenate([second, first, flat, second], 1);
  },
  'Reshape and Transpose of positions': (g, x) => {
    const [, , rows, columns] = x.shape as [number, number, number, number];
    const turned = g.transpose(g.reshape(x, [2, 2, rows, columns]), [1, 0, 2, 3]);
    return g.multiply(g.reshape(turned, [1, 4, rows, columns]), perPlane(g, [1, 0.8, 0.6, 0.4]));
  },
  'Transpose to rows first and back': (g, x) => {
    const cells = g.transpose(x, [2, 3, 0, 1]);
    return g.transpose(g.multiply(cells, g.constant('float32', [1, 0.7, 0.5, 0.2], [1, 4])), [2, 3, 0, 1]);
  },
  'Expand of planes': (g, x) => {
    const [first] = planesOf(g, x) as [Value];
    const shape = (first.shape as number[]).with(1, 4);
    return g.multiply(g.expand(first, shape), perPlane(g, [1, 0.5, 0.8, 0.1]));
  },
  'the order of channels turned about': (g, x) => g.multiply(g.reverse(x, 1), perPlane(g, [1, 0.8, 0.6, 0.4])),
};

describe('a kernel moves elements as ONNX Runtime does, by', () => {
  for (const [name, operation] of Object.entries(moves)) {
    it(name, () => expectSame(operation));
  }
});

const reductions: Record<string, Operation> = {
  ReduceMax: (g, x) => g.multiply(x, g.reduceMaximum(x, [1])),
  ReduceMin: (g, x) => g.add(g.multiply(x, g.scalar(0.5)), g.reduceMinimum(x, [1])),
  ReduceSum: (g, x) => g.multiply(x, g.multiply(g.reduceSum(x, [1]), g.scalar(0.25))),
  ReduceMean: (g, x) => g.multiply(x, g.reduceMean(x, [1])),
  'ReduceMean over two axes': (g, x) => {
    const [, , rows, columns] = x.shape as [number, number, number, number];
    const pairs = g.reshape(x, [2, 2, rows, columns]);
    return g.reshape(g.multiply(pairs, g.reduceMean(pairs, [0, 1])), [1, 4, rows, columns]);
  },
  'ReduceMax over one of two': (g, x) => {
    const [, , rows, columns] = x.shape as [number, number, number, number];
    const pairs = g.reshape(x, [2, 2, rows, columns]);
    return g.reshape(g.multiply(pairs, g.reduceMaximum(pairs, [1])), [1, 4, rows, columns]);
  },
};

describe('a kernel combines planes as ONNX Runtime does, by', () => {
  for (const [name, operation] of Object.entries(reductions)) {
    it(name, () => expectSame(operation));
  }
});

const weights = (count: number, scale: number): number[] =>
  Array.from({ length: count }, (_, index) => ((((index * 37) % 11) - 4) * scale) / 10);

/** Both signs, equal sizes and zeros among them. */
function convolved(outputs: number, [rows, columns]: readonly [number, number]): Operation {
  return (g, x) => {
    const kernel = g.constant('float32', weights(outputs * 4 * rows * columns, 2 / (rows * columns)), [
      outputs,
      4,
      rows,
      columns,
    ]);
    return g.absolute(g.convolve(x, kernel, [1, 1]));
  };
}

const windows: Record<string, Operation> = {
  'Conv of 3x3 to four planes': convolved(4, [3, 3]),
  'Conv of 1x1 to sixteen': convolved(16, [1, 1]),
  'Conv of 5x2 to sixteen': convolved(16, [5, 2]),
  'Conv to one plane': (g, x) => {
    const one = g.convolve(x, g.constant('float32', [0.1, 0.2, 0.3, 0.4], [1, 4, 1, 1]), [1, 1]);
    return g.multiply(x, one);
  },
  'Conv of negative weights alone': (g, x) =>
    g.add(g.convolve(x, g.constant('float32', Array(64).fill(-1 / 20), [4, 4, 2, 2]), [1, 1]), g.scalar(0.95)),
  'Conv of Conv': (g, x) => convolved(4, [3, 1])(g, convolved(4, [2, 3])(g, x)),
  'AveragePool of 3x3': (g, x) => g.averagePool(x, [3, 3]),
  'AveragePool of 1x5': (g, x) => g.averagePool(x, [1, 5]),
  'AveragePool of 4x1': (g, x) => g.averagePool(x, [4, 1]),
  'MaxPool of 2x3': (g, x) => g.maximumPool(x, [2, 3]),
  'MaxPool of MaxPool': (g, x) => g.maximumPool(g.negative(g.maximumPool(g.negative(x), [3, 3])), [3, 3]),
  'AveragePool of what lies around, against it': (g, x) => {
    const [, , rows, columns] = x.shape as [number, number, number, number];
    const inside = g.slice(x, [
      { axis: 2, start: 1, end: rows - 1 },
      { axis: 3, start: 1, end: columns - 1 },
    ]);
    return g.add(inside, g.multiply(g.subtract(inside, g.averagePool(x, [3, 3])), g.scalar(0.5)));
  },
};

describe('a kernel looks through windows as ONNX Runtime does, by', () => {
  for (const [name, operation] of Object.entries(windows)) {
    it(name, () => expectSame(operation));
  }
});

/** A matrix by the samples of all planes. */
function mixed(g: FreeGraphBuilder, matrix: Value, x: Value): Value {
  const [, channels, rows, columns] = x.shape as [number, number, number, number];
  const product = g.matrixMultiply(matrix, g.reshape(x, [1, channels, rows * columns]));
  return g.reshape(product, [1, product.shape.at(-2) as number, rows, columns]);
}

const matrix = Float32Array.from([0.6, 0.1, 0, 0.2, 0.3, 0.3, 0.3, 0, 0, 0, 1, 0, 0.9, -0.4, 0.1, 0.2]);

describe('a kernel multiplies matrices as ONNX Runtime does', () => {
  it('that are constant', () => expectSame((g, x) => mixed(g, g.constant('float32', matrix, [4, 4]), x)));

  it('that are parameters', () => expectSame((g, x) => mixed(g, g.input('matrix', 'float32', [4, 4], 'Mix'), x), { matrix }));

  it('that are made of parameters, for whatever is the same for all pixels', () =>
    expectSame(
      (g, x) => {
        const [mix, gain] = [g.input('matrix', 'float32', [4, 4], 'Mix'), g.input('gain', 'float32', [], 'Gain')];
        const made = g.multiply(g.matrixMultiply(mix, mix), g.exponential(gain));
        return g.add(mixed(g, made, x), g.power(gain, g.scalar(2)));
      },
      { matrix, gain: Float32Array.of(-0.3) },
    ));

  it('that make one plane of many', () =>
    expectSame((g, x) => g.multiply(x, mixed(g, g.constant('float32', [0.25, 0.5, 0.1, 0.15], [1, 4]), x))));

  it('that follow each other', () => {
    const of = (g: FreeGraphBuilder): Value => g.constant('float32', matrix, [4, 4]);
    return expectSame((g, x) => mixed(g, of(g), mixed(g, g.input('matrix', 'float32', [4, 4], 'Mix'), x)), { matrix });
  });

  it('of rows by columns, as lens shading needs them', () => {
    const [rows, columns, points] = [13, 27, 5];
    const hat = (count: number, phase: number): number[] =>
      Array.from({ length: count * points }, (_, at) => {
        const [index, point] = [Math.floor(at / points), at % points];
        return Math.max(0, 1 - Math.abs(((index + phase) / count) * (points - 1) - point));
      });
    const perRow = Float32Array.from([0, 0.25, 0.5, 0.75].flatMap((phase) => hat(rows, phase)));
    const perColumn = Float32Array.from({ length: 4 * points * columns }, (_, index) => 0.2 + ((index * 7) % 13) / 16);
    return expectSame(
      (g, x) => {
        const gains = g.matrixMultiply(
          g.input('perRow', 'float32', [4, rows, points], 'Hats'),
          g.input('perColumn', 'float32', [4, points, columns], 'Gains'),
        );
        return g.multiply(x, g.reshape(gains, [1, 4, rows, columns]));
      },
      { perRow, perColumn },
    );
  });
});
