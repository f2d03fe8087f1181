import { noHalo } from '../../graph/strips.ts';
import { expectLayout, type GraphOperator } from '../operator.ts';

/** The mosaic as four planes, one for each position of the 2x2 cell: a strided convolution that only picks, which is exact and fast. */
export const packCells: GraphOperator = {
  kind: 'graph',
  id: 'pack-cells',
  params: {},
  halo: noHalo,
  graph: ({ g, geometry }, x) => {
    expectLayout(x, 'mosaic', 'pack-cells');
    const picks = g.constant('float32', [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], [4, 1, 2, 2]);
    const mosaic = g.reshape(x.value, [1, 1, geometry.rows + 2 * x.margin, geometry.width + 2 * x.margin]);
    return { ...x, value: g.convolve(mosaic, picks, [2, 2]), layout: 'packed' };
  },
  inputs: () => ({}),
};
