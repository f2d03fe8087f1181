import type { Value } from '../../graph/graph.ts';
import type { OperatorContext } from '../operator.ts';
import { packedPlanes } from './pack.ts';

/** What rounding may take from a defect that is one by the narrowest margin, in light. */
const slack = 1e-5;

/** How far a defect is off at least, in light. */
export interface LeastMargins {
  /** By which a hot sample exceeds neighbours that are no darker than given ones; more where these are brighter. */
  readonly hot: (darkest: Value) => Value;
  /** Share of its neighbours' light that a dead one has, and what has to be missing to it as well. */
  readonly deadShare: Value;
  readonly dead: Value;
}

/** Samples that have to be judged, as places in the flattened mosaic. */
export interface Suspects {
  /** The samples, [4, found]. */
  readonly samples: Value;
  /** The first sample of the cell of each, [4, found]. */
  readonly cells: Value;
}

/**
 * The samples that may be defects: all of those 2x2 neighbours of one colour that differ by a defect's least margin, in whose
 * contrast the second extremes of all neighbours lie as well. They are a few in a hundred of a picture with much detail, and none is missed;
 * of noise that nobody has measured they may be many, and then each costs more than all would together.
 * `mosaic` is [1, 1, rows, columns]; of its outermost cells, some are left out.
 */
export function suspectSamples(context: OperatorContext, mosaic: Value, margins: LeastMargins): Suspects {
  const { g } = context;
  const [, , rows, columns] = mosaic.shape as [number, number, number, number];
  const planes = packedPlanes(g, mosaic);
  const highest = g.maximumPool(planes, [2, 2], [2, 2]);
  const minusLowest = g.maximumPool(g.negative(planes), [2, 2], [2, 2]);
  const hot = g.subtract(g.add(highest, minusLowest), margins.hot(g.negative(minusLowest)));
  const dead = g.subtract(g.add(g.multiply(highest, margins.deadShare), minusLowest), margins.dead);
  const suspicion = g.add(g.maximum(g.maximum(hot, dead), g.scalar(-slack)), g.scalar(slack));
  const [blockRows, blockColumns] = [Math.floor(rows / 4), Math.floor(columns / 4)];
  const found = g.nonZero(g.reshape(suspicion, [4 * blockRows, blockColumns]));
  const axis = (index: number): Value => g.slice(found, [{ axis: 0, start: index, end: index + 1 }]);
  const row = g.reshape(axis(0), [-1]);
  // Rows of blocks follow each other plane by plane: a table tells where each begins in the mosaic.
  const begins = (of: (plane: number, blockRow: number) => number): Value => {
    const table = Array.from({ length: 4 * blockRows }, (_, at) => BigInt(of(Math.floor(at / blockRows), at % blockRows)));
    return g.reshape(g.gather(g.constant('int64', BigInt64Array.from(table), [4 * blockRows]), row, 0), [1, -1]);
  };
  const inRow = g.multiply(axis(1), g.integer(4));
  const positions = BigInt64Array.from([0, 2, 2 * columns, 2 * columns + 2], BigInt);
  const withinBlock = g.add(inRow, g.constant('int64', positions, [4, 1]));
  return {
    cells: g.add(
      withinBlock,
      begins((_plane, blockRow) => 4 * blockRow * columns),
    ),
    samples: g.add(
      withinBlock,
      begins((plane, blockRow) => (4 * blockRow + (plane >> 1)) * columns + (plane & 1)),
    ),
  };
}
