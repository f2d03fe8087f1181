import { identity3 } from '../../base/matrix3.ts';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
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

/**
 * Colour correction in linear light: squares the demosaicked roots, mixes, and clips; the curve that follows works on RGB. The detail has
 * been taken aside: a dense graph has three channels at each position, others an empty fourth one.
 */
export const linearColour: GraphOperator = {
  kind: 'graph',
  id: 'linear-colour',
  params: {},
  halo: noHalo,
  graph: ({ g, geometry, input }, x) => {
    expectLayout(x, 'cells', 'linear colour');
    const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
    const matrix = input('srgb_from_camera', 'float32', [3, 3], 'Camera RGB to sRGB, row by row, rows summing to 1');
    const [mix, width] = geometry.dense ? [matrix, 3] : [withEmptyChannel(g, matrix), 4];
    const roots = g.clip(g.reshape(x.value, [channels / width, width, rows * columns]), g.scalar(0), g.scalar(1));
    const light = g.clip(g.matrixMultiply(mix, g.multiply(roots, roots)), g.scalar(0), g.scalar(1));
    return { ...x, value: g.reshape(light, [1, channels, rows, columns]) };
  },
  inputs: (_values, sensor) => ({ srgb_from_camera: Float32Array.from(sensor.srgbFromCamera ?? identity3) }),
};

/** A matrix [3, 3] as [4, 4], of which the fourth channel has nothing and becomes nothing. */
function withEmptyChannel(g: GraphBuilder, matrix: Value): Value {
  const wide = g.concatenate([matrix, g.constant('float32', [0, 0, 0], [3, 1])], 1);
  return g.concatenate([wide, g.constant('float32', [0, 0, 0, 0], [1, 4])], 0);
}
