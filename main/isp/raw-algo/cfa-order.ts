import { type CfaOrder, cfaOrders } from '../../frame/pixel-format.ts';
import { type AlgoMosaic, type Intent, phaseOf } from './intent.ts';

/** Places of the greens in the cell: beside red in the first row at an odd column (RGGB, BGGR), or at an even one (GRBG, GBRG). */
export type GreenDiagonal = 'odd' | 'even';

/** What a CFA order was decided from. */
export interface CfaOrderInputs {
  /** Correlation of fine detail between positions 1 and 2 of the cell, and between positions 0 and 3; -1 to 1. */
  readonly oddCorrelation: number;
  readonly evenCorrelation: number;
  /** Mean differences of level of the same two pairs, as a share of their mean: two greens are equally bright. */
  readonly oddImbalance: number;
  readonly evenImbalance: number;
  /** Samples that each correlation was made of. */
  readonly count: number;
  /** Means above black of the four positions, DN. */
  readonly means: readonly number[];
  /** The order in effect. */
  readonly declared: CfaOrder;
}

/** What the mosaic itself says of its order. */
export interface CfaOrderDecision {
  readonly diagonal: GreenDiagonal;
  /** How clearly, 0 (a guess) to 1. */
  readonly confidence: number;
  /** Whether the declared order has its greens there. */
  readonly agrees: boolean;
  /** The orders that remain; red and blue cannot be told apart by greens, the declared one stands first where it is among them. */
  readonly candidates: readonly CfaOrder[];
}

/** Below this the two diagonals are alike, as on a grey scene; a blank one differs by a few standard errors of a correlation. */
const leastConfidence = 0.02;
const leastStandardErrors = 3;

/**
 * Correlates the positions of each diagonal of the cell. Both greens see the same scene through the same filter, so that their fine
 * detail agrees where red's and blue's does not. Detail is what each sample differs from the mean of its neighbours of one
 * colour, in units of brightness, and each is held against the mean of the other's four nearest, so that the places agree as well.
 */
export function measureCfa({ width, height, samples, sensor }: AlgoMosaic): CfaOrderInputs {
  const light = (row: number, column: number): number =>
    (samples[row * width + column] as number) - (sensor.blackLevels[phaseOf(row, column)] as number);
  const corners = (row: number, column: number, down: number, across: number): number =>
    light(row - down, column - across) +
    light(row - down, column + across) +
    light(row + down, column - across) +
    light(row + down, column + across);
  const pairs = { odd: new Correlation(), even: new Correlation() };
  const [sums, counts] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  for (let row = 3; row < height - 3; row++) {
    for (let column = 3; column < width - 3; column++) {
      const phase = phaseOf(row, column);
      const here = light(row, column);
      sums[phase] = (sums[phase] as number) + here;
      counts[phase] = (counts[phase] as number) + 1;
      // One sample of each diagonal stands for the pair.
      if (phase > 1) continue;
      const other = corners(row, column, 1, 1) / 4;
      const own = (light(row - 2, column) + light(row + 2, column) + light(row, column - 2) + light(row, column + 2)) / 4;
      const otherAround = (corners(row, column, 1, 3) + corners(row, column, 3, 3)) / 8;
      const brightness = Math.max(8, own);
      const otherBrightness = Math.max(8, otherAround);
      pairs[phase === 1 ? 'odd' : 'even'].add((here - own) / brightness, (other - otherAround) / otherBrightness);
    }
  }
  const means = sums.map((sum, phase) => sum / (counts[phase] as number));
  const imbalance = (a: number, b: number): number => Math.abs(a - b) / Math.max(1e-9, Math.abs(a + b) / 2);
  return {
    oddCorrelation: pairs.odd.coefficient,
    evenCorrelation: pairs.even.coefficient,
    oddImbalance: imbalance(means[1] as number, means[2] as number),
    evenImbalance: imbalance(means[0] as number, means[3] as number),
    count: pairs.odd.count,
    means,
    declared: sensor.cfa,
  };
}

/** Pearson's coefficient of pairs that come one by one. */
class Correlation {
  count = 0;
  #sums: [number, number, number, number, number] = [0, 0, 0, 0, 0];

  add(x: number, y: number): void {
    this.count += 1;
    const [sx, sy, sxx, syy, sxy] = this.#sums;
    this.#sums = [sx + x, sy + y, sxx + x * x, syy + y * y, sxy + x * y];
  }

  /** 0 where one side does not vary. */
  get coefficient(): number {
    const [sx, sy, sxx, syy, sxy] = this.#sums.map((sum) => sum / this.count) as [number, number, number, number, number];
    const scale = Math.sqrt((sxx - sx * sx) * (syy - sy * sy));
    return scale > 0 ? (sxy - sx * sy) / scale : 0;
  }
}

/**
 * Which diagonal of the cell is green: the one whose samples agree more in detail and in level. Both orders of red and blue on it remain,
 * since greens tell nothing about them. Undecided where the diagonals are alike.
 */
export function decideCfaOrder(inputs: CfaOrderInputs): Intent<CfaOrderDecision, CfaOrderInputs> {
  const detail = inputs.oddCorrelation - inputs.evenCorrelation;
  const level = Math.min(1, inputs.evenImbalance) - Math.min(1, inputs.oddImbalance);
  const evidence = (detail + level) / 2;
  const confidence = Math.min(1, Math.abs(evidence));
  const least = leastConfidence + leastStandardErrors / Math.sqrt(Math.max(1, inputs.count));
  if (!(confidence >= least)) return { decision: undefined, inputs };
  const diagonal = evidence > 0 ? 'odd' : 'even';
  const fitting = cfaOrders.filter((order) => (order[1] === 'G') === (diagonal === 'odd'));
  const agrees = fitting.includes(inputs.declared);
  const candidates = agrees ? [inputs.declared, ...fitting.filter((order) => order !== inputs.declared)] : fitting;
  return { decision: { diagonal, confidence, agrees, candidates }, inputs };
}
