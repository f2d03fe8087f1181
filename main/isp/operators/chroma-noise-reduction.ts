import { z } from 'zod';
import { runtime } from '../../processor/parameters.ts';
import { encodedNoise } from '../encoded-noise.ts';
import { expectLayout, type GraphOperator, numberIn } from '../operator.ts';

/** Cells on each side of the one that is smoothed. */
const reachCells = 2;

/** Red minus Y and blue minus Y of [R, G, B, detail], with Y = (R + 2G + B) / 4. */
const chroma = [
  [0.75, -0.5, -0.25, 0],
  [-0.25, -0.5, 0.75, 0],
] as const;

/** What changes of red, green and blue when both chroma change and Y stays. */
const colourFromChroma = [1, 0, -0.5, -0.5, 0, 1, 0, 0] as const;

/**
 * Chroma noise reduction per 2x2 cell. What a cell's mean chroma has beyond the mean of 5x5 cells is noise where it is small and
 * an edge where it is large: the part k⁴ / (k⁴ + |difference|⁴) of it is taken away from all pixels of the cell. Luminance stays.
 */
export const chromaNoiseReduction: GraphOperator = {
  kind: 'graph',
  id: 'chroma-noise-reduction',
  params: {
    chroma_strength: runtime(z.number().min(0).max(16).default(2), {
      order: 12,
      label: 'Chroma noise reduction',
      category: 'Noise',
      unit: 'σ',
      step: 0.1,
      help: 'Colour differences up to this many standard deviations of the noise at mid-grey are smoothed; needs Chroma noise reduction on',
    }),
  },
  halo: { above: 2 * reachCells, below: 2 * reachCells },
  graph: ({ g, input }, x) => {
    expectLayout(x, 'cells', 'chroma noise reduction');
    const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
    const positions = channels / 4;
    const means = chroma.flatMap((row) =>
      Array.from({ length: positions }, () => row.map((weight) => weight / positions)).flat(),
    );
    const samples = g.reshape(x.value, [channels, rows * columns]);
    const perCell = g.matrixMultiply(g.constant('float32', means, [2, channels]), samples);
    const planes = g.reshape(perCell, [1, 2, rows, columns]);
    const window = 2 * reachCells + 1;
    // A box is separable: ten additions a sample in the place of twenty-five.
    const mean = g.averagePoolSame(g.averagePoolSame(planes, [1, window]), [window, 1]);
    const difference = g.reshape(g.subtract(mean, planes), [2, rows * columns]);
    const power = g.matrixMultiply(g.constant('float32', [1, 1], [1, 2]), g.multiply(difference, difference));
    const limit = input(
      'chroma_power',
      'float32',
      [],
      'Chroma difference of which half is taken away, to the fourth power, encoded',
    );
    const correction = g.multiply(difference, g.divide(limit, g.add(g.multiply(power, power), limit)));
    const toColour = g.constant('float32', [...colourFromChroma], [4, 2]);
    const colours = g.matrixMultiply(toColour, correction);
    const corrected = g.add(g.reshape(x.value, [positions, 4, rows * columns]), g.reshape(colours, [1, 4, rows * columns]));
    // The margin stays: its outermost cells have seen too little, and the output crops it.
    return { ...x, value: g.reshape(corrected, [1, channels, rows, columns]) };
  },
  inputs: (values, sensor) => {
    const limit = numberIn(values, 'chroma_strength') * encodedNoise(sensor);
    return { chroma_power: Float32Array.of(Math.max(1e-12, limit ** 4)) };
  },
};
