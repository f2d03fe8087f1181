import { identity3 } from '../../base/matrix3.ts';
import { noHalo } from '../../graph/strips.ts';
import { expectLayout, type GraphOperator } from '../operator.ts';

/** Square root of light: the domain in which exact colour is demosaicked, because a square undoes it exactly. */
export const rootEncode: GraphOperator = {
  kind: 'graph',
  id: 'root-encode',
  params: {},
  halo: noHalo,
  graph: ({ g }, x) => ({ ...x, value: g.squareRoot(x.value) }),
  inputs: () => ({}),
};

/** Colour correction in linear light: squares the demosaicked roots, mixes, and clips; the curve that follows works on RGB. */
export const linearColour: GraphOperator = {
  kind: 'graph',
  id: 'linear-colour',
  params: {},
  halo: noHalo,
  graph: ({ g, input }, x) => {
    expectLayout(x, 'cells', 'linear colour');
    const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
    const matrix = input('srgb_from_camera', 'float32', [3, 3], 'Camera RGB to sRGB, row by row, rows summing to 1');
    const withoutDetail = g.concatenate([matrix, g.constant('float32', [0, 0, 0], [3, 1])], 1);
    const full = g.concatenate([withoutDetail, g.constant('float32', [0, 0, 0, 0], [1, 4])], 0);
    const roots = g.clip(g.reshape(x.value, [channels / 4, 4, rows * columns]), g.scalar(0), g.scalar(1));
    const light = g.clip(g.matrixMultiply(full, g.multiply(roots, roots)), g.scalar(0), g.scalar(1));
    return { ...x, value: g.reshape(light, [1, channels, rows, columns]) };
  },
  inputs: (_values, sensor) => ({ srgb_from_camera: Float32Array.from(sensor.srgbFromCamera ?? identity3) }),
};
