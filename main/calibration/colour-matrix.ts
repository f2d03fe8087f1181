import { bradfordAdaptation } from '../base/colour/adaptation.ts';
import { whiteD50, whiteD65 } from '../base/colour/chromaticity.ts';
import { deltaE00 } from '../base/colour/colour-difference.ts';
import { type Lab, labFromXyz } from '../base/colour/lab.ts';
import { xyzFromSrgb } from '../base/colour/rgb-space.ts';
import { srgbTransfer } from '../base/colour/transfer.ts';
import { InputError } from '../base/errors.ts';
import { leastSquares } from '../base/least-squares.ts';
import { apply3, type Matrix3, multiply3, type Triple } from '../base/matrix3.ts';
import { quantile } from '../base/statistics.ts';
import { type ChartColour, requireUsable, usablePatches } from './chart-colour.ts';
import { linearSrgbFromLabD50 } from './colour-checker.ts';
import { minimise } from './minimise.ts';

/** How one patch comes out under a colour matrix. */
export interface PatchDifference {
  readonly index: number;
  readonly deltaE00: number;
  /** CIE L*a*b* (D50), as rendered. */
  readonly rendered: Lab;
  /** CIE L*a*b* (D50), as it should be. */
  readonly reference: Lab;
  /** Why the patch had no say in the matrix; absent where it had. */
  readonly excluded?: string;
}

/** What a matrix is applied to: linear light, or values that the sRGB curve has encoded, as a display takes them. */
export type ColourDomain = 'linear' | 'encoded';

/** A colour matrix and how well it renders the chart. Means are over the patches that had a say. */
export interface ColourMatrixSolution {
  /** White-balanced camera RGB to sRGB, both in the domain that was asked for, row-major; rows sum to 1, so that grey stays grey. */
  readonly srgbFromCamera: Matrix3;
  /** Factor that brings the patches' scale to white at 1. */
  readonly exposure: number;
  readonly meanDeltaE00: number;
  readonly medianDeltaE00: number;
  readonly worstDeltaE00: number;
  readonly patches: readonly PatchDifference[];
}

const leastPatches = 8;
const labFromSrgbMatrix = multiply3(bradfordAdaptation(whiteD65, whiteD50), xyzFromSrgb);

/**
 * The white-preserving 3x3 matrix that renders a chart with the smallest mean CIEDE2000. Starts from least squares in linear
 * light, each patch weighted by the slope of lightness so that dark ones count (G. Finlayson, M. Drew, "Constrained least-squares
 * regression in color spaces", 1997), then minimises the mean ΔE00 over the six free numbers and exposure by a simplex.
 *
 * `patches` are white-balanced; `references` are CIE L*a*b* (D50) in the same order, for example {@link colourCheckerLab}.
 * Throws InputError for lists of unequal length, for less than 8 good patches, or for patches all of one colour.
 */
export function solveColourMatrix(patches: readonly ChartColour[], references: readonly Lab[]): ColourMatrixSolution {
  if (patches.length !== references.length) {
    throw new InputError(
      'calibration.patches',
      `Expected ${references.length} patches, as references, but received ${patches.length}`,
    );
  }
  const usable = usablePatches(patches);
  requireUsable(patches, usable, leastPatches, 'a colour matrix');
  const start = leastSquaresMatrix(patches, references);
  const meanDifference = meanDifferenceOver(usable, references, 'linear');
  const first = [...freeNumbers(start.srgbFromCamera), Math.log(start.exposure)];
  const steps = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05];
  const { at } = minimise((numbers) => meanDifference(unpacked(numbers)), first, steps, simplex);
  const { matrix, exposure } = unpacked(at);
  return judgeColourMatrix(matrix, exposure, patches, references);
}

/**
 * The matrix of {@link solveColourMatrix} fitted again for a stage that encodes for the display first and mixes colours then: half of
 * what that costs in colour difference comes back. The exposure stays, which encoded values have behind them.
 */
export function refitForEncoded(
  { srgbFromCamera, exposure }: Pick<ColourMatrixSolution, 'srgbFromCamera' | 'exposure'>,
  patches: readonly ChartColour[],
  references: readonly Lab[],
): ColourMatrixSolution {
  const meanDifference = meanDifferenceOver(usablePatches(patches), references, 'encoded');
  const matrixOf = (numbers: readonly number[]): Matrix3 => unpacked([...numbers, 0]).matrix;
  const difference = (numbers: readonly number[]): number => meanDifference({ matrix: matrixOf(numbers), exposure });
  const { at } = minimise(difference, freeNumbers(srgbFromCamera), [0.1, 0.1, 0.1, 0.1, 0.1, 0.1], simplex);
  return judgeColourMatrix(matrixOf(at), exposure, patches, references, 'encoded');
}

const simplex = { maximumEvaluations: 6000, tolerance: 1e-6 } as const;

function meanDifferenceOver(
  usable: ReturnType<typeof usablePatches>,
  references: readonly Lab[],
  domain: ColourDomain,
): (by: { readonly matrix: Matrix3; readonly exposure: number }) => number {
  const colours = usable.map(({ index, mean }) => ({ mean, reference: references[index] as Lab }));
  return ({ matrix, exposure }) => {
    const differences = colours.map(({ mean, reference }) => deltaE00(renderedLab(matrix, exposure, mean, domain), reference));
    return differences.reduce((total, difference) => total + difference, 0) / colours.length;
  };
}

