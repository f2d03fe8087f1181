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
const [rows, columns] = [13, 27];
const strip: Feeds = { mosaic: noisySamples(size.rows, size.columns), pads: padsOf(size.margin) };

/** Places of planes one after the other. */
const place = (plane: number, row: number, column: number): number => (plane * rows + row) * columns + column;

/** How many a list has room for. */
const capacity = 12;

function listOf(places: readonly number[], isCounted: (index: number) => boolean = () => true): Feeds {
  const padded = Array.from({ length: capacity }, (_, index) => places[index] ?? 0);
  return {
    ...strip,
    places: BigInt64Array.from(padded, BigInt),
    counts: Float32Array.from(padded, (_, index) => Number(index < places.length && isCounted(index))),
  };
}

/** Corners, edges and neighbours on all four planes; the last places of a row, which no whole vector of four has. */
const scattered = [
  place(0, 0, 0),
  place(0, 0, columns - 1),
  place(1, rows - 1, 0),
  place(1, rows - 1, columns - 1),
  place(2, 6, 12),
  place(2, 6, 13),
  place(3, 7, 24),
  place(3, 7, 25),
];

const lists: Record<string, Feeds> = {
  'scattered places': listOf(scattered),
  'places of which some do not count': listOf(scattered, (index) => index % 2 === 0),
  'no place at all': listOf([]),
  'one place, often': listOf(Array(capacity).fill(place(2, 5, 9))),
  'a place that counts once and then does not': listOf([place(2, 5, 9), place(2, 5, 9), place(0, 5, 9)], (index) => index !== 1),
};

function listed(g: FreeGraphBuilder): Value {
  const places = g.input('places', 'int64', [capacity], 'Places');
  const counts = g.input('counts', 'float32', [capacity], 'Whether each counts');
  const nothing = g.expand(g.constant('float32', [0], [1]), [4 * rows * columns]);
  return g.reshape(g.scatterAdd(nothing, places, counts, 0), [1, 4, rows, columns]);
}

const isHere = (g: FreeGraphBuilder, mask: Value): Value => g.greater(mask, g.scalar(0));

/** What has a place in reach is another value than what has none. */
const uses: Record<string, Operation> = {
  'chooses samples': (g, x) => g.where(isHere(g, listed(g)), g.subtract(g.scalar(1), x), x),
  'chooses samples by what lies beside them': (g, x) => {
    const inside = (value: Value, by: number): Value =>
      g.slice(value, [
        { axis: 2, start: by, end: rows - 2 + by },
        { axis: 3, start: 2 - by, end: columns - by },
      ]);
    const mask = listed(g);
    const beside = g.where(isHere(g, inside(mask, 0)), g.scalar(0.9), inside(x, 1));
    return g.where(isHere(g, inside(mask, 2)), g.scalar(0.1), beside);
  },
  'weighs samples': (g, x) => {
    const good = g.subtract(g.scalar(1), g.minimum(listed(g), g.scalar(1)));
    return g.multiply(x, good);
  },
  'weighs samples, clipped': (g, x) => g.multiply(x, g.subtract(g.scalar(1), g.clip(listed(g), g.scalar(0), g.scalar(1)))),
  'chooses among planes': (g, x) => {
    const any = g.minimum(g.reduceMaximum(listed(g), [1]), g.scalar(1));
    return g.multiply(x, g.subtract(g.scalar(1), g.multiply(any, g.scalar(0.8))));
  },
  'is a plane among others': (g, x) => {
    const first = (value: Value): Value => g.slice(value, [{ axis: 1, start: 0, end: 2 }]);
    return g.minimum(g.concatenate([first(x), first(listed(g))], 1), g.scalar(1));
  },
  'is what a choice gives': (g, x) => g.minimum(g.where(g.greater(x, g.scalar(0.5)), listed(g), x), g.scalar(1)),
};

describe('a list of places', () => {
  for (const [use, operation] of Object.entries(uses)) {
    it(`${use} as ONNX Runtime has it`, async () => {
      const graph = pictureGraph(size, operation);
      const feeds = Object.values(lists);
      const [own, expected] = [await kernelPictures(graph, feeds), await onnxPictures(graph, feeds)];
      for (const [index, name] of Object.keys(lists).entries()) {
        const { worst, share } = differenceOf(own[index] as Uint8Array, expected[index] as Uint8Array);
        // Rounding of products, as for all operators; a place that is missed would be tens of steps.
        expect([worst <= 1, share < 0.005], name).toEqual([true, true]);
      }
      expect(differenceOf(expected[0] as Uint8Array, expected[2] as Uint8Array).worst).toBeGreaterThan(20);
    });
  }

  it('leaves nothing behind for the next strip', async () => {
    const graph = pictureGraph(size, uses['chooses samples'] as Operation);
    const { 'scattered places': some, 'no place at all': none } = lists as Record<string, Feeds>;
    const [before, marked, after] = await kernelPictures(graph, [none, some, none] as Feeds[]);
    expect(Buffer.compare(before as Uint8Array, after as Uint8Array)).toBe(0);
    expect(Buffer.compare(before as Uint8Array, marked as Uint8Array)).not.toBe(0);
  });

  it('may not name what is no place', async () => {
    const graph = pictureGraph(size, uses['chooses samples'] as Operation);
    for (const wrong of [-1, 4 * rows * columns, 1e9]) {
      await expect(kernelPictures(graph, [listOf([wrong])])).rejects.toThrow(
        `Expected a place below ${4 * rows * columns} in places but received ${wrong}`,
      );
    }
    // What does not count may be anything.
    const [none, ignored] = await kernelPictures(graph, [listOf([]), listOf([-1, 1e9], () => false)]);
    expect(Buffer.compare(none as Uint8Array, ignored as Uint8Array)).toBe(0);
  });
});
