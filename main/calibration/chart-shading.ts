import type { Lab } from '../base/colour/lab.ts';
import { xyzFromSrgb } from '../base/colour/rgb-space.ts';
import { InputError } from '../base/errors.ts';
import { leastSquares } from '../base/least-squares.ts';
import { apply3, type Triple } from '../base/matrix3.ts';
import { type ChartColour, requireUsable } from './chart-colour.ts';
import { greyPatchIndices, linearSrgbFromLabD50, neutralPatchIndices } from './colour-checker.ts';
import { type ColourMatrixSolution, leastSquaresMatrix, refitForEncoded, solveColourMatrix } from './colour-matrix.ts';
import { type WhiteBalance, whiteBalanced, whiteBalanceFromGreys } from './white-balance.ts';

/** A patch's colour and where it lies in the image, pixels. */
export interface PlacedColour extends ChartColour {
  readonly centre: { readonly x: number; readonly y: number };
}

/**
 * Light over a chart as an even low-order field: log light = a·u + b·v + c·u² + d·u·v + e·v², where u and v are pixels from
 * `origin` over `scalePixels`. Light is 1 at `origin`, the middle of the chart, and means nothing far beyond the chart.
 */
export interface ChartShading {
  readonly origin: { readonly x: number; readonly y: number };
  readonly scalePixels: number;
  /** a, b, c, d, e; the last three are 0 for a field that is a plane. */
  readonly coefficients: readonly [number, number, number, number, number];
}

/** All that a chart tells of a camera under one light. */
export interface ChartCalibration {
  readonly whiteBalance: WhiteBalance;
  readonly colour: ColourMatrixSolution;
  /** The matrix again, for stages that mix encoded values. */
  readonly encodedColour: ColourMatrixSolution;
  readonly shading: ChartShading;
}

/** How freely light may vary over the chart: not at all, as a plane, or with curvature. */
export type ShadingOrder = 'even' | 'plane' | 'quadratic';

const rounds = 12;
const leastPatches = 12;
/** Luminance of greys does not depend on the colour matrix, so they say more about light. */
const greyWeight = 4;

const termsOf: Readonly<Record<ShadingOrder, number>> = { even: 0, plane: 2, quadratic: 5 };

/**
 * White balance, light over the chart and colour matrix from the 24 patches of a ColorChecker, together: given a matrix, the
 * ratio of each patch's rendered to its known luminance shows the light on it, and a low-order field is fitted through the
 * logarithms, greys counting four times; given the field, the patches are evened out and the matrix is fitted again. Light and
 * vignetting are not told apart, and need not be for a chart. Patches are camera RGB above black, not white-balanced.
 *
 * The field takes up to 5 of 72 measured numbers, so it flatters the colour differences a little; 'plane' takes 2. Throws
 * InputError for other than 24 patches, and where too few are good.
 */
export function calibrateFromChart(
  patches: readonly PlacedColour[],
  references: readonly Lab[],
  order: ShadingOrder = 'quadratic',
): ChartCalibration {
  if (patches.length !== 24 || references.length !== 24) {
    throw new InputError('calibration.patches', `Expected 24 patches of a ColorChecker but received ${patches.length}`);
  }
  const frame = frameOf(patches);
  let shading: ChartShading = { ...frame, coefficients: [0, 0, 0, 0, 0] };
  for (let round = 0; round < rounds && order !== 'even'; round++) {
    const { balanced } = evenlyLit(patches, shading);
    const colour = leastSquaresMatrix(balanced, references);
    shading = refined(shading, patches, luminanceRatios(balanced, references, colour), order);
  }
  const { balanced, whiteBalance } = evenlyLit(patches, shading);
  const colour = solveColourMatrix(balanced, references);
  return { whiteBalance, shading, colour, encodedColour: refitForEncoded(colour, balanced, references) };
}

/** Light at a place of the image, relative to the chart's middle. */
export function lightAt(
  { origin, scalePixels, coefficients }: ChartShading,
  place: { readonly x: number; readonly y: number },
): number {
  const terms = termsAt((place.x - origin.x) / scalePixels, (place.y - origin.y) / scalePixels);
  return Math.exp(terms.reduce((sum, term, index) => sum + term * (coefficients[index] as number), 0));
}

function termsAt(u: number, v: number): readonly [number, number, number, number, number] {
  return [u, v, u * u, u * v, v * v];
}

function frameOf(patches: readonly PlacedColour[]): Pick<ChartShading, 'origin' | 'scalePixels'> {
  const mean = (axis: 'x' | 'y'): number => patches.reduce((sum, { centre }) => sum + centre[axis], 0) / patches.length;
  const origin = { x: mean('x'), y: mean('y') };
  const scalePixels = Math.max(...patches.map(({ centre }) => Math.hypot(centre.x - origin.x, centre.y - origin.y)));
  if (scalePixels > 0) return { origin, scalePixels };
  throw new InputError('calibration.patches', 'Expected patches at different places but received all at one');
}

function evenlyLit(
  patches: readonly PlacedColour[],
  shading: ChartShading,
): { balanced: PlacedColour[]; whiteBalance: WhiteBalance } {
  const even = patches.map((patch) => {
    const light = lightAt(shading, patch.centre);
    return { ...patch, mean: patch.mean.map((value) => value / light) as unknown as Triple };
  });
  const whiteBalance = whiteBalanceFromGreys(greyPatchIndices.map((index) => even[index] as PlacedColour));
  return { balanced: whiteBalanced(even, whiteBalance.gains), whiteBalance };
}

/** Logarithm of rendered over known luminance; undefined for patches that say nothing. */
function luminanceRatios(
  balanced: readonly PlacedColour[],
  references: readonly Lab[],
  { srgbFromCamera, exposure }: Pick<ColourMatrixSolution, 'srgbFromCamera' | 'exposure'>,
): (number | undefined)[] {
  return balanced.map(({ mean, problem }, index) => {
    const rendered = exposure * luminanceOf(apply3(srgbFromCamera, mean));
    const known = luminanceOf(linearSrgbFromLabD50(references[index] as Lab));
    return problem === undefined && rendered > 0 ? Math.log(rendered / known) : undefined;
  });
}

function luminanceOf(linearSrgb: Triple): number {
  return apply3(xyzFromSrgb, linearSrgb)[1];
}

/** The field with what the ratios still show of light; their mean is exposure and stays out of it. */
function refined(
  shading: ChartShading,
  patches: readonly PlacedColour[],
  ratios: readonly (number | undefined)[],
  order: ShadingOrder,
): ChartShading {
  const seen = ratios.flatMap((ratio, index) => (ratio === undefined ? [] : [{ ratio, index }]));
  requireUsable(patches, seen, leastPatches, 'light over the chart');
  const { origin, scalePixels, coefficients } = shading;
  const fitted = leastSquares({
    rows: seen.map(({ index }) => {
      const { x, y } = (patches[index] as PlacedColour).centre;
      return [1, ...termsAt((x - origin.x) / scalePixels, (y - origin.y) / scalePixels).slice(0, termsOf[order])];
    }),
    targets: seen.map(({ ratio }) => ratio),
    weights: seen.map(({ index }) => (neutralPatchIndices.includes(index) ? greyWeight : 1)),
  });
  if (fitted === undefined) {
    throw new InputError('calibration.patches', 'Expected patches spread over an area but received some along a line');
  }
  const more = coefficients.map((coefficient, index) => coefficient + (fitted[index + 1] ?? 0));
  return { ...shading, coefficients: more as unknown as ChartShading['coefficients'] };
}
