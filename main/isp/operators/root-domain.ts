import { noHalo } from '../../graph/strips.ts';
import type { GraphOperator } from '../operator.ts';

/** Light to its square root, where noise and contrast are even over the range; what lies below black becomes black. */
export const encodeRoot: GraphOperator = {
  kind: 'graph',
  id: 'encode-root',
  params: {},
  halo: noHalo,
  graph: ({ g }, x) => ({ ...x, value: g.squareRoot(g.maximum(x.value, g.scalar(0))) }),
  inputs: () => ({}),
};

/** The square: back to linear light, exactly. */
export const decodeRoot: GraphOperator = {
  kind: 'graph',
  id: 'decode-root',
  params: {},
  halo: noHalo,
  graph: ({ g }, x) => ({ ...x, value: g.multiply(x.value, x.value) }),
  inputs: () => ({}),
};
