import type { Value } from '../../graph/graph.ts';
import { noHalo } from '../../graph/strips.ts';
import { expectLayout, type GraphOperator } from '../operator.ts';

/**
 * The mosaic as four half-resolution planes, one for each position of the cell, so that neighbours in a plane are neighbours of one
 * colour. Four strided slices; two transposes took a third longer, a convolution with unit filters half as long again.
 */
export const pack: GraphOperator = {
  kind: 'graph',
  id: 'pack',
  params: {},
  halo: noHalo,
  graph: ({ g, geometry }, x) => {
    expectLayout(x, 'mosaic', 'pack');
    const [rows, columns] = [geometry.rows + 2 * x.margin, geometry.width + 2 * x.margin];
    const mosaic = g.reshape(x.value, [1, 1, rows, columns]);
    const plane = (phase: number): Value =>
      g.slice(mosaic, [
        { axis: 2, start: phase >> 1, end: rows, step: 2 },
        { axis: 3, start: phase & 1, end: columns, step: 2 },
      ]);
    return { ...x, value: g.concatenate([0, 1, 2, 3].map(plane), 1), layout: 'packed' };
  },
  inputs: () => ({}),
};

/** Packed planes back to the mosaic, by two transposes that both move what lies side by side: columns first, then rows. */
export const unpack: GraphOperator = {
  kind: 'graph',
  id: 'unpack',
  params: {},
  halo: noHalo,
  graph: ({ g }, x) => {
    expectLayout(x, 'packed', 'unpack');
    const [, , rows, columns] = x.value.shape as [number, number, number, number];
    const pairs = g.transpose(g.reshape(x.value, [2, 2, rows * columns]), [0, 2, 1]);
    const mosaic = g.transpose(g.reshape(pairs, [2, rows, 2 * columns]), [1, 0, 2]);
    return { ...x, value: g.reshape(mosaic, [1, 1, 2 * rows, 2 * columns]), layout: 'mosaic' };
  },
  inputs: () => ({}),
};
