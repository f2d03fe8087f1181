import { noHalo } from '../../graph/strips.ts';
import { expectLayout, type GraphOperator } from '../operator.ts';

/** The mean of each 2x2 pixels of a binned picture: a quarter of the mosaic's width and height. */
export const quarter: GraphOperator = {
  kind: 'graph',
  id: 'quarter',
  params: {},
  halo: noHalo,
  scale: 0.5,
  graph: ({ g }, x) => {
    expectLayout(x, 'cells', 'quarter');
    return { ...x, value: g.averagePool(x.value, [2, 2], [2, 2]) };
  },
  inputs: () => ({}),
};
