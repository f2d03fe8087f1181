import { assert } from '../base/errors.ts';

/** Rows that a local operator reads above and below the rows it writes, counted in rows of its input. */
export interface Halo {
  readonly above: number;
  readonly below: number;
}

/** The halo of a point operation. */
export const noHalo: Halo = { above: 0, below: 0 };

/** The halo of operators that run one after the other on the same raster: halos add up. */
export function addHalos(...halos: readonly Halo[]): Halo {
  return halos.reduce((sum, halo) => ({ above: sum.above + halo.above, below: sum.below + halo.below }), noHalo);
}

/** One piece of work: which input rows to read, how many mirrored rows the frame's edge still needs, which rows it makes. */
export interface Strip {
  /** First input row to read, and the number of rows that exist of those needed. */
  readonly inputRow: number;
  readonly inputRows: number;
  /** Rows missing above and below because the frame ends; the graph mirrors them. */
  readonly missingAbove: number;
  readonly missingBelow: number;
  /** First row of this strip, in rows of the frame; every strip makes the same number of rows. */
  readonly firstRow: number;
}

/** How a frame is cut. All strips are equally high, so that one session with fixed shapes serves them all. */
export interface StripPlan {
  readonly rowsPerStrip: number;
  readonly halo: Halo;
  readonly strips: readonly Strip[];
}

/**
 * Cuts `height` rows into strips of about `requestedRows`, in multiples of `rowMultiple` (2 for a Bayer mosaic). Strips
 * are spread evenly; where the height does not divide, the last one overlaps its neighbour, and both compute the same
 * values there.
 */
export function planStrips(height: number, requestedRows: number, halo: Halo, rowMultiple = 2): StripPlan {
  assert(height % rowMultiple === 0, `Expected a height in multiples of ${rowMultiple} but received ${height}`);
  const leastRows = Math.max(rowMultiple, halo.above + 1, halo.below + 1);
  const wanted = Math.min(height, Math.max(leastRows, requestedRows));
  const wholeCells = (rows: number): number => Math.ceil(rows / rowMultiple) * rowMultiple;
  const evenRows = height / Math.ceil(height / wanted);
  const rowsPerStrip = Math.min(height, wholeCells(Math.max(leastRows, evenRows)));
  // Whole cells can make strips higher than wanted, and then fewer of them do.
  const count = Math.ceil(height / rowsPerStrip);
  const strips = Array.from({ length: count }, (_, index) => {
    const firstRow = Math.min(index * rowsPerStrip, height - rowsPerStrip);
    return stripAt(firstRow, rowsPerStrip, height, halo);
  });
  return { rowsPerStrip, halo, strips };
}

/** A plan for part of a frame, from row `top` on: strips read beyond the part where the frame has rows, and mirror only its edges. */
export function withinFrame(plan: StripPlan, top: number, frameHeight: number): StripPlan {
  const { rowsPerStrip, halo, strips } = plan;
  return { ...plan, strips: strips.map(({ firstRow }) => stripAt(top + firstRow, rowsPerStrip, frameHeight, halo)) };
}

function stripAt(firstRow: number, rows: number, height: number, halo: Halo): Strip {
  const missingAbove = Math.max(0, halo.above - firstRow);
  const missingBelow = Math.max(0, firstRow + rows + halo.below - height);
  const inputRow = firstRow - halo.above + missingAbove;
  return {
    inputRow,
    inputRows: rows + halo.above + halo.below - missingAbove - missingBelow,
    missingAbove,
    missingBelow,
    firstRow,
  };
}
