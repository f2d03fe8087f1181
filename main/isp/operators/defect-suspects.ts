import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { OperatorContext } from '../operator.ts';
import type { DefectLimits } from './defect-judgement.ts';
import { secondExtremes } from './facing-neighbours.ts';

/** What rounding may take from a defect that is one by the narrowest margin, in light. */
export const roundingSlack = 1e-5;

/** Samples that have to be judged, as places in the flattened planes, [found] each. */
export interface Suspects {
  readonly samples: Value;
  /** The first sample of the cell of each. */
  readonly cells: Value;
}

/**
 * The samples that may be defects. Those of 2x2 neighbours of one colour are where they differ by a defect's least margin, in whose
 * contrast the second extremes of all neighbours lie as well: a few in a hundred of a picture with edges. Of these, the ones stay that
 * exceed the second extremes of the four beside them by as much, which what lies along an edge does not. None is missed; of noise that
 * nobody has measured they may be many, and then each costs more than all would together.
 * `planes` are packed, [1, 4, rows, columns]; of their outermost rows and columns, some are left out. `lightAt` gives light by places.
 */
export function suspectSamples(
  context: OperatorContext,
  planes: Value,
  limits: DefectLimits,
  lightAt: (places: Value) => Value,
): Suspects {
  const { g } = context;
  const samples = samplesInContrast(context, planes, limits);
  const [, , rows, columns] = planes.shape as [number, number, number, number];
  const at = g.reshape(samples, [1, -1]);
  const besides = [1, columns].map((step) => BigInt(step));
  const offsets = g.constant('int64', BigInt64Array.from(besides), [2, 1]);
  const { bright, dark } = secondExtremes(g, lightAt(g.add(at, offsets)), lightAt(g.subtract(at, offsets)));
  const here = lightAt(at);
  const hot = g.subtract(here, g.add(bright, limits.beyondNoise(bright)));
  const dead = g.subtract(g.subtract(g.multiply(dark, limits.deadShare), limits.inTheDark), here);
  const found = g.nonZero(g.reshape(beyond(g, hot, dead), [-1]));
  const suspects = g.gather(samples, g.reshape(found, [-1]), 0);
  const plane = g.integer(rows * columns);
  return { samples: suspects, cells: g.subtract(suspects, g.multiply(g.divide(suspects, plane), plane)) };
}

/** How far a sample is beyond the nearer of two margins; 0 where it is within both. */
function beyond(g: GraphBuilder, hot: Value, dead: Value): Value {
  return g.add(g.maximum(g.maximum(hot, dead), g.scalar(-roundingSlack)), g.scalar(roundingSlack));
}

/** Places of the samples of all 2x2 neighbours that differ enough, [found]. */
function samplesInContrast(context: OperatorContext, planes: Value, limits: DefectLimits): Value {
  const { g } = context;
  const [, , rows, columns] = planes.shape as [number, number, number, number];
  const highest = g.maximumPool(planes, [2, 2], [2, 2]);
  const minusLowest = g.maximumPool(g.negative(planes), [2, 2], [2, 2]);
  const hot = g.subtract(g.add(highest, minusLowest), limits.beyondNoise(g.negative(minusLowest)));
  const dead = g.subtract(g.add(g.multiply(highest, limits.deadShare), minusLowest), limits.inTheDark);
  const [blockRows, blockColumns] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  const found = g.nonZero(g.reshape(beyond(g, hot, dead), [4 * blockRows, blockColumns]));
  const axis = (index: number): Value => g.slice(found, [{ axis: 0, start: index, end: index + 1 }]);
  // Rows of blocks follow each other plane by plane: a table tells where each begins.
  const begins = Array.from({ length: 4 * blockRows }, (_, at) => {
    const [plane, blockRow] = [Math.floor(at / blockRows), at % blockRows];
    return BigInt((plane * rows + 2 * blockRow) * columns);
  });
  const table = g.constant('int64', BigInt64Array.from(begins), [4 * blockRows]);
  const first = g.add(g.gather(table, axis(0), 0), g.multiply(axis(1), g.integer(2)));
  const positions = BigInt64Array.from([0, 1, columns, columns + 1], BigInt);
  return g.reshape(g.add(first, g.constant('int64', positions, [4, 1])), [-1]);
}
