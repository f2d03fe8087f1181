import type { AffineOperator } from '../operator.ts';

/** DN to linear light: 0 at the black level of each position, 1 at the first saturated DN. Noise below black stays negative. */
export const blackLevel: AffineOperator = {
  kind: 'affine',
  id: 'black-level',
  params: {},
  affine: ({ g, input }) => {
    const black = input('black_levels', 'float32', [2, 2], 'Black level per position of the 2x2 cell, DN');
    const white = input('white_level', 'float32', [], 'First saturated value, DN');
    const factor = g.reciprocal(g.subtract(white, black));
    return { factor, offset: g.negative(g.multiply(black, factor)) };
  },
  inputs: (_values, sensor) => ({
    black_levels: Float32Array.from(sensor.blackLevels),
    white_level: Float32Array.of(sensor.whiteLevel),
  }),
};
