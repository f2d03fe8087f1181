import { noHalo } from '../../graph/strips.ts';
import { expectLayout, type GraphOperator } from '../operator.ts';

/** Cells of R, G, B with an empty fourth channel behind each pixel, where RGBA8 has its alpha; the output of a dense graph adds its own. */
export const opaqueCells: GraphOperator = {
  kind: 'graph',
  id: 'opaque-cells',
  params: {},
  halo: noHalo,
  graph: ({ g, geometry }, x) => {
    expectLayout(x, 'cells', 'opaque-cells');
    if (geometry.dense) return x;
    const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
    const widen = g.constant('float32', [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], [4, 3]);
    const pixels = g.matrixMultiply(widen, g.reshape(x.value, [channels / 3, 3, rows * columns]));
    return { ...x, value: g.reshape(pixels, [1, (channels / 3) * 4, rows, columns]) };
  },
  inputs: () => ({}),
};
