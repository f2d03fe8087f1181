import { type CfaOrder, cfaOrders } from '../../frame/pixel-format.ts';
import { ordinaryGreenDifference } from '../operators/green-equalisation.ts';
import { type AlgoMosaic, type Intent, phaseOf } from './intent.ts';

/** Places of the greens in the cell: beside red in the first row at an odd column (RGGB, BGGR), or at an even one (GRBG, GBRG). */
export type GreenDiagonal = 'odd' | 'even';

/** Where an order has its greens. */
export function greenDiagonalOf(order: CfaOrder): GreenDiagonal {
  return order[1] === 'G' ? 'odd' : 'even';
}

/** How many parts of a frame speak for the greens on either diagonal; the others say nothing. */
export type DiagonalVotes = Readonly<Record<GreenDiagonal, number>>;

/** What a CFA order was decided from. */
export interface CfaOrderInputs {
  /** Equal parts that the frame is looked at in. */
  readonly parts: number;
  /** By level: one diagonal is equally bright, and the other differs by more than two greens can. */
  readonly levelVotes: DiagonalVotes;
  /** By fine detail: one diagonal correlates more than the other. Noise alone votes like a coin. */
  readonly detailVotes: DiagonalVotes;
  /** Means above black of the four positions over the whole frame, DN. */
  readonly means: readonly number[];
  /** The order in effect. */
  readonly declared: CfaOrder;
}

/** What the mosaic itself says of its order. */
export interface CfaOrderDecision {
  readonly diagonal: GreenDiagonal;
  /** How improbable it is that chance alone votes so clearly: 0 (a guess) to 1. */
  readonly confidence: number;
  /** What decided, and how the parts voted. */
  readonly by: 'level' | 'detail';
  readonly votes: DiagonalVotes;
  /** Whether the declared order has its greens there. */
  readonly agrees: boolean;
  /** The orders that remain; red and blue cannot be told apart by greens, the declared one stands first where it is among them. */
  readonly candidates: readonly CfaOrder[];
}

/** A frame is looked at in so many rows and columns of parts: enough for a vote, and each still has thousands of samples. */
const partsPerSide = 6;

/** What chance does in fewer than three of a thousand frames is no chance: three standard deviations of a normal distribution. */
const leastConfidence = 0.9973;

/** Black levels are known to about so much of the range; what differs by less may be their error. */
const blackErrorShare = 0.001;

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

/** One part of the frame. */
class Part {
  readonly odd = new Correlation();
  readonly even = new Correlation();
  readonly sums = [0, 0, 0, 0];
  readonly counts = [0, 0, 0, 0];

  means(): number[] {
    return this.sums.map((sum, phase) => sum / Math.max(1, this.counts[phase] as number));
  }

  /** The diagonal that is equally bright while the other differs by more than greens do; undefined where that holds for none. */
  levelVote(blackErrorDn: number): GreenDiagonal | undefined {
    const [first, second, third, fourth] = this.means() as [number, number, number, number];
    const excess = (a: number, b: number): number => Math.max(0, Math.abs(a - b) - blackErrorDn) / Math.max(1, (a + b) / 2);
    const [odd, even] = [excess(second, third), excess(first, fourth)];
    if (odd <= ordinaryGreenDifference && even > 2 * ordinaryGreenDifference) return 'odd';
    return even <= ordinaryGreenDifference && odd > 2 * ordinaryGreenDifference ? 'even' : undefined;
  }

  /** The diagonal with more of its detail in common. */
  detailVote(): GreenDiagonal | undefined {
    const difference = this.odd.coefficient - this.even.coefficient;
    return difference === 0 ? undefined : difference > 0 ? 'odd' : 'even';
  }
}

/**
 * Lets the parts of a frame vote on which diagonal of the cell is green. Both greens see the same scene through the same filter, so that
 * their levels are equal but for crosstalk, and their fine detail agrees where red's and blue's does not. Detail is what each sample
 * differs from the mean of its neighbours of one colour, in units of brightness, and each is held against the mean of the other's four
 * nearest, so that the places agree as well.
 */
