import type { CfaOrder } from '../../frame/pixel-format.ts';
import {
  centredStencil,
  combineStencils,
  convolutionWeights,
  type PlacedStencil,
  type Stencil,
} from '../../graph/linear-stencil.ts';
import { type CfaColour, cfaColourAt } from '../cfa.ts';
import type { Operator, OperatorContext, Raster } from '../operator.ts';

const eighths = (rows: readonly (readonly number[])[]): Stencil =>
  centredStencil(rows.map((row) => row.map((weight) => weight / 8)));

const identity = centredStencil([[1]]);

/** H. Malvar, L. He, R. Cutler, "High-quality linear interpolation for demosaicing of Bayer-patterned color images", 2004. */
const greenAtColour = eighths([
  [0, 0, -1, 0, 0],
  [0, 0, 2, 0, 0],
  [-1, 2, 4, 2, -1],
  [0, 0, 2, 0, 0],
  [0, 0, -1, 0, 0],
]);
const colourBesideGreen = eighths([
  [0, 0, 0.5, 0, 0],
  [0, -1, 0, -1, 0],
  [-1, 4, 5, 4, -1],
  [0, -1, 0, -1, 0],
  [0, 0, 0.5, 0, 0],
]);
const colourAboveGreen = eighths([
  [0, 0, -1, 0, 0],
  [0, -1, 4, -1, 0],
  [0.5, 0, 5, 0, 0.5],
  [0, -1, 4, -1, 0],
  [0, 0, -1, 0, 0],
]);
const colourAtOpposite = eighths([
  [0, 0, -1.5, 0, 0],
  [0, 2, 0, 2, 0],
  [-1.5, 0, 6, 0, -1.5],
  [0, 2, 0, 2, 0],
  [0, 0, -1.5, 0, 0],
]);

/** The 5x5 binomial kernel: a blur that also cancels the mosaic's colour carriers, so that it yields pure (R + 2G + B) / 4. */
const binomial = centredStencil([1, 4, 6, 4, 1].map((row) => [1, 4, 6, 4, 1].map((column) => (row * column) / 256)));

/** The filter that gives `colour` at (row, column) of the mosaic. */
export function malvarStencil(order: CfaOrder, colour: CfaColour, row: number, column: number): Stencil {
  const here = cfaColourAt(order, row, column);
  if (here === colour) return identity;
  if (colour === 'G') return greenAtColour;
  if (here !== 'G') return colourAtOpposite;
  return cfaColourAt(order, row, column + 1) === colour ? colourBesideGreen : colourAboveGreen;
}

/** Luminance minus its blur at (row, column): what sharpening adds. Weights sum to zero. */
function detailStencil(order: CfaOrder, row: number, column: number): Stencil {
  const colour = (name: CfaColour): Stencil => malvarStencil(order, name, row, column);
  return combineStencils([
    { factor: 0.25, stencil: colour('R') },
    { factor: 0.5, stencil: colour('G') },
    { factor: 0.25, stencil: colour('B') },
    { factor: -1, stencil: binomial },
  ]);
}

function placedStencils(order: CfaOrder): PlacedStencil[] {
  return [0, 1, 2, 3].flatMap((phase) => {
    const [row, column] = [phase >> 1, phase & 1];
    const colours = (['R', 'G', 'B'] as const).map((colour) => malvarStencil(order, colour, row, column));
    return [...colours, detailStencil(order, row, column)].map((stencil) => ({ stencil, row, column }));
  });
}

/**
 * Malvar-He-Cutler demosaicking and the sharpening signal in one convolution of stride 2: sixteen channels, R G B and
 * detail for each of the four positions of the cell.
 */
export const demosaicMalvar: Operator = {
  id: 'demosaic-malvar',
  params: {},
  halo: { above: 2, below: 2 },
  graph: (context, x) => convolveCells(context, x, placedStencils(context.geometry.cfa)),
  inputs: () => ({}),
};

/** One strided convolution over the mosaic, whose windows reach two samples beyond each 2x2 cell. */
export function convolveCells({ g, geometry }: OperatorContext, x: Raster, stencils: readonly PlacedStencil[]): Raster {
  const { rows, width } = geometry;
  const reach = 2;
  const window = 2 + 2 * reach;
  const weights = g.constant('float32', convolutionWeights(stencils, 2, reach), [stencils.length, 1, window, window]);
  const mosaic = g.reshape(x.value, [1, 1, rows + 2 * x.margin, width + 2 * x.margin]);
  return { value: g.convolve(mosaic, weights, [2, 2]), layout: 'cells', margin: x.margin - reach };
}
