import { describe, expect, it } from 'vitest';
import type { Value } from '../../../main/graph/graph.ts';
import {
  differenceOf,
  FreeGraphBuilder,
  kernelOutputs,
  noisySamples,
  onnxOutputs,
  packed,
  paddedMosaic,
  padsOf,
  pictureOf,
} from '../../support/kernel-pictures.ts';

const size = { rows: 14, columns: 26, margin: 2 };
const strip = { mosaic: noisySamples(size.rows, size.columns), pads: padsOf(size.margin) };

/** Values of 0 to 1 as whole numbers of 16 bits. */
function deep(g: FreeGraphBuilder, x: Value): Value {
  return g.cast(g.round(g.multiply(g.clip(x, g.scalar(0), g.scalar(1)), g.scalar(65535))), 'uint16');
}

/** Planes of the four positions of cells, `channels` of each, as rows of pixels. */
function inDisplayOrder(g: FreeGraphBuilder, planes: Value): Value {
  const [, count, rows, columns] = planes.shape as [number, number, number, number];
  const pixels = g.transpose(g.reshape(planes, [2, count / 2, rows, columns]), [0, 2, 3, 1]);
  return g.transpose(g.reshape(pixels, [2, rows, (columns * count) / 2]), [1, 0, 2]);
}

/** Each channel another share of what it is made of, so that none can stand for another. */
function channelsOf(g: FreeGraphBuilder, x: Value, count: number): Value {
  const copies = g.concatenate(Array(Math.ceil(count / 4)).fill(x), 1);
  const planes = g.slice(copies, [{ axis: 1, start: 0, end: count }]);
  const shares = Array.from({ length: count }, (_, index) => (index + 1) / (count + 1));
  return g.multiply(planes, g.constant('float32', shares, [1, count, 1, 1]));
}

/** Compares every output of a graph that `write` finishes. A step of 16 bits is as small as what rounding of floats makes of it. */
async function expectSame(write: (g: FreeGraphBuilder, planes: Value) => void, share = 0.01): Promise<void> {
  const g = new FreeGraphBuilder('trial');
  write(g, g.multiply(packed(g, paddedMosaic(g, size)), g.scalar(1 / 1023)));
  const graph = g.build();
  const [[own], [expected]] = [await kernelOutputs(graph, [strip]), await onnxOutputs(graph, [strip])];
  for (const { name } of graph.outputs) {
    const [made, wanted] = [own?.[name], expected?.[name]] as [Uint16Array, Uint16Array];
    expect(new Set(wanted).size).toBeGreaterThan(50);
    const difference = differenceOf(made, wanted);
    expect(difference.worst, name).toBeLessThanOrEqual(1);
    expect(difference.share, name).toBeLessThan(share);
  }
}

describe('outputs of 16 bits', () => {
  for (const channels of [1, 2, 3, 4]) {
    it(`are pixels of ${channels} channels, four for each cell`, () =>
      expectSame((g, x) => g.output('deep', inDisplayOrder(g, deep(g, channelsOf(g, x, 4 * channels))), 'Pixels')));
  }

  for (const axes of [[0], [1], [0, 1]]) {
    it(`are turned about axes ${axes.join(' and ')}`, () =>
      expectSame((g, x) => {
        const [, , rows, columns] = x.shape as [number, number, number, number];
        const pixels = g.reshape(inDisplayOrder(g, deep(g, channelsOf(g, x, 12))), [2 * rows, 2 * columns, 3]);
        g.output(
          'deep',
          axes.reduce((turned, axis) => g.reverse(turned, axis), pixels),
          'Pixels',
        );
      }));
  }

  it('are cut off where they are not rounded', () =>
    expectSame((g, x) => {
      const samples = g.cast(g.clip(g.multiply(x, g.scalar(70000)), g.scalar(0), g.scalar(65535)), 'uint16');
      g.output('deep', inDisplayOrder(g, samples), 'Mosaic');
    }));
});

describe('several outputs', () => {
  it('are made together, of what they share and what each has of its own', () =>
    expectSame((g, x) => {
      const shared = g.squareRoot(x);
      g.output('picture', pictureOf(g, channelsOf(g, shared, 16)), 'RGBA');
      g.output('deep', inDisplayOrder(g, deep(g, channelsOf(g, g.multiply(shared, x), 12))), 'RGB');
    }));

  it('may be two pictures, one of them upside down', () =>
    expectSame((g, x) => {
      g.output('picture', pictureOf(g, x), 'RGBA');
      g.output('other', g.reverse(pictureOf(g, g.subtract(g.scalar(1), x)), 0), 'RGBA');
    }));
});