/** How a given matrix renders a chart: the same report as {@link solveColourMatrix}, for a vendor's matrix or another chart. */
export function judgeColourMatrix(
  srgbFromCamera: Matrix3,
  exposure: number,
  patches: readonly ChartColour[],
  references: readonly Lab[],
  domain: ColourDomain = 'linear',
): ColourMatrixSolution {
  const differences = patches.map(({ mean, problem }, index): PatchDifference => {
    const [rendered, reference] = [renderedLab(srgbFromCamera, exposure, mean, domain), references[index] as Lab];
    const excluded = problem === undefined ? {} : { excluded: problem };
    return { index, deltaE00: deltaE00(rendered, reference), rendered, reference, ...excluded };
  });
  const counted = differences.filter(({ excluded }) => excluded === undefined).map((difference) => difference.deltaE00);
  return {
    srgbFromCamera,
    exposure,
    meanDeltaE00: counted.reduce((sum, difference) => sum + difference, 0) / counted.length,
    medianDeltaE00: quantile(counted, 0.5),
    worstDeltaE00: Math.max(...counted),
    patches: differences,
  };
}

/**
 * The start of {@link solveColourMatrix} and quick enough to be asked often: weighted least squares in linear light with rows that
 * sum to 1. Exposure is the weighted mean ratio of reference and camera luminance. Throws as that does.
 */
export function leastSquaresMatrix(
  patches: readonly ChartColour[],
  references: readonly Lab[],
): Pick<ColourMatrixSolution, 'srgbFromCamera' | 'exposure'> {
  const usable = usablePatches(patches);
  requireUsable(patches, usable, leastPatches, 'a colour matrix');
  const targets = usable.map(({ index }) => linearSrgbFromLabD50(references[index] as Lab));
  const weights = targets.map(([red, green, blue]) => (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.01) ** (-4 / 3));
  let exposure = exposureOf(usable, targets, weights);
  let rows: (readonly [number, number, number])[] = [];
  // Exposure and matrix each follow from the other; their product is determined, so a few rounds settle both.
  for (let round = 0; round < 8; round++) {
    const scaled = usable.map(({ mean }) => mean.map((value) => value * exposure) as unknown as Triple);
    rows = [0, 1, 2].map((channel) => rowThrough(scaled, targets, weights, channel));
    const rendered = scaled.map((colour) => apply3(rows.flat() as unknown as Matrix3, colour));
    exposure *= ratioOf(rendered, targets, weights);
  }
  return { srgbFromCamera: rows.flat() as unknown as Matrix3, exposure };
}

/** One row of the matrix: white is kept by letting the channel's own column take what the two others leave. */
function rowThrough(
  scaled: readonly Triple[],
  targets: readonly Triple[],
  weights: readonly number[],
  channel: number,
): readonly [number, number, number] {
  const others = [0, 1, 2].filter((other) => other !== channel) as [number, number];
  const fitted = leastSquares({
    rows: scaled.map((colour) => others.map((other) => (colour[other] as number) - (colour[channel] as number))),
    targets: scaled.map((colour, index) => (targets[index]?.[channel] as number) - (colour[channel] as number)),
    weights,
  });
  if (fitted === undefined) {
    throw new InputError('calibration.patches', 'Expected patches of different colours but received some of one colour only');
  }
  const row: [number, number, number] = [0, 0, 0];
  row[channel] = 1 - (fitted[0] as number) - (fitted[1] as number);
  for (const [which, other] of others.entries()) row[other] = fitted[which] as number;
  return row;
}

function exposureOf(
  usable: readonly { readonly mean: Triple }[],
  targets: readonly Triple[],
  weights: readonly number[],
): number {
  const ratio = ratioOf(
    usable.map(({ mean }) => mean),
    targets,
    weights,
  );
  if (ratio > 0 && ratio < Infinity) return ratio;
  throw new InputError('calibration.patches', 'Expected patches brighter than black', 'Check the black level.');
}

/** The factor on `colours` that brings them nearest to `targets`. */
function ratioOf(colours: readonly Triple[], targets: readonly Triple[], weights: readonly number[]): number {
  let [product, square] = [0, 0];
  for (const [index, colour] of colours.entries()) {
    for (let channel = 0; channel < 3; channel++) {
      product += (weights[index] as number) * (colour[channel] as number) * (targets[index]?.[channel] as number);
      square += (weights[index] as number) * (colour[channel] as number) ** 2;
    }
  }
  return product / square;
}

function renderedLab(matrix: Matrix3, exposure: number, mean: Triple, domain: ColourDomain): Lab {
  const light = mean.map((value) => value * exposure) as unknown as Triple;
  const rendered = domain === 'linear' ? apply3(matrix, light) : throughDisplay(matrix, light);
  return labFromXyz(apply3(labFromSrgbMatrix, rendered), whiteD50);
}

/** Light to light, by a matrix on what a display is given: clipped before and after, as samples and pixels are. */
function throughDisplay(matrix: Matrix3, light: Triple): Triple {
  const clipped = (value: number): number => Math.min(1, Math.max(0, value));
  const encoded = light.map((value) => srgbTransfer.encodedFromLinear(clipped(value))) as unknown as Triple;
  return apply3(matrix, encoded).map((value) => srgbTransfer.linearFromEncoded(clipped(value))) as unknown as Triple;
}

/** What of a white-preserving matrix is free: everything off its diagonal. */
function freeNumbers([, a, b, c, , d, e, f]: Matrix3): number[] {
  return [a, b, c, d, e, f];
}

function unpacked(numbers: readonly number[]): { matrix: Matrix3; exposure: number } {
  const [a, b, c, d, e, f, logExposure] = numbers as [number, number, number, number, number, number, number];
  return { matrix: [1 - a - b, a, b, c, 1 - c - d, d, e, f, 1 - e - f], exposure: Math.exp(logExposure) };
}
