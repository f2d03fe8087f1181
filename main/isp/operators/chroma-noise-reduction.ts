import { z } from 'zod';
import type { CfaOrder } from '../../frame/pixel-format.ts';
import type { Value } from '../../graph/graph.ts';
import { runtime } from '../../processor/parameters.ts';
import { type CfaColour, cfaColourAt } from '../cfa.ts';
import { encodedNoise } from '../encoded-noise.ts';
import { withMargin } from '../margin.ts';
import { expectLayout, type GraphOperator, numberIn, type OperatorContext, type Raster } from '../operator.ts';
import { windowOf } from './demosaic-residual/cell-field.ts';

/** Cells on each side of the one that is smoothed. */
const reachCells = 2;

/** What a sample of one colour has to do with chroma, (red - Y, blue - Y). */
interface Chroma {
  /** The part that it has in that of its cell. */
  readonly measured: readonly [number, number];
  /** How much it changes with it. */
  readonly corrected: readonly [number, number];
}

/** By colour, with Y = (R + 2G + B) / 4, the mean of the cell's samples: it stays when both chroma change. */
const chroma: Readonly<Record<CfaColour, Chroma>> = {
  R: { measured: [0.75, -0.25], corrected: [1, 0] },
  G: { measured: [-0.25, -0.25], corrected: [-0.5, -0.5] },
  B: { measured: [-0.25, 0.75], corrected: [0, 1] },
};

/** Of the four positions of the cell. */
function coloursOf(cfa: CfaOrder): readonly Chroma[] {
  return [0, 1, 2, 3].map((phase) => chroma[cfaColourAt(cfa, phase >> 1, phase & 1)]);
}

/**
 * Chroma noise reduction per 2x2 cell of the encoded mosaic, packed. What a cell's chroma has beyond the mean of 5x5 cells is noise
 * where it is small and an edge where it is large: so much of it is taken away from the cell's samples as is noise, and their Y stays. Before
 * demosaicking, it is a quarter of the samples, what is taken away is interpolated as the rest is, and fine texture keeps more
 * of itself than after it (0.5 dB on dead leaves).
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
  graph: (context, x) => {
    expectLayout(x, 'packed', 'chroma noise reduction');
    const { g, geometry } = context;
    const colours = coloursOf(geometry.cfa);
    const difference = beyondSurroundings(context, x, colours);
    const [, , rows, columns] = difference.shape as [number, number, number, number];
    const correction = g.multiply(g.reshape(difference, [2, rows * columns]), noiseShare(context, difference));
    const toColours = colours.flatMap(({ corrected }) => [...corrected]);
    const changes = g.matrixMultiply(g.constant('float32', toColours, [4, 2]), correction);
    const inner = withMargin(context, x, context.marginAfter);
    return { ...inner, value: g.add(inner.value, g.reshape(changes, [1, 4, rows, columns])) };
  },
  inputs: (values, sensor) => {
    const limit = numberIn(values, 'chroma_strength') * encodedNoise(sensor);
    return { chroma_power: Float32Array.of(Math.max(1e-12, limit ** 4)) };
  },
};

/** Mean chroma of the cells around each cell minus its own, as planes [1, 2, rows, columns] without what no later operator needs. */
function beyondSurroundings(context: OperatorContext, x: Raster, colours: readonly Chroma[]): Value {
  const { g } = context;
  const [, , rows, columns] = x.value.shape as [number, number, number, number];
  const measure = [0, 1].flatMap((which) => colours.map(({ measured }) => measured[which] as number));
  const samples = g.reshape(x.value, [4, rows * columns]);
  const planes = g.reshape(g.matrixMultiply(g.constant('float32', measure, [2, 4]), samples), [1, 2, rows, columns]);
  const window = 2 * reachCells + 1;
  const mean = g.averagePool(planes, [window, window]);
  const [margin, marginAfter] = [x.margin / 2, context.marginAfter / 2];
  const around = windowOf(g, { value: mean, margin: margin - reachCells }, marginAfter);
  return g.subtract(around, windowOf(g, { value: planes, margin }, marginAfter));
}

/** The part of a chroma difference that is noise: k⁴ / (k⁴ + |difference|⁴), [1, samples]. */
function noiseShare({ g, input }: OperatorContext, difference: Value): Value {
  const limit = input(
    'chroma_power',
    'float32',
    [],
    'Chroma difference of which half is taken away, to the fourth power, encoded',
  );
  const [, , rows, columns] = difference.shape as [number, number, number, number];
  const squares = g.reshape(g.multiply(difference, difference), [2, rows * columns]);
  const power = g.matrixMultiply(g.constant('float32', [1, 1], [1, 2]), squares);
  return g.divide(limit, g.add(g.multiply(power, power), limit));
}
