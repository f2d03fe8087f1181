import type { NoiseModel } from '../../frame/frame-meta.ts';
import { type AlgoMosaic, type Intent, medianInPlace } from './intent.ts';

/** One point of a photon-transfer curve. */
export interface TransferPoint {
  /** Mean above black, DN. */
  readonly signal: number;
  /** Temporal variance of a sample, DN². */
  readonly variance: number;
  /** Samples that it stands for. */
  readonly count: number;
}

/** What a noise model was fitted to. */
export interface PhotonTransferInputs {
  readonly points: readonly TransferPoint[];
}

/** The noise of a sensor at one gain. */
export interface PhotonTransferDecision extends NoiseModel {
  /** 1 / slope: electrons that one DN stands for. */
  readonly electronsPerDn: number;
  /** Noise in the dark, electrons. */
  readonly readNoiseElectrons: number;
}

/** Side of a tile, in samples of one colour. */
const tileSide = 8;

/** Points and the spread of their signals (brightest to darkest) that a line needs. */
const fewestPoints = 8;
const leastSpread = 2;

/** Tiles nearer to saturation than this share of the range lose part of their noise by clipping. */
const highestShare = 0.9;

/**
 * Points from two frames of one scene at rest: in each tile of 8x8 samples of one colour, half the variance of the difference. Texture
 * cancels; what moved does not, and the fit has to bear with it.
 */
export function transferPointsOfPair(first: AlgoMosaic, second: AlgoMosaic): TransferPoint[] {
  return tilesOf(first, (tile) => {
    const [a, b] = [tile.map((at) => first.samples[at] as number), tile.map((at) => second.samples[at] as number)];
    const differences = a.map((dn, index) => dn - (b[index] as number));
    const mean = (meanOf(a) + meanOf(b)) / 2;
    return { mean, variance: varianceOf(differences) / 2 };
  });
}

/**
 * Points from one frame: in each tile of one colour, the variance that is left after second differences in both directions have taken
 * away planes and slopes. Texture remains and only adds: for this kind of points the fit follows the lower edge of the cloud.
 */
export function transferPointsOfFrame(frame: AlgoMosaic): TransferPoint[] {
  return tilesOf(frame, (tile) => {
    const dn = tile.map((at) => frame.samples[at] as number);
    const residues: number[] = [];
    for (let row = 1; row < tileSide - 1; row++) {
      for (let column = 1; column < tileSide - 1; column++) {
        const at = (r: number, c: number): number => dn[(row + r) * tileSide + column + c] as number;
        const second = (r: number): number => at(r, -1) - 2 * at(r, 0) + at(r, 1);
        residues.push(second(-1) - 2 * second(0) + second(1));
      }
    }
    // Weights 1, -2, 1 in both directions: the squares sum to 36.
    return { mean: meanOf(dn), variance: residues.reduce((sum, value) => sum + value ** 2, 0) / residues.length / 36 };
  });
}

function tilesOf(
  { width, height, sensor }: AlgoMosaic,
  measure: (tile: number[]) => { readonly mean: number; readonly variance: number },
): TransferPoint[] {
  const points: TransferPoint[] = [];
  const step = 2 * tileSide;
  for (let top = 0; top + step <= height; top += step) {
    for (let left = 0; left + step <= width; left += step) {
      for (const phase of [0, 1, 2, 3]) {
        const origin = (top + (phase >> 1)) * width + left + (phase & 1);
        const tile = Array.from(
          { length: tileSide * tileSide },
          (_, i) => origin + 2 * Math.floor(i / tileSide) * width + 2 * (i % tileSide),
        );
        const { mean, variance } = measure(tile);
        const black = sensor.blackLevels[phase] as number;
        if (mean - black > highestShare * (sensor.whiteLevel - black)) continue;
        points.push({ signal: mean - black, variance, count: tile.length });
      }
    }
  }
  return points;
}

/** Share of a level's tiles, from the quietest on, that a fit to one frame believes. */
const quietShare = 0.1;

/**
 * What normal noise of variance 1 gives: the median over tiles of 64 differences (chi-square with 63 degrees of freedom), and the lowest
 * tenth over tiles of 36 second differences, which overlap (from two hundred thousand simulated tiles).
 */
const ofTrueVariance = { pair: 0.9894, frame: 0.5359 } as const;

/**
 * Merges points into levels of signal, equally many in each: the median variance of a level for points of pairs, the lowest tenth for
 * points of single frames, where texture only adds.
 */
export function levelsOf(points: readonly TransferPoint[], kind: 'pair' | 'frame', levels = 24): TransferPoint[] {
  const sorted = [...points].sort((a, b) => a.signal - b.signal);
  const perLevel = Math.max(1, Math.floor(sorted.length / levels));
  return Array.from({ length: Math.floor(sorted.length / perLevel) }, (_, level) => {
    const members = sorted.slice(level * perLevel, (level + 1) * perLevel);
    const variances = Float64Array.from(members, ({ variance }) => variance).sort();
    const quiet = variances[Math.floor(variances.length * quietShare)] as number;
    const variance = (kind === 'pair' ? medianInPlace(variances) : quiet) / ofTrueVariance[kind];
    return { signal: meanOf(members.map(({ signal }) => signal)), variance, count: perLevel };
  });
}

/**
 * A line through the points, variance = slope * signal + offset, by least squares with each point weighted by the inverse square of
 * the variance that the line itself gives there, three times over: variances scatter in proportion to themselves. Undecided with fewer
 * than eight points, or where the brightest is not twice as bright as the darkest.
 */
export function fitPhotonTransfer(inputs: PhotonTransferInputs): Intent<PhotonTransferDecision, PhotonTransferInputs> {
  const points = inputs.points.filter(({ signal, variance }) => Number.isFinite(signal) && variance >= 0);
  const signals = points.map(({ signal }) => signal);
  const spread = Math.max(...signals) / Math.max(1e-9, Math.min(...signals));
  const isSpread = spread >= leastSpread || Math.min(...signals) <= 0;
  if (points.length < fewestPoints || !isSpread) return { decision: undefined, inputs };
  let line = { slope: 0, offset: meanOf(points.map(({ variance }) => variance)) };
  for (let round = 0; round < 4; round++) {
    line = weightedLine(points, (point) => point.count / Math.max(1 / 12, line.slope * point.signal + line.offset) ** 2);
  }
  if (!(line.slope > 0)) return { decision: undefined, inputs };
  const offset = Math.max(1 / 12, line.offset);
  const electronsPerDn = 1 / line.slope;
  const decision = { slope: line.slope, offset, electronsPerDn, readNoiseElectrons: Math.sqrt(offset) * electronsPerDn };
  return { decision, inputs };
}

function weightedLine(points: readonly TransferPoint[], weightOf: (point: TransferPoint) => number): NoiseModel {
  const weights = points.map(weightOf);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (of: (point: TransferPoint) => number): number =>
    points.reduce((sum, point, index) => sum + (weights[index] as number) * of(point), 0) / total;
  const [signal, variance] = [mean((point) => point.signal), mean((point) => point.variance)];
  const covariance = mean((point) => (point.signal - signal) * (point.variance - variance));
  const slope = covariance / mean((point) => (point.signal - signal) ** 2);
  return { slope, offset: variance - slope * signal };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
