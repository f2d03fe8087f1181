import type { Value } from '../../graph/graph.ts';
import { expectLayout, type GraphOperator, numberIn, type OperatorContext, type Raster } from '../operator.ts';
import { noiseInput, noiseInputValues } from '../sensor-noise.ts';
import { defectParameters } from './defect-parameters.ts';
import { suspectSamples } from './defect-suspects.ts';
import { facing, secondExtremes } from './facing-neighbours.ts';

/** How much brighter or darker than the cell's other colours a defect has to be: colours differ, but not in one sample only. */
const colourRatio = 1.5;

/** Whether one other sample of the cell may be a defect too. */
type Tolerance = 'no other' | 'one other';

/**
 * Finds defects by their eight neighbours of one colour. Limits are the second brightest and second darkest of them,
 * so that one more defect among them does no harm: a couplet is found from both sides. A hot sample has to exceed that limit by
 * the neighbours' own contrast, by noise, and by a share of the range; a dead one has less than a share of the light of its darkest
 * neighbours. Each has to leave the cell's other colours too, which real detail moves along. Both become the middle
 * between the brightest and the darkest light that neighbours on both sides of the sample agree on.
 *
 * Only the samples that {@link suspectSamples} finds are judged, as a list that gathers its neighbours from the planes, into which what is
 * corrected is scattered: the same as judging every sample, in a fraction of the time. The margin stays; its outermost cells are not judged.
 */
function dynamicCorrection(tolerates: Tolerance): GraphOperator {
  return {
    kind: 'graph',
    id: 'defect-correction',
    params: defectParameters,
    halo: { above: 2, below: 2 },
    graph: (context, x) => correct(context, x, tolerates),
    inputs: (values, sensor) => ({
      ...noiseInputValues(sensor),
      defect_noise_margin: Float32Array.of(numberIn(values, 'defect_noise_margin')),
      defect_hot_excess: Float32Array.of(numberIn(values, 'defect_hot_excess')),
      defect_dead_share: Float32Array.of(numberIn(values, 'defect_dead_share')),
    }),
  };
}

/** Defects that stand alone within their cell. */
export const defectSingles = dynamicCorrection('no other');

/** Also two defects of different colours in one cell. */
export const defectCouplets = dynamicCorrection('one other');

function correct(context: OperatorContext, x: Raster, tolerates: Tolerance): Raster {
  expectLayout(x, 'packed', 'defect-correction');
  const { g, input } = context;
  const [, , rows, columns] = x.value.shape as [number, number, number, number];
  const deviations = input('defect_noise_margin', 'float32', [], 'Margin of defects, standard deviations of noise');
  const excess = input('defect_hot_excess', 'float32', [], 'Margin of hot samples, share of the range');
  const deadShare = input('defect_dead_share', 'float32', [], 'Light of a dead sample, share of that of its neighbours');
  const { slope, offset } = varianceOf(context, deviations);
  const inTheDark = g.squareRoot(offset);
  const beyondNoise = (light: Value): Value =>
    g.add(g.squareRoot(g.add(g.multiply(g.maximum(light, g.scalar(0)), slope), offset)), excess);
  const flat = g.reshape(x.value, [4 * rows * columns]);
  const last = g.integer(4 * rows * columns - 1);
  // Beyond white nothing is brighter than anything else. Places beyond a plane belong to samples of its outermost rows and columns.
  const lightAt = (places: Value): Value => g.minimum(g.gather(flat, g.minimum(places, last), 0), g.scalar(1));
  const { samples, cells } = suspectSamples(context, x.value, { hot: beyondNoise, deadShare, dead: inTheDark }, lightAt);
  const at = g.reshape(samples, [1, -1]);
  const unchanged = g.gather(flat, at, 0);
  const here = g.minimum(unchanged, g.scalar(1));
  const { bright, dark, middle } = neighbourhood(context, at, columns, lightAt);
  const cellPlaces = g.add(
    g.reshape(cells, [1, -1]),
    wholes(
      context,
      [0, 2, 1, 3].map((plane) => plane * rows * columns),
    ),
  );
  const others = otherColours(context, lightAt(cellPlaces), tolerates);
  const reach = g.maximum(bright, g.multiply(others.highest, g.scalar(colourRatio)));
  const hotLimit = g.add(g.add(reach, g.subtract(bright, dark)), beyondNoise(bright));
  const depth = g.minimum(g.multiply(dark, deadShare), g.multiply(others.lowest, g.scalar(1 / colourRatio)));
  const beyond = g.maximum(g.subtract(here, hotLimit), g.subtract(g.subtract(depth, inTheDark), here));
  const isDefect = g.clip(g.multiply(beyond, g.scalar(1e6)), g.scalar(0), g.scalar(1));
  const value = g.add(unchanged, g.multiply(isDefect, g.subtract(middle, unchanged)));
  const corrected = g.scatter(flat, samples, g.reshape(value, [-1]), 0);
  return { ...x, value: g.reshape(corrected, [1, 4, rows, columns]) };
}

/** The noise model of so many standard deviations, squared: once for a frame, so that no sample is multiplied for it. */
function varianceOf(context: OperatorContext, deviations: Value): { readonly slope: Value; readonly offset: Value } {
  const { g } = context;
  const { slope, offset } = noiseInput(context);
  const squared = g.multiply(deviations, deviations);
  return { slope: g.multiply(slope, squared), offset: g.multiply(offset, squared) };
}

interface Neighbourhood {
  /** Second brightest and second darkest of the eight, [1, found]. */
  readonly bright: Value;
  readonly dark: Value;
  /** Between the best supported bright and dark: each is reached by both ends of a pair, which one defect cannot do, [1, found]. */
  readonly middle: Value;
}

function neighbourhood(context: OperatorContext, at: Value, columns: number, lightAt: (places: Value) => Value): Neighbourhood {
  const { g } = context;
  const offsets = wholes(
    context,
    facing.map(([row, column]) => row * columns + column),
  );
  const [one, other] = [lightAt(g.add(at, offsets)), lightAt(g.subtract(at, offsets))];
  const supported = g.add(g.reduceMaximum(g.minimum(one, other), [0]), g.reduceMinimum(g.maximum(one, other), [0]));
  return { ...secondExtremes(g, one, other), middle: g.multiply(supported, g.scalar(1 / 2)) };
}

/** What the colours beside a sample that stands out reach, upwards and downwards, [1, found] each, of the cell's four [4, found]. */
function otherColours(
  { g }: OperatorContext,
  cell: Value,
  tolerates: Tolerance,
): { readonly highest: Value; readonly lowest: Value } {
  const [one, other] = [0, 2].map((start) => g.slice(cell, [{ axis: 0, start, end: start + 2 }])) as [Value, Value];
  // Of the four, the two in the middle are the lower of the pairs' maxima and the higher of their minima.
  const a = g.reduceMinimum(g.maximum(one, other), [0]);
  const b = g.reduceMaximum(g.minimum(one, other), [0]);
  const [upper, lower] = [g.maximum(a, b), g.minimum(a, b)];
  return tolerates === 'no other' ? { highest: upper, lowest: lower } : { highest: lower, lowest: upper };
}

/** Whole numbers along the first of two axes. */
function wholes({ g }: OperatorContext, values: readonly number[]): Value {
  return g.constant('int64', BigInt64Array.from(values, BigInt), [values.length, 1]);
}
