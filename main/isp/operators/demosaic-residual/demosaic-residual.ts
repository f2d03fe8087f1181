import { cfaColourAt } from '../../cfa.ts';
import { expectLayout, type GraphOperator } from '../../operator.ts';
import { type CellField, channelOf, type Phase, phaseIndex, windowOf } from './cell-field.ts';
import { colourPlanes } from './colour-planes.ts';
import { directionalDifferences } from './directional-differences.ts';
import { fuseByGradients } from './gradient-fusion.ts';

/** Cells of margin: five for differences along lines, three for their fusion, five for red and blue. */
const reach = 13;

/**
 * Demosaicking by minimised-Laplacian residual interpolation, on the four packed planes: every window lies on samples of one
 * colour, so that no mask is needed and all work is at a quarter of the frame. Green comes from directional differences that
 * are fused by their gradients, red and blue from green. Reads encoded samples (packed), writes cells of R, G, B.
 */
export const demosaicResidual: GraphOperator = {
  kind: 'graph',
  id: 'demosaic-residual',
  params: {},
  halo: { above: 2 * reach, below: 2 * reach },
  graph: ({ g, geometry }, x) => {
    expectLayout(x, 'packed', 'demosaic-residual');
    const packed: CellField = { value: x.value, margin: x.margin / 2 };
    const positions = [0, 1, 2, 3].map((index): Phase => ({ row: index >> 1, column: index & 1 }));
    const isAt = (colour: string, { row, column }: Phase): boolean => cfaColourAt(geometry.cfa, row, column) === colour;
    const colours = ['R', 'B'].map((colour) => positions.find((position) => isAt(colour, position)) as Phase);
    const fused = fuseByGradients(g, directionalDifferences(g, packed, colours), colours);
    const green = positions.map((position) => {
      const sample = windowOf(g, channelOf(g, packed, phaseIndex(position)), fused.margin);
      if (isAt('G', position)) return { value: sample, margin: fused.margin };
      const difference = channelOf(g, fused, isAt('R', position) ? 0 : 1);
      return { value: g.maximum(g.add(sample, difference.value), g.scalar(0)), margin: fused.margin };
    });
    const [red, blue] = colourPlanes(g, packed, green, colours);
    const margin = packed.margin - reach;
    const cells = positions.flatMap((_, index) => {
      const middle = windowOf(g, green[index] as CellField, margin);
      return [red?.[index], middle, blue?.[index]].map((plane) => plane ?? middle);
    });
    return { value: g.concatenate(cells, 1), layout: 'cells', margin: 2 * margin };
  },
  inputs: () => ({}),
};
