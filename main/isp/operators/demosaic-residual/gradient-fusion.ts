import type { Value } from '../../../graph/graph.ts';
import type { GraphBuilder } from '../../../graph/graph-builder.ts';
import { type CellField, type Phase, phaseIndex, stack, windowOf } from './cell-field.ts';
import type { Differences } from './directional-differences.ts';

/**
 * Spread of the one-sided average along a direction, samples. A wider one gains on natural pictures and loses on saturated ones:
 * 1.0 gives 39.9 and 30.7 dB (Kodak, dead leaves in saturated colours), 1.2 gives 40.3 and 30.3, 1.5 gives 40.7 and 29.5.
 */
const spread = 1.2;
const reach = 4;
const taps = oneSidedTaps();

function oneSidedTaps(): readonly number[] {
  const weights = Array.from({ length: reach + 1 }, (_, distance) => Math.exp((-distance * distance) / (2 * spread * spread)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Keeps flat directions from taking all; the square of one 8-bit step. */
const floor = 1 / 255 ** 2;

/**
 * Green minus colour at the two coloured positions, from both directions: above, below, left and right are averaged by the
 * inverse square of how much their differences change (I. Pekkucuksen, Y. Altunbasak, "Gradient based threshold free color
 * filter array interpolation", 2010). Takes three cells of margin; channels are those of `colours`.
 */
export function fuseByGradients(
  g: GraphBuilder,
  differences: Readonly<Record<'horizontal' | 'vertical', Differences>>,
  colours: readonly Phase[],
): CellField {
  const { horizontal, vertical } = differences;
  const margin = (horizontal[0] as CellField).margin - 3;
  const alongRows = windowUnrest(g, horizontal, colours, 'column');
  const alongColumns = windowUnrest(g, vertical, colours, 'row');
  const sides = [
    windowOf(g, alongColumns, margin, { rows: -1, columns: 0 }),
    windowOf(g, alongColumns, margin, { rows: 1, columns: 0 }),
    windowOf(g, alongRows, margin, { rows: 0, columns: -1 }),
    windowOf(g, alongRows, margin, { rows: 0, columns: 1 }),
  ];
  const change = g.concatenate(sides, 1);
  const weight = g.reciprocal(g.add(g.multiply(change, change), g.scalar(floor)));
  const averages = [oneSided(g, vertical, colours, 'row', margin), oneSided(g, horizontal, colours, 'column', margin)];
  const average = g.concatenate(averages, 1);
  return { value: g.divide(overSides(g, g.multiply(weight, average)), overSides(g, weight)), margin };
}

/** The sum over the four sides, whose channels are colour by colour. */
function overSides(g: GraphBuilder, value: Value): Value {
  const [, channels, rows, columns] = value.shape as [number, number, number, number];
  const sum = g.reduceSum(g.reshape(value, [4, (channels / 4) * rows * columns]), [0]);
  return g.reshape(sum, [1, channels / 4, rows, columns]);
}

/** Where in the cells the sample lies that is `distance` from `from` along an axis. */
function alongAxis(from: Phase, axis: keyof Phase, distance: number): { readonly phase: Phase; readonly cells: number } {
  const position = from[axis] + distance;
  return { phase: { ...from, [axis]: position & 1 }, cells: position >> 1 };
}

/** |difference ahead - difference behind| at every position, summed over the 5x5 samples around each coloured one. */
function windowUnrest(g: GraphBuilder, differences: Differences, colours: readonly Phase[], axis: keyof Phase): CellField {
  const margin = (differences[0] as CellField).margin - 1;
  const changes = [0, 1, 2, 3].map((index) => {
    const phase = { row: index >> 1, column: index & 1 };
    const neighbour = (distance: number): Value => {
      const { phase: other, cells } = alongAxis(phase, axis, distance);
      const shift = axis === 'row' ? { rows: cells, columns: 0 } : { rows: 0, columns: cells };
      return windowOf(g, differences[phaseIndex(other)] as CellField, margin, shift);
    };
    return g.absolute(g.subtract(neighbour(1), neighbour(-1)));
  });
  const weights = new Float32Array(colours.length * 4 * 9);
  colours.forEach((colour, output) => {
    for (let row = -2; row <= 2; row++) {
      for (let column = -2; column <= 2; column++) {
        const down = alongAxis(colour, 'row', row);
        const across = alongAxis(down.phase, 'column', column);
        const index = (output * 4 + phaseIndex(across.phase)) * 9 + (down.cells + 1) * 3 + across.cells + 1;
        weights[index] = 1 / 25;
      }
    }
  });
  const kernel = g.constant('float32', weights, [colours.length, 4, 3, 3]);
  return { value: g.convolve(stack(g, changes, margin).value, kernel, [1, 1]), margin: margin - 1 };
}

/** Averages of the differences before and behind each coloured position along an axis: all before, then all behind. */
function oneSided(
  g: GraphBuilder,
  differences: Differences,
  colours: readonly Phase[],
  axis: keyof Phase,
  margin: number,
): Value {
  const extent = 5;
  const weights = new Float32Array(2 * colours.length * 4 * extent);
  [-1, 1].forEach((sign, side) => {
    colours.forEach((colour, index) => {
      taps.forEach((tap, distance) => {
        const { phase, cells } = alongAxis(colour, axis, sign * distance);
        weights[((side * colours.length + index) * 4 + phaseIndex(phase)) * extent + cells + 2] = tap;
      });
    });
  });
  const shape = axis === 'row' ? [extent, 1] : [1, extent];
  const kernel = g.constant('float32', weights, [2 * colours.length, 4, ...shape]);
  const beyond = margin + 2;
  const around = differences.map(({ value, margin: had }) => {
    const across = { value, margin: had };
    return cutTo(g, across, axis === 'row' ? beyond : margin, axis === 'row' ? margin : beyond);
  });
  return g.convolve(g.concatenate(around, 1), kernel, [1, 1]);
}

function cutTo(g: GraphBuilder, { value, margin }: CellField, rowMargin: number, columnMargin: number): Value {
  const range = (axis: 2 | 3, left: number): { axis: number; start: number; end: number } => {
    const start = margin - left;
    return { axis, start, end: (value.shape[axis] as number) - start };
  };
  return g.slice(value, [range(2, rowMargin), range(3, columnMargin)]);
}
