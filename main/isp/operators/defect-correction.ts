import type { Value } from '../../graph/graph.ts';
import { expectLayout, type GraphOperator, numberIn, type OperatorContext, type Raster } from '../operator.ts';
import { noiseInputValues } from '../sensor-noise.ts';
import { correctPlanes } from './defect-correction-dense.ts';
import { correctedSamples, defectLimits, type Evidence, otherColours, type Tolerance } from './defect-judgement.ts';
import { defectParameters } from './defect-parameters.ts';
import { suspectSamples } from './defect-suspects.ts';
import { facing, secondExtremes } from './facing-neighbours.ts';

/**
 * Finds defects by their eight neighbours of one colour. Limits are the second brightest and second darkest of them,
 * so that one more defect among them does no harm: a couplet is found from both sides. A hot sample has to exceed that limit by
 * the neighbours' own contrast, by noise, and by a share of the range; a dead one has less than a share of the light of its darkest
 * neighbours. Each has to leave the cell's other colours too, which real detail moves along. Both become the middle
 * between the brightest and the darkest light that neighbours on both sides of the sample agree on.
 *
 * Only the samples that {@link suspectSamples} finds are judged, as a list that gathers its neighbours from the planes, into which what is
 * corrected is scattered: the same as judging every sample, in a fraction of the time. The margin stays; its outermost cells are not judged.
 * A dense graph gives the same values by {@link correctPlanes}.
 */
function dynamicCorrection(tolerates: Tolerance): GraphOperator {
  return {
    kind: 'graph',
    id: 'defect-correction',
    params: defectParameters,
    halo: { above: 2, below: 2 },
    graph: (context, x) => {
      expectLayout(x, 'packed', 'defect-correction');
      return context.geometry.dense ? correctPlanes(context, x, tolerates) : correctSuspects(context, x, tolerates);
    },
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

function correctSuspects(context: OperatorContext, x: Raster, tolerates: Tolerance): Raster {
  const { g } = context;
  const [, , rows, columns] = x.value.shape as [number, number, number, number];
  const limits = defectLimits(context);
  const flat = g.reshape(x.value, [4 * rows * columns]);
  const last = g.integer(4 * rows * columns - 1);
  // Beyond white nothing is brighter than anything else. Places beyond a plane belong to samples of its outermost rows and columns.
  const lightAt = (places: Value): Value => g.minimum(g.gather(flat, g.minimum(places, last), 0), g.scalar(1));
  const { samples, cells } = suspectSamples(context, x.value, limits, lightAt);
  const at = g.reshape(samples, [1, -1]);
  const unchanged = g.gather(flat, at, 0);
  const here = g.minimum(unchanged, g.scalar(1));
  const planes = [0, 2, 1, 3].map((plane) => plane * rows * columns);
  const cell = cellPairs(context, lightAt(g.add(g.reshape(cells, [1, -1]), wholes(context, planes))));
  const evidence = {
    unchanged,
    here,
    ...neighbourhood(context, at, columns, lightAt),
    ...otherColours(context, cell, tolerates),
  };
  const value = correctedSamples(context, limits, evidence);
  const corrected = g.scatter(flat, samples, g.reshape(value, [-1]), 0);
  return { ...x, value: g.reshape(corrected, [1, 4, rows, columns]) };
}

/** By the neighbours of each place, [1, found] each. */
function neighbourhood(
  context: OperatorContext,
  at: Value,
  columns: number,
  lightAt: (places: Value) => Value,
): Pick<Evidence, 'bright' | 'dark' | 'supportedBright' | 'supportedDark'> {
  const { g } = context;
  const offsets = wholes(
    context,
    facing.map(([row, column]) => row * columns + column),
  );
  const [one, other] = [lightAt(g.add(at, offsets)), lightAt(g.subtract(at, offsets))];
  const supportedBright = g.reduceMaximum(g.minimum(one, other), [0]);
  const supportedDark = g.reduceMinimum(g.maximum(one, other), [0]);
  return { ...secondExtremes(g, one, other), supportedBright, supportedDark };
}

/** The cell's four samples [4, found] as two pairs, [1, found] each: the first with the third, the second with the fourth. */
function cellPairs({ g }: OperatorContext, cell: Value): { uppers: [Value, Value]; lowers: [Value, Value] } {
  const part = (of: Value, start: number, count: number): Value => g.slice(of, [{ axis: 0, start, end: start + count }]);
  const [one, other] = [part(cell, 0, 2), part(cell, 2, 2)];
  const pairs = (of: Value): [Value, Value] => [part(of, 0, 1), part(of, 1, 1)];
  return { uppers: pairs(g.maximum(one, other)), lowers: pairs(g.minimum(one, other)) };
}

/** Whole numbers along the first of two axes. */
function wholes({ g }: OperatorContext, values: readonly number[]): Value {
  return g.constant('int64', BigInt64Array.from(values, BigInt), [values.length, 1]);
}
