import { InputError } from '../base/errors.ts';
import type { Triple } from '../base/matrix3.ts';
import { fitPhotonTransfer, type PhotonTransfer, type PhotonTransferPoint } from '../base/photon-transfer.ts';
import { quantile } from '../base/statistics.ts';
import type { Mosaic } from '../frame/mosaic.ts';

/** A flat patch with its noise, as a chart reader measures it: DN above black, red, green and blue. */
export interface NoisyPatch {
  readonly mean: Triple;
  readonly standardDeviation: Triple;
  readonly samples: Triple;
  readonly problem?: string;
}

/** How a pair of frames is cut up. */
export interface PairOptions {
  /** Side of a block in samples, even; 32 where left out. */
  readonly blockSamples?: number;
}

/** Blocks of like brightness are summed up before the fit. */
const brightnessBins = 48;
const leastBlocksPerBin = 3;
const leastSpread = 2;
const leastDistanceFromClipping = 0.001;

/**
 * Noise of a sensor from one picture of a chart: the photon-transfer line through all patches and channels above black. Patches with
 * a problem have no say. Throws InputError where fewer than three points are left.
 */
export function noiseFromPatches(patches: readonly NoisyPatch[]): PhotonTransfer {
  const points = patches
    .filter(({ problem }) => problem === undefined)
    .flatMap(({ mean, standardDeviation, samples }) =>
      mean.map((signal, channel): PhotonTransferPoint => {
        const deviation = standardDeviation[channel] as number;
        return { signal, variance: deviation * deviation, samples: samples[channel] as number };
      }),
    );
  return fitPhotonTransfer(points);
}

/**
 * Noise of a sensor from two frames of one still scene, exposed alike; see {@link noiseFromPairs}. Throws InputError as that does, so
 * that one scene must go from dark to bright.
 */
export function noiseFromPair(first: Mosaic, second: Mosaic, options: PairOptions = {}): PhotonTransfer {
  return noiseFromPairs([[first, second]], options);
}

/**
 * Noise of a sensor from pairs of frames, each of one still scene and exposed alike (EMVA 1288 §6.6), for example of a flat field at
 * several exposures: in each block of each position of the cell, half the variance of their difference is noise alone, whatever the
 * texture. Blocks that are clipped at either end are left out; the median over blocks of like brightness leaves out those where
 * something moved. Throws InputError for frames that differ in size or levels, and for light that does not differ by a factor of two.
 */
export function noiseFromPairs(
  pairs: readonly (readonly [Mosaic, Mosaic])[],
  { blockSamples = 32 }: PairOptions = {},
): PhotonTransfer {
  if (!(Number.isInteger(blockSamples) && blockSamples >= 8 && blockSamples % 2 === 0)) {
    throw new InputError(
      'calibration.pair',
      `Expected an even number of at least 8 for blockSamples but received ${blockSamples}`,
    );
  }
  const points = summedUp(pairs.flatMap(([first, second]) => blocksOf(first, second, blockSamples)));
  requireSpread(points.map(({ signal }) => signal));
  return fitPhotonTransfer(points);
}

/** A line through one brightness would be that of chance. */
function requireSpread(signals: readonly number[]): void {
  const [darkest, brightest] = [Math.min(...signals), Math.max(...signals)];
  if (signals.length < 3 || darkest * leastSpread <= brightest) return;
  throw new InputError(
    'calibration.pair',
    `Expected frames with light that differs by a factor of ${leastSpread} but received ${darkest.toFixed(0)} to ${brightest.toFixed(0)} DN above black`,
    'Give pairs of several exposures, or a scene from dark to bright.',
  );
}

function blocksOf(first: Mosaic, second: Mosaic, blockSamples: number): PhotonTransferPoint[] {
  const isAlike =
    first.width === second.width && first.height === second.height && first.sensor.whiteLevel === second.sensor.whiteLevel;
  if (!isAlike) {
    const sizes = [first, second].map(({ width, height }) => `${width}x${height}`);
    throw new InputError(
      'calibration.pair',
      `Expected two frames of one size and white level but received ${sizes.join(' and ')}`,
    );
  }
  const blocks: PhotonTransferPoint[] = [];
  for (let top = 0; top + blockSamples <= first.height; top += blockSamples) {
    for (let left = 0; left + blockSamples <= first.width; left += blockSamples) {
      for (let phase = 0; phase < 4; phase++) {
        const block = blockNoise(first, second, { top: top + (phase >> 1), left: left + (phase & 1), blockSamples });
        if (block !== undefined) blocks.push(block);
      }
    }
  }
  return blocks;
}

interface Block {
  readonly top: number;
  readonly left: number;
  readonly blockSamples: number;
}

/** Signal and variance of one position of the cell in one block; undefined where samples are clipped. */
function blockNoise(first: Mosaic, second: Mosaic, { top, left, blockSamples }: Block): PhotonTransferPoint | undefined {
  const { width, sensor } = first;
  const black = sensor.blackLevels[(top & 1) * 2 + (left & 1)] as number;
  let [sum, differences, squares, clipped, count] = [0, 0, 0, 0, 0];
  for (let row = top; row < top - (top & 1) + blockSamples; row += 2) {
    for (let column = left; column < left - (left & 1) + blockSamples; column += 2) {
      const [one, other] = [first.samples[row * width + column] as number, second.samples[row * width + column] as number];
      if (Math.max(one, other) >= sensor.whiteLevel || Math.min(one, other) === 0) clipped++;
      sum += (one + other) / 2 - black;
      differences += one - other;
      squares += (one - other) ** 2;
      count++;
    }
  }
  if (clipped > leastDistanceFromClipping * count) return undefined;
  const variance = (squares - differences ** 2 / count) / (count - 1) / 2;
  return { signal: sum / count, variance, samples: count };
}

/** One point for blocks of like brightness: means of their signals, medians of their variances. */
function summedUp(blocks: readonly PhotonTransferPoint[]): PhotonTransferPoint[] {
  const ordered = blocks.toSorted((one, other) => one.signal - other.signal);
  const perBin = Math.max(Math.ceil(ordered.length / brightnessBins), leastBlocksPerBin);
  const points: PhotonTransferPoint[] = [];
  for (let start = 0; start + leastBlocksPerBin <= ordered.length; start += perBin) {
    const bin = ordered.slice(start, start + perBin);
    const freedom = (bin[0]?.samples ?? 2) - 1;
    // The median of a chi-square lies below its mean (E. Wilson, M. Hilferty, 1931).
    const median =
      quantile(
        bin.map(({ variance }) => variance),
        0.5,
      ) /
      (1 - 2 / (9 * freedom)) ** 3;
    const signal = bin.reduce((sum, block) => sum + block.signal, 0) / bin.length;
    // A median knows as much as the mean of 64 % as many.
    points.push({ signal, variance: median, samples: Math.round(0.64 * bin.length * freedom) + 1 });
  }
  return points;
}
