import type { Value } from '../../graph/graph.ts';
import { expectLayout, type GraphOperator, type OperatorContext } from '../operator.ts';
import { noiseInput } from '../sensor-noise.ts';
import { defectParameters } from './defect-parameters.ts';
import { colourRatio, defectInputValues, defectMargins, isDefect } from './defect-verdict.ts';

/** What rounding may take from a defect that is one by the narrowest margin, in light. */
const slack = 1e-5;

/** Neighbours of one colour on one side of a sample, each with the other on the opposite side: rows and columns of the mosaic. */
const facing = [
  [0, 2],
  [2, 0],
  [2, 2],
  [2, -2],
] as const;

/**
 * Corrects defects that stand alone in their cell, on the mosaic. Few cells of a picture hold a sample that leaves the other colours
 * far enough, which shows in their maximum, minimum and mean; only the samples of such cells are judged, as a list that
 * gathers its neighbours. That finds what judging every sample finds, in a fifth of the time. A defect becomes the middle between
 * the brightest and the darkest light that neighbours on both sides of it agree on. The margin stays: its outermost cells are not judged.
 */
export const defectSingles: GraphOperator = {
  kind: 'graph',
  id: 'defect-correction',
  params: defectParameters,
  halo: { above: 2, below: 2 },
  graph: (context, x) => {
    expectLayout(x, 'mosaic', 'defect-correction');
    const { g, geometry } = context;
    const [rows, columns] = [geometry.rows + 2 * x.margin, geometry.width + 2 * x.margin];
    const mosaic = g.reshape(x.value, [1, 1, rows, columns]);
    const flat = g.reshape(mosaic, [rows * columns]);
    const samples = suspectSamples(context, mosaic);
    const unchanged = g.gather(flat, samples, 0);
    const here = g.minimum(unchanged, g.scalar(1));
    const { middle, ...limits } = neighbourhood(context, { flat, samples, columns });
    const defects = isDefect(context, { here, ...limits, ...otherColours(context, here) });
    const value = g.add(unchanged, g.multiply(defects, g.subtract(middle, unchanged)));
    const corrected = g.scatter(flat, g.reshape(samples, [-1]), g.reshape(value, [-1]), 0);
    return { ...x, value: g.reshape(corrected, [1, 1, rows, columns]) };
  },
  inputs: defectInputValues,
};

/**
 * Places in the flattened mosaic of all samples of the cells that may hold a defect, [4, found]. A hot sample exceeds 1.5 times the second
 * highest of its cell, which is no less than the mean of the two in the middle; a dead one is below the second lowest in the same way. What
 * neighbours add to the margins is left to the verdict.
 */
function suspectSamples(context: OperatorContext, mosaic: Value): Value {
  const { g } = context;
  const [, , rows, columns] = mosaic.shape as [number, number, number, number];
  const highest = g.maximumPool(mosaic, [2, 2], [2, 2]);
  const minusLowest = g.maximumPool(g.negative(mosaic), [2, 2], [2, 2]);
  const mean = g.averagePool(mosaic, [2, 2], [2, 2]);
  const { deviations, hotExcess } = defectMargins(context);
  const dark = g.multiply(g.squareRoot(noiseInput(context).offset), deviations);
  const times = (value: Value, factor: number): Value => g.multiply(value, g.scalar(factor));
  // The sum of all four without the extremes.
  const twiceMiddle = g.add(g.subtract(times(mean, 4), highest), minusLowest);
  const hot = g.subtract(g.subtract(highest, g.add(dark, hotExcess)), times(twiceMiddle, colourRatio / 2));
  const dead = g.add(g.subtract(minusLowest, dark), times(twiceMiddle, 1 / (2 * colourRatio)));
  const suspicion = g.add(g.maximum(g.maximum(hot, dead), g.scalar(-slack)), g.scalar(slack));
  const inside = g.slice(suspicion, [
    { axis: 2, start: 1, end: rows / 2 - 1 },
    { axis: 3, start: 1, end: columns / 2 - 1 },
  ]);
  const cells = g.nonZero(g.reshape(inside, [-1]));
  // With w cells to a row, cell number n begins at column 2 (n mod w) of row 2 (n div w), beside the margin that was left out.
  const cellsPerRow = columns / 2 - 2;
  const row = g.divide(cells, whole(context, cellsPerRow));
  const first = g.add(g.add(cells, cells), g.multiply(row, whole(context, 2 * columns - 2 * cellsPerRow)));
  const positions = BigInt64Array.from([0, 1, columns, columns + 1], (offset) => BigInt(offset + 2 * columns + 2));
  return g.add(first, g.constant('int64', positions, [4, 1]));
}

function whole({ g }: OperatorContext, value: number): Value {
  return g.constant('int64', BigInt64Array.of(BigInt(value)), []);
}

interface Neighbourhood {
  /** Second brightest and second darkest of the eight, [1, 4, found]. */
  readonly bright: Value;
  readonly dark: Value;
  /** Between the best supported bright and dark: each is reached by both ends of a pair, which one defect cannot do, [4, found]. */
  readonly middle: Value;
}

function neighbourhood(
  { g }: OperatorContext,
  { flat, samples, columns }: { readonly flat: Value; readonly samples: Value; readonly columns: number },
): Neighbourhood {
  const offsets = [1, -1].flatMap((sign) => facing.map(([row, column]) => BigInt(sign * (row * columns + column))));
  const places = g.add(g.reshape(samples, [1, 4, -1]), g.constant('int64', BigInt64Array.from(offsets), [8, 1, 1]));
  const neighbours = g.minimum(g.gather(flat, places, 0), g.scalar(1));
  const second = (which: 'largest' | 'smallest'): Value =>
    g.slice(g.extremes(neighbours, which, 2, 0), [{ axis: 0, start: 1, end: 2 }]);
  const side = (start: number): Value => g.slice(neighbours, [{ axis: 0, start, end: start + 4 }]);
  const [one, other] = [side(0), side(4)];
  const brightest = g.reduceMaximum(g.minimum(one, other), [0]);
  const darkest = g.reduceMinimum(g.maximum(one, other), [0]);
  const middle = g.multiply(g.add(brightest, darkest), g.scalar(1 / 2));
  return { bright: second('largest'), dark: second('smallest'), middle };
}

/** Second highest and second lowest of each cell: what the colours beside one that stands out reach, [1, found] each. */
function otherColours({ g }: OperatorContext, cells: Value): { readonly highest: Value; readonly lowest: Value } {
  const fromAbove = g.extremes(cells, 'largest', 3, 0);
  const at = (rank: number): Value => g.slice(fromAbove, [{ axis: 0, start: rank, end: rank + 1 }]);
  return { highest: at(1), lowest: at(2) };
}
