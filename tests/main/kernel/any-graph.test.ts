import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConstantData, Graph, Value } from '../../../main/graph/graph.ts';
import { compileKernel } from '../../../main/kernel/compile-kernel.ts';
import { KernelError } from '../../../main/kernel/kernel.ts';
import {
  differenceOf,
  type FreeGraphBuilder,
  kernelPictures,
  noisySamples,
  onnxPictures,
  padsOf,
  pictureGraph,
} from '../../support/kernel-pictures.ts';

/** Rows and columns of cells. */
interface Extents {
  readonly rows: number;
  readonly columns: number;
}

/** A graph that is being written: what of the raster has to be left, numbers to choose by, and what its parameters are. */
interface Draft {
  readonly g: FreeGraphBuilder;
  readonly least: Extents;
  readonly parameters: Record<string, ConstantData>;
  /** Whatever needs a number takes the next one. */
  readonly next: () => number;
}

function extentsOf({ shape }: Value): Extents & { readonly channels: number } {
  const [, channels, rows, columns] = shape as [number, number, number, number];
  return { channels, rows, columns };
}

/** `rows` x `columns` of planes, from some place on. */
function cut({ g, next }: Draft, x: Value, to: Extents): Value {
  const own = extentsOf(x);
  const [top, left] = [next() % (own.rows - to.rows + 1), next() % (own.columns - to.columns + 1)];
  return g.slice(x, [
    { axis: 2, start: top, end: top + to.rows },
    { axis: 3, start: left, end: left + to.columns },
  ]);
}

/** As many channels as are asked for: some of them, or some again. */
function withChannels({ g, next }: Draft, x: Value, channels: number): Value {
  const own = extentsOf(x).channels;
  if (own === channels) return x;
  const picked = Array.from({ length: channels }, () => {
    const start = next() % own;
    return g.slice(x, [{ axis: 1, start, end: start + 1 }]);
  });
  return g.concatenate(picked, 1);
}

/** Two values on one raster with the same number of channels. */
function alike(draft: Draft, x: Value, y: Value): [Value, Value] {
  const [one, other] = [extentsOf(x), extentsOf(y)];
  const both = { rows: Math.min(one.rows, other.rows), columns: Math.min(one.columns, other.columns) };
  return [cut(draft, x, both), withChannels(draft, cut(draft, y, both), one.channels)];
}

/** A window of up to `most` samples on each side that leaves what has to be left. */
function windowIn({ least, next }: Draft, x: Value, most: number): readonly [number, number] {
  const { rows, columns } = extentsOf(x);
  return [1 + (next() % Math.min(most, rows - least.rows + 1)), 1 + (next() % Math.min(most, columns - least.columns + 1))];
}

/** Nothing, equal sizes and both signs among them. */
const weights = [0, 0.25, -0.25, 0.5, 0.125, -0.375] as const;

function mixed(draft: Draft, x: Value, isConstant: boolean): Value {
  const { g, next, parameters } = draft;
  const { channels, rows, columns } = extentsOf(x);
  const outputs = 1 + (next() % 4);
  const values = Float32Array.from({ length: outputs * channels }, () => 1.5 * (weights[next() % 6] as number));
  const name = `mix ${Object.keys(parameters).length}`;
  if (!isConstant) parameters[name] = values;
  const shape = [outputs, channels];
  const matrix = isConstant ? g.constant('float32', values, shape) : g.input(name, 'float32', shape, 'Mix');
  const product = g.matrixMultiply(matrix, g.reshape(x, [1, channels, rows * columns]));
  return g.reshape(product, [1, outputs, rows, columns]);
}

/** A mask of five places, one of which does not count. */
function listed({ g, next, parameters }: Draft, x: Value): Value {
  const { channels, rows, columns } = extentsOf(x);
  const total = channels * rows * columns;
  const name = `places ${Object.keys(parameters).length}`;
  parameters[name] = BigInt64Array.from({ length: 5 }, () => BigInt(next() % total));
  parameters[`${name} count`] = Float32Array.of(1, 1, 0, 1, 1);
  const [places, counts] = [g.input(name, 'int64', [5], 'Places'), g.input(`${name} count`, 'float32', [5], 'Counts')];
  const nothing = g.expand(g.constant('float32', [0], [1]), [total]);
  return g.greater(g.reshape(g.scatterAdd(nothing, places, counts, 0), [1, channels, rows, columns]), g.scalar(0));
}

