import { InputError } from './errors.ts';
import { leastSquares } from './least-squares.ts';
import { quantile } from './statistics.ts';

/** What was measured of one evenly lit patch: mean signal above black, DN, and variance of its noise, DN². */
export interface PhotonTransferPoint {
  readonly signal: number;
  readonly variance: number;
  /** Pixels that the variance comes from; 100 where left out. It decides how much the point counts. */
  readonly samples?: number;
}

/** Noise as a line over signal: variance = `slope` · signal + `offset`. */
export interface PhotonTransfer {
  /** DN of variance for each DN of signal: the reciprocal of electrons per DN. */
  readonly slope: number;
  /** Variance in the dark, DN²; a little below zero where black was taken too low. */
  readonly offset: number;
  /** Indices of points that do not fit the line: texture, clipping, defects. They had no say in it. */
  readonly outliers: readonly number[];
}

/** Residuals in standard deviations beyond which points count less (Huber) or for nothing (Tukey's biweight), at 95 % efficiency. */
const [huberLimit, tukeyLimit] = [1.345, 4.685];
const roundsEach = 20;

/**
 * Fits the photon-transfer line (J. Janesick, "Photon Transfer", 2007; EMVA 1288 §6.6) to flat patches. A variance of n pixels
 * is uncertain by variance · √(2 / (n − 1)), which gives the weights. From the Theil–Sen line, Huber's weights find the one
 * minimum that they have; Tukey's, which would depend on the start, then take what lies far off out altogether. Throws InputError for fewer than three points, or points of one signal only.
 */
export function fitPhotonTransfer(points: readonly PhotonTransferPoint[]): PhotonTransfer {
  const received = points.length;
  if (received < 3) throw refused(`at least three patches of different brightness but received ${received}`);
  const wrong = points.find(({ signal, variance }) => !(Number.isFinite(signal) && variance >= 0 && variance < Infinity));
  if (wrong !== undefined) throw refused(`finite signals and variances but received ${wrong.signal} and ${wrong.variance}`);
  let line = theilSen(points);
  if (line === undefined) throw refused(`patches of different brightness but received only ${points[0]?.signal} DN`);
  for (const weightOf of [huberWeight, tukeyWeight]) {
    for (let round = 0; round < roundsEach; round++) line = weightedLine(points, line, weightOf) ?? line;
  }
  const scores = scoresOf(points, line);
  const outliers = scores.flatMap((score, index) => (Math.abs(score) > tukeyLimit ? [index] : []));
  return { ...line, outliers };
}

type Line = Pick<PhotonTransfer, 'slope' | 'offset'>;

/** The median of all slopes between two points, and the median offset: half of the points may be anything (P. Sen, 1968). */
function theilSen(points: readonly PhotonTransferPoint[]): Line | undefined {
  const slopes = points.flatMap((one, index) =>
    points.slice(index + 1).flatMap((other) => {
      const distance = other.signal - one.signal;
      return distance === 0 ? [] : [(other.variance - one.variance) / distance];
    }),
  );
  if (slopes.length === 0) return undefined;
  const slope = quantile(slopes, 0.5);
  return {
    slope,
    offset: quantile(
      points.map(({ signal, variance }) => variance - slope * signal),
      0.5,
    ),
  };
}

/** The standard deviation that the variance of a point has, were the line right. Quantisation keeps it off zero. */
function uncertaintyOf({ signal, samples = 100 }: PhotonTransferPoint, { slope, offset }: Line): number {
  return Math.max(slope * signal + offset, 1e-3) * Math.sqrt(2 / Math.max(samples - 1, 1));
}

/** Residuals over their uncertainty, and over how much more the points scatter than that alone explains. */
function scoresOf(points: readonly PhotonTransferPoint[], line: Line): number[] {
  const residuals = points.map(
    (point) => (point.variance - line.slope * point.signal - line.offset) / uncertaintyOf(point, line),
  );
  const scatter =
    1.4826 *
    quantile(
      residuals.map((residual) => Math.abs(residual)),
      0.5,
    );
  return residuals.map((residual) => residual / Math.max(scatter, 1));
}

function huberWeight(score: number): number {
  return Math.min(1, huberLimit / Math.abs(score));
}

function tukeyWeight(score: number): number {
  return (1 - Math.min(Math.abs(score) / tukeyLimit, 1) ** 2) ** 2;
}

function weightedLine(points: readonly PhotonTransferPoint[], line: Line, weightOf: (score: number) => number): Line | undefined {
  const scores = scoresOf(points, line);
  const weights = points.map((point, index) => weightOf(scores[index] as number) / uncertaintyOf(point, line) ** 2);
  const rows = points.map(({ signal }) => [signal, 1]);
  const fitted = leastSquares({ rows, targets: points.map(({ variance }) => variance), weights });
  return fitted && { slope: fitted[0] as number, offset: fitted[1] as number };
}

function refused(rest: string): InputError {
  return new InputError('photon-transfer.points', `Expected ${rest}`, 'Choose flat patches from dark to bright, none clipped.');
}
