import { z } from 'zod';
import { runtime } from '../../processor/parameters.ts';
import { expectLayout, type GraphOperator, numberIn } from '../operator.ts';
import { boxMean, type CellField, windowOf } from './demosaic-residual/cell-field.ts';
import { lumaWeights, mixCells } from './luma-cells.ts';

/** Side of the windows in cells; two of them follow each other. */
const side = 5;
const reach = side - 1;

/** What keeps flat luma from dividing by zero, and the chroma that counts as noise; squares of encoded steps. */
const flatLuma = 0.01 ** 2;
const noiseChroma = 0.015 ** 2;

const [red, green, blue] = lumaWeights;

/**
 * Smooths the colour differences R - Y and B - Y of each cell by a filter that luma guides, and leaves luma as it is. Where luma
 * does not explain a change of colour that is more than noise, the cell keeps its own. Encoded cells of R, G, B.
 */
export const chromaGuidedNoiseReduction: GraphOperator = {
  kind: 'graph',
  id: 'chroma-guided-noise-reduction',
  halo: { above: 2 * reach, below: 2 * reach },
  params: {
    chroma_nr_strength: runtime(z.number().min(0).max(1).default(0.5), {
      order: 21,
      label: 'Chroma noise reduction',
      category: 'Noise',
      step: 0.01,
      help: 'Share of the colour noise that is taken out; luma is left alone',
    }),
  },
  graph: ({ g, input }, x) => {
    expectLayout(x, 'cells', 'chroma-guided-noise-reduction');
    const strength = input('chroma_nr_strength', 'float32', [], 'Share of colour noise that is taken out, 0 to 1');
    const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
    const cells = { value: x.value, margin: x.margin / 2 };
    const perCell = g.reduceMean(g.reshape(x.value, [channels / 3, 3 * rows * columns]), [0]);
    const mean3 = g.reshape(perCell, [1, 3, rows, columns]);
    const luma: CellField = { value: mixCells(g, mean3, [[red, green, blue]]), margin: cells.margin };
    const toChroma = [
      [1 - red, -green, -blue],
      [-red, -green, 1 - blue],
    ];
    const chroma: CellField = { value: mixCells(g, mean3, toChroma), margin: cells.margin };
    const box = (field: CellField): CellField => boxMean(g, field, side);
    const [meanY, meanC] = [box(luma), box(chroma)];
    const margin = meanY.margin;
    const meanOf = (a: CellField, b: CellField) => box({ value: g.multiply(a.value, b.value), margin: cells.margin }).value;
    const varianceY = g.subtract(meanOf(luma, luma), g.multiply(meanY.value, meanY.value));
    const covariance = g.subtract(meanOf(chroma, luma), g.multiply(meanC.value, meanY.value));
    const varianceC = g.subtract(meanOf(chroma, chroma), g.multiply(meanC.value, meanC.value));
    const slope = g.divide(covariance, g.add(varianceY, g.scalar(flatLuma)));
    const unexplained = g.maximum(g.subtract(varianceC, g.multiply(slope, covariance)), g.scalar(0));
    const trust = g.divide(g.scalar(noiseChroma), g.add(unexplained, g.scalar(noiseChroma)));
    const offset = g.subtract(meanC.value, g.multiply(slope, meanY.value));
    const [slopes, offsets, trusts] = [slope, offset, trust].map((value) => box({ value, margin })) as [
      CellField,
      CellField,
      CellField,
    ];
    const left = slopes.margin;
    const guided = g.add(g.multiply(slopes.value, windowOf(g, luma, left)), offsets.value);
    const change = g.subtract(guided, windowOf(g, chroma, left));
    const weighted = g.multiply(g.multiply(change, trusts.value), strength);
    const correction = mixCells(g, weighted, [
      [1, 0],
      [-red / green, -blue / green],
      [0, 1],
    ]);
    const everywhere = g.concatenate(
      Array.from({ length: channels / 3 }, () => correction),
      1,
    );
    return { value: g.add(windowOf(g, cells, left), everywhere), layout: 'cells', margin: 2 * left };
  },
  inputs: (values) => ({ chroma_nr_strength: Float32Array.of(numberIn(values, 'chroma_nr_strength')) }),
};
