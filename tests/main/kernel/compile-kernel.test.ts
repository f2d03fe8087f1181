import { describe, expect, it } from 'vitest';
import type { Value } from '../../../main/graph/graph.ts';
import type { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import { planStrips } from '../../../main/graph/strips.ts';
import {
  differenceOf,
  FreeGraphBuilder,
  feedsOfStrip,
  kernelPictures,
  noisySamples,
  type Operation,
  onnxPictures,
  packed,
  paddedMosaic,
  padsOf,
  pictureGraph,
  pictureOf,
} from '../../support/kernel-pictures.ts';

/** Takes `cells` off on every side. */
function inside(g: GraphBuilder, x: Value, cells: number): Value {
  const [, , rows, columns] = x.shape as [number, number, number, number];
  return g.slice(x, [
    { axis: 2, start: cells, end: rows - cells },
    { axis: 3, start: cells, end: columns - cells },
  ]);
}

/** Reads four cells on each side in three steps that each need a line buffer: noise is blurred, detail kept and an extreme chosen. */
const chain: Operation = (g, x) => {
  const weights = Array.from({ length: 64 }, (_, index) => (((index * 29) % 13) - 4) / 20);
  const mixed = g.absolute(g.convolve(x, g.constant('float32', weights, [4, 4, 2, 2]), [1, 1]));
  const [, , rows, columns] = mixed.shape as [number, number, number, number];
  const even = g.slice(mixed, [
    { axis: 2, start: 0, end: rows - 1 },
    { axis: 3, start: 1, end: columns },
  ]);
  const mean = g.averagePool(even, [5, 5]);
  const detail = g.subtract(inside(g, even, 2), mean);
  const isFlat = g.less(g.absolute(detail), g.scalar(0.05));
  const chosen = g.where(isFlat, mean, g.add(mean, g.multiply(detail, g.squareRoot(g.absolute(detail)))));
  return g.multiply(g.add(g.maximumPool(chosen, [3, 3]), inside(g, chosen, 1)), g.scalar(0.5));
};
const chainMargin = 8;

/** The same as four pixels of each cell. */
const chainOfCells: Operation = (g, x) => {
  const one = chain(g, x);
  const [, , rows, columns] = one.shape as [number, number, number, number];
  const gains = g.constant(
    'float32',
    Array.from({ length: 16 }, (_, index) => 0.3 + index / 20),
    [1, 16, 1, 1],
  );
  return g.multiply(g.reshape(g.concatenate([one, one, one, one], 1), [1, 16, rows, columns]), gains);
};

const operations = { 'a pixel of each cell': chain, 'four pixels of each cell': chainOfCells };

describe('a kernel makes the picture of ONNX Runtime at any size', () => {
  for (const [name, operation] of Object.entries(operations)) {
    it(`with ${name}`, async () => {
      for (const [rows, columns] of [
        [4, 10],
        [6, 12],
        [8, 14],
        [10, 16],
        [12, 18],
        [18, 38],
      ] as const) {
        const graph = pictureGraph({ rows, columns, margin: chainMargin }, operation);
        // A strip from the middle of a frame: rows are not mirrored, so that there may be as few as one likes.
        const samples = noisySamples(rows + 2 * chainMargin, columns, rows);
        const feeds = [{ mosaic: samples, pads: padsOf(chainMargin, { missingAbove: 0, missingBelow: 0 }) }];
        const [own] = await kernelPictures(graph, feeds);
        const [expected] = await onnxPictures(graph, feeds);
        const { worst, share } = differenceOf(own as Uint8Array, expected as Uint8Array);
        expect([rows, columns, worst <= 1, share < 0.01]).toEqual([rows, columns, true, true]);
      }
    });
  }
});

describe('a frame in strips', () => {
  const [height, columns] = [60, 34];
  const samples = noisySamples(height, columns);

  /** The picture in strips of about so many rows, and how many there were. */
  async function inStrips(operation: Operation, wantedRows: number, make: typeof kernelPictures): Promise<Uint8Array> {
    const halo = { above: chainMargin, below: chainMargin };
    const { rowsPerStrip, strips } = planStrips(height, wantedRows, halo);
    const graph = pictureGraph({ rows: rowsPerStrip, columns, margin: chainMargin }, operation);
    const feeds = strips.map((strip) => feedsOfStrip(samples, columns, chainMargin, strip));
    const parts = await make(graph, feeds);
    const size = (parts[0] as Uint8Array).length;
    const picture = new Uint8Array((size * height) / rowsPerStrip);
    for (const [index, { firstRow }] of strips.entries())
      picture.set(parts[index] as Uint8Array, (size * firstRow) / rowsPerStrip);
    return picture;
  }

  for (const [name, operation] of Object.entries(operations)) {
    it(`has the same bits however it is cut, with ${name}`, async () => {
      const whole = await inStrips(operation, height, kernelPictures);
      for (const rows of [10, 12, 14, 16, 20, 22, 30, 34, 58]) {
        const cut = await inStrips(operation, rows, kernelPictures);
        expect(Buffer.compare(cut, whole), `strips of ${rows} rows`).toBe(0);
      }
    });

    it(`is the one of ONNX Runtime at its edges and between, with ${name}`, async () => {
      const own = await inStrips(operation, 20, kernelPictures);
      const expected = await inStrips(operation, 20, onnxPictures);
      const { worst, share } = differenceOf(own, expected);
      expect(worst).toBeLessThanOrEqual(1);
      expect(share).toBeLessThan(0.01);
    });
  }
});

const size = { rows: 14, columns: 26, margin: 2 };
const strip = { mosaic: noisySamples(size.rows, size.columns), pads: padsOf(size.margin) };

/** A graph of which the picture itself is made by hand. */
function graphOf(write: (g: FreeGraphBuilder, planes: Value) => Value, scale = 1 / 1023) {
  const g = new FreeGraphBuilder('trial');
  g.output('picture', write(g, g.multiply(packed(g, paddedMosaic(g, size)), g.scalar(scale))), 'RGBA');
  return g.build();
}

async function expectSame(graph: ReturnType<typeof graphOf>, feeds = strip): Promise<Uint8Array> {
  const [[own], [expected]] = [await kernelPictures(graph, [feeds]), await onnxPictures(graph, [feeds])] as [
    [Uint8Array],
    [Uint8Array],
  ];
  expect(new Set(expected).size).toBeGreaterThan(8);
  const { worst, share } = differenceOf(own, expected);
  expect(worst).toBeLessThanOrEqual(1);
  expect(share).toBeLessThan(0.005);
  return own;
}

/** Four pixels of each cell: every position's own level, so that none can stand for another. */
const cells: Operation = (g, x) => {
  const gains = g.constant(
    'float32',
    Array.from({ length: 16 }, (_, index) => (index + 1) / 18),
    [1, 16, 1, 1],
  );
  return g.multiply(g.concatenate([x, x, x, x], 1), gains);
};

describe('a picture', () => {
  const turns: Record<string, readonly number[]> = {
    'upside down': [0],
    mirrored: [1],
    'turned by a half': [0, 1],
    'turned about and back again': [0, 1, 0, 1],
  };
  for (const [name, axes] of Object.entries(turns)) {
    it(`is ${name} as ONNX Runtime has it`, async () => {
      for (const operation of [cells, (_, x) => x] as const satisfies readonly Operation[]) {
        await expectSame(
          graphOf((g, x) => axes.reduce((picture, axis) => g.reverse(picture, axis), pictureOf(g, operation(g, x)))),
        );
      }
    });
  }

  it('is cut out of the cells that were made', () =>
    expectSame(
      graphOf((g, x) => {
        const picture = pictureOf(g, cells(g, x));
        return g.slice(picture, [
          { axis: 0, start: 4, end: 12 },
          { axis: 1, start: 2, end: 24 },
        ]);
      }),
    ));

  it('is saturated at both ends', async () => {
    const picture = await expectSame(graphOf((g, x) => pictureOf(g, g.multiply(g.subtract(x, g.scalar(0.5)), g.scalar(3)))));
    expect([Math.min(...picture), Math.max(...picture)]).toEqual([0, 255]);
    await expectSame(graphOf((g, x) => pictureOf(g, g.divide(g.subtract(x, g.scalar(0.2)), g.multiply(x, g.scalar(0.3))))));
  });

  it('is saturated where values are beyond what integers hold', async () => {
    const graph = graphOf((g, x) => pictureOf(g, g.divide(g.subtract(x, g.scalar(0.5)), g.scalar(1e-30))));
    const [own] = await kernelPictures(graph, [strip]);
    const [light] = await kernelPictures(
      graphOf((g, x) => pictureOf(g, g.cast(g.greater(x, g.scalar(0.5)), 'float32'))),
      [strip],
    );
    expect(own).toEqual(light);
  });

  it('has an opaque channel where its scale swallows every value', async () => {
    const graph = graphOf((g, x) => {
      const scale = g.constant('float32', [1 / 255, 1 / 255, 1 / 255, 1e9], [4]);
      const bytes = g.quantizeToUint8(x, scale, g.constant('uint8', Uint8Array.of(0, 10, 100, 255), [4]), 1);
      const [, , rows, columns] = x.shape as [number, number, number, number];
      return g.reshape(g.transpose(bytes, [0, 2, 3, 1]), [rows, columns, 4]);
    });
    const picture = await expectSame(graph);
    expect(new Set(picture.filter((_, index) => index % 4 === 3))).toEqual(new Set([255]));
  });

  it('may be made of constant channels beside those of samples', () =>
    expectSame(
      graphOf((g, x) => {
        const [, , rows, columns] = x.shape as [number, number, number, number];
        const three = g.slice(x, [{ axis: 1, start: 0, end: 3 }]);
        const alpha = g.expand(g.constant('float32', [0.4], [1, 1, 1, 1]), [1, 1, rows, columns]);
        return pictureOf(g, g.concatenate([three, alpha], 1));
      }),
    ));

  it('is made of samples of all 16 bits', async () => {
    const wide = Uint16Array.from(strip.mosaic, (sample, index) => (index % 5 === 0 ? 65535 : sample * 64));
    await expectSame(
      graphOf((g, x) => pictureOf(g, x), 1 / 65535),
      { ...strip, mosaic: wide },
    );
  });
});