export function measureCfa(mosaic: AlgoMosaic): CfaOrderInputs {
  const { width, height, sensor } = mosaic;
  const parts = Array.from({ length: partsPerSide ** 2 }, () => new Part());
  const partAt = (row: number, column: number): Part => {
    const [down, across] = [Math.floor((row * partsPerSide) / height), Math.floor((column * partsPerSide) / width)];
    return parts[down * partsPerSide + across] as Part;
  };
  addSamples(mosaic, partAt);
  const blackErrorDn = blackErrorShare * (sensor.whiteLevel - Math.max(...sensor.blackLevels));
  const totals = [0, 1, 2, 3].map((phase) => {
    const over = (of: 'sums' | 'counts'): number => parts.reduce((sum, part) => sum + (part[of][phase] as number), 0);
    return over('sums') / Math.max(1, over('counts'));
  });
  return {
    parts: parts.length,
    levelVotes: votesOf(parts, (part) => part.levelVote(blackErrorDn)),
    detailVotes: votesOf(parts, (part) => part.detailVote()),
    means: totals,
    declared: sensor.cfa,
  };
}

function votesOf(parts: readonly Part[], voteOf: (part: Part) => GreenDiagonal | undefined): DiagonalVotes {
  const votes = parts.map(voteOf);
  const count = (diagonal: GreenDiagonal): number => votes.filter((vote) => vote === diagonal).length;
  return { odd: count('odd'), even: count('even') };
}

function addSamples({ width, height, samples, sensor }: AlgoMosaic, partAt: (row: number, column: number) => Part): void {
  const light = (row: number, column: number): number =>
    (samples[row * width + column] as number) - (sensor.blackLevels[phaseOf(row, column)] as number);
  const corners = (row: number, column: number, down: number, across: number): number =>
    light(row - down, column - across) +
    light(row - down, column + across) +
    light(row + down, column - across) +
    light(row + down, column + across);
  for (let row = 3; row < height - 3; row++) {
    for (let column = 3; column < width - 3; column++) {
      const phase = phaseOf(row, column);
      const here = light(row, column);
      const part = partAt(row, column);
      part.sums[phase] = (part.sums[phase] as number) + here;
      part.counts[phase] = (part.counts[phase] as number) + 1;
      // One sample of each diagonal stands for the pair.
      if (phase > 1) continue;
      const other = corners(row, column, 1, 1) / 4;
      const own = (light(row - 2, column) + light(row + 2, column) + light(row, column - 2) + light(row, column + 2)) / 4;
      const otherAround = (corners(row, column, 1, 3) + corners(row, column, 3, 3)) / 8;
      const brightness = Math.max(8, own);
      const otherBrightness = Math.max(8, otherAround);
      (phase === 1 ? part.odd : part.even).add((here - own) / brightness, (other - otherAround) / otherBrightness);
    }
  }
}

/**
 * Which diagonal of the cell is green: the one that wins a vote more clearly than a coin would in 997 of 1000 frames (sign test), by level
 * or by detail. Both orders of red and blue on it remain, since greens tell nothing about them. Undecided where neither vote is clear, as
 * on a scene without colour, and where the two contradict each other.
 */
export function decideCfaOrder(inputs: CfaOrderInputs): Intent<CfaOrderDecision, CfaOrderInputs> {
  const level = { by: 'level', votes: inputs.levelVotes, confidence: signConfidence(inputs.levelVotes) } as const;
  const detail = { by: 'detail', votes: inputs.detailVotes, confidence: signConfidence(inputs.detailVotes) } as const;
  const clear = [level, detail].filter(({ confidence }) => confidence >= leastConfidence);
  const [first, second] = clear.sort((a, b) => b.confidence - a.confidence);
  const isContradicted = second !== undefined && winnerOf(first?.votes ?? second.votes) !== winnerOf(second.votes);
  if (!first || isContradicted) return { decision: undefined, inputs };
  const diagonal = winnerOf(first.votes);
  const fitting = cfaOrders.filter((order) => greenDiagonalOf(order) === diagonal);
  const agrees = fitting.includes(inputs.declared);
  const candidates = agrees ? [inputs.declared, ...fitting.filter((order) => order !== inputs.declared)] : fitting;
  return { decision: { diagonal, ...first, agrees, candidates }, inputs };
}

function winnerOf({ odd, even }: DiagonalVotes): GreenDiagonal {
  return odd > even ? 'odd' : 'even';
}

/** 1 less the probability that so many fair coins fall as unevenly in either direction; 0 without votes. */
function signConfidence({ odd, even }: DiagonalVotes): number {
  const [count, fewer] = [odd + even, Math.min(odd, even)];
  let [ways, tail] = [1, 0];
  for (let heads = 0; heads <= fewer; heads++) {
    tail += ways;
    ways = (ways * (count - heads)) / (heads + 1);
  }
  return Math.max(0, 1 - (2 * tail) / 2 ** count);
}