/** What may be done to one value `x`, or to it and another one `y`. Nothing makes a small difference a large one. */
const steps: readonly ((draft: Draft, x: Value, y: Value) => Value)[] = [
  (draft, x, y) => draft.g.add(...alike(draft, x, y)),
  (draft, x, y) => draft.g.subtract(...alike(draft, x, y)),
  (draft, x, y) => draft.g.multiply(...alike(draft, x, y)),
  (draft, x, y) => draft.g.minimum(...alike(draft, x, y)),
  (draft, x, y) => draft.g.maximum(...alike(draft, x, y)),
  (draft, x, y) => {
    const [a, b] = alike(draft, x, y);
    return draft.g.divide(a, draft.g.add(draft.g.absolute(b), draft.g.scalar(1)));
  },
  (draft, x, y) => {
    const { g, next } = draft;
    const [a, b] = alike(draft, x, y);
    // No noisy sample comes to such a limit but by chance.
    return g.where(g.greater(a, g.scalar(0.31371 + (next() % 7) / 9.31)), b, g.multiply(a, g.scalar(0.7)));
  },
  (draft, x, y) => {
    const [a, b] = alike(draft, x, y);
    return draft.g.where(listed(draft, a), b, a);
  },
  ({ g }, x) => g.absolute(x),
  ({ g }, x) => g.negative(x),
  ({ g }, x) => g.clip(x, g.scalar(-0.3), g.scalar(0.8)),
  ({ g }, x) => g.reciprocal(g.add(g.absolute(x), g.scalar(1.5))),
  (draft, x) => {
    const { rows, columns } = extentsOf(x);
    return cut(draft, x, { rows: Math.max(draft.least.rows, rows - 1), columns: Math.max(draft.least.columns, columns - 1) });
  },
  ({ g }, x) => g.reverse(x, 1),
  (draft, x, y) => {
    const [a, b] = alike(draft, x, y);
    return draft.g.concatenate([draft.g.slice(a, [{ axis: 1, start: 0, end: 1 }]), b], 1);
  },
  ({ g, next }, x) => {
    const reduced = [g.reduceMean(x, [1]), g.reduceMaximum(x, [1]), g.reduceMinimum(x, [1])][next() % 3] as Value;
    return next() % 2 === 0 ? g.subtract(x, reduced) : reduced;
  },
  (draft, x) => {
    const { g, next } = draft;
    const { channels } = extentsOf(x);
    const window = windowIn(draft, x, 3);
    const shape = [1 + (next() % 4), channels, ...window];
    const count = shape.reduce((product, extent) => product * extent, 1);
    const values = Array.from({ length: count }, () => (weights[next() % 6] as number) / (channels * window[0]));
    return g.convolve(x, g.constant('float32', values, shape), [1, 1]);
  },
  (draft, x) => draft.g.averagePool(x, windowIn(draft, x, 4)),
  (draft, x) => draft.g.maximumPool(x, windowIn(draft, x, 4)),
  (draft, x) => mixed(draft, x, true),
  (draft, x) => mixed(draft, x, false),
  ({ g }, x) => {
    const { channels, rows, columns } = extentsOf(x);
    const parts = channels % 3 === 0 ? 3 : channels % 2 === 0 ? 2 : 1;
    const turned = g.transpose(g.reshape(x, [parts, channels / parts, rows, columns]), [1, 0, 2, 3]);
    return g.reshape(turned, [1, channels, rows, columns]);
  },
];

/** A step's kind, which value it takes beside the last one, counted back from that, and what it chooses by. */
interface Step {
  readonly kind: number;
  readonly other: number;
  readonly seed: number;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.nat({ max: steps.length - 1 }),
  other: fc.nat({ max: 4 }),
  seed: fc.nat({ max: 2 ** 31 - 1 }),
});

/** Few rows and columns, which vectors and chunks of rows do not divide. */
const anySize: fc.Arbitrary<Extents> = fc.record({
  rows: fc.integer({ min: 2, max: 9 }),
  columns: fc.integer({ min: 8, max: 15 }),
});

function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >> 8;
  };
}

/** Samples that are mirrored on each side: as many as operations may take off. */
const margin = 14;

/** A graph of steps one after the other, with what it reads. */
function trialOf(least: Extents, list: readonly Step[]): { readonly graph: Graph; readonly feeds: Record<string, ConstantData> } {
  const size = { rows: 2 * least.rows, columns: 2 * least.columns, margin };
  const parameters: Record<string, ConstantData> = {};
  const graph = pictureGraph(size, (g, light) => {
    const made = [light];
    for (const { kind, other, seed } of list) {
      const [x, y] = [made.at(-1), made[Math.max(0, made.length - 1 - other)]] as [Value, Value];
      const value = steps[kind]?.({ g, least, parameters, next: numbersFrom(seed) }, x, y) as Value;
      // What multiplies itself again and again is kept within bounds.
      made.push(g.clip(value, g.scalar(-3), g.scalar(3)));
    }
    const draft = { g, least, parameters, next: numbersFrom(list.length) };
    const four = withChannels(draft, cut(draft, made.at(-1) as Value, least), 4);
    return g.add(g.multiply(four, g.scalar(0.4)), g.scalar(0.5));
  });
  const rows = 2 * margin + size.rows;
  // Rows are all there; columns are mirrored, for which there have to be enough.
  const pads = padsOf(margin, { missingAbove: 0, missingBelow: 0 });
  return { graph, feeds: { ...parameters, mosaic: noisySamples(rows, size.columns), pads } };
}

/** Whether a kernel has something to do: weights may all be 0. */
function readsMosaic(graph: Graph): boolean {
  try {
    compileKernel(graph, ['mosaic']);
    return true;
  } catch (error) {
    if (error instanceof KernelError && error.message.includes('one mosaic')) return false;
    throw error;
  }
}

describe('any graph of what kernels know', () => {
  it('makes the picture that ONNX Runtime makes', async () => {
    await fc.assert(
      fc.asyncProperty(anySize, fc.array(anyStep, { minLength: 1, maxLength: 9 }), async (size, list) => {
        const { graph, feeds } = trialOf(size, list);
        fc.pre(readsMosaic(graph));
        const [own] = await kernelPictures(graph, [feeds]);
        const [expected] = await onnxPictures(graph, [feeds]);
        // Rounding of products and the order of sums, as for single operators; small pictures of few levels may have more such samples.
        const { worst, share } = differenceOf(own as Uint8Array, expected as Uint8Array);
        expect(worst).toBeLessThanOrEqual(1);
        expect(share).toBeLessThan(0.05);
      }),
      { seed: 5, numRuns: 80 },
    );
  });
});
