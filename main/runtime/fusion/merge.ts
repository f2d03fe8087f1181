import { assert } from '../../base/errors.ts';
import { alignTiles, type TileField } from './alignment.ts';
import { lumaPyramid } from './luma-pyramid.ts';
import type { MergeFrame, MergeReport, MergeSpec } from './merge-spec.ts';
import { MotionWeights, type PairNoise } from './motion-weights.ts';
import { createWarpedMosaic, type WarpedMosaic, warpMosaic } from './warp.ts';

/** Asked between frames; throwing from it ends the merge. The output is then incomplete. */
export type MergeCheckpoint = () => void;

/**
 * Merges a burst of mosaics into one of less noise. Every frame is aligned to the reference tile by tile and then averaged in,
 * cell by cell, with the inverse of its variance and only where it shows the same scene within the noise (a local chi-square
 * test, after the robust merge of Hasinoff et al., "Burst photography", 2016, in the pixel domain). Samples that a longer exposure
 * clipped come from the shorter ones.
 *
 * @param mosaics width * height samples each, in the order of the spec's frames
 * @param output width * height samples, levels as `mergedSensor` says
 */
export function mergeBurst(
  spec: MergeSpec,
  mosaics: readonly Uint16Array[],
  output: Uint16Array,
  checkpoint: MergeCheckpoint = () => undefined,
): MergeReport {
  assert(mosaics.length === spec.frames.length, `Expected ${spec.frames.length} mosaics but received ${mosaics.length}`);
  const merge = new Merge(spec, mosaics[spec.reference] as Uint16Array);
  const shifts = mosaics.map(() => ({ x: 0, y: 0 }));
  const meanWeights = mosaics.map(() => merge.referenceWeight);
  for (const [index, mosaic] of mosaics.entries()) {
    if (index === spec.reference) continue;
    checkpoint();
    const { meanWeight, field } = merge.add(mosaic, spec.frames[index] as MergeFrame);
    meanWeights[index] = meanWeight;
    shifts[index] = { x: 2 * field.global.x, y: 2 * field.global.y };
  }
  merge.write(output);
  return { meanWeights, shifts };
}

/** The sums of one merge in progress. */
class Merge {
  readonly #spec: MergeSpec;
  readonly #reference: WarpedMosaic;
  readonly #referenceFrame: MergeFrame;
  readonly #pyramid: ReturnType<typeof lumaPyramid>;
  readonly #limitDn: number;
  readonly #warped: WarpedMosaic;
  readonly #weights: MotionWeights;
  /** Weighted light and weights; a weight of 1 is one sample of the reference's exposure. */
  readonly #sums: Float32Array;
  readonly #weightSums: Float32Array;
  readonly referenceWeight: number;

  constructor(spec: MergeSpec, mosaic: Uint16Array) {
    const { width, height, sensor } = spec;
    this.#spec = spec;
    this.#referenceFrame = spec.frames[spec.reference] as MergeFrame;
    this.#reference = createWarpedMosaic(width, height);
    warpMosaic(
      { mosaic, width, height, blackLevels: sensor.blackLevels, whiteLevel: sensor.whiteLevel, gain: 1 },
      undefined,
      this.#reference,
    );
    const highest = Math.max(...sensor.blackLevels);
    const leastGain = Math.min(...spec.frames.map((frame) => this.#gainOf(frame)));
    this.#limitDn = (sensor.whiteLevel - highest) * Math.min(1, leastGain);
    this.#pyramid = lumaPyramid(mosaic, width, height, sensor, 1, this.#limitDn);
    this.#warped = createWarpedMosaic(width, height);
    this.#weights = new MotionWeights(width, height);
    this.#sums = new Float32Array(width * height);
    this.#weightSums = new Float32Array(width * height);
    this.referenceWeight = this.#addReference();
  }

  /** Aligns a frame, weighs its cells and adds its light. */
  add(mosaic: Uint16Array, frame: MergeFrame): { readonly meanWeight: number; readonly field: TileField } {
    const { width, height, sensor } = this.#spec;
    const gain = this.#gainOf(frame);
    const pyramid = lumaPyramid(mosaic, width, height, sensor, gain, this.#limitDn);
    const field = alignTiles(this.#pyramid, pyramid, this.#differenceSigma(frame, gain));
    warpMosaic(
      { mosaic, width, height, blackLevels: sensor.blackLevels, whiteLevel: sensor.whiteLevel, gain },
      field,
      this.#warped,
    );
    const variance = { reference: this.#referenceFrame.noise, frame: scaledNoise(frame, gain) };
    const clippedDn = (sensor.whiteLevel - Math.max(...sensor.blackLevels)) * 0.95;
    const weights = this.#weights.compute(this.#reference, this.#warped, variance, clippedDn);
    return { meanWeight: this.#accumulate(weights, variance), field };
  }

  /** Writes what the sums say. Samples that every frame clipped come out at the white level. */
  write(output: Uint16Array): void {
    const { width, height, sensor, outputScale } = this.#spec;
    const whiteDn = Math.round(sensor.whiteLevel * outputScale);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        const black = sensor.blackLevels[((y & 1) << 1) | (x & 1)] as number;
        const weight = this.#weightSums[at] as number;
        const light = weight > 0 ? (this.#sums[at] as number) / weight : Number.POSITIVE_INFINITY;
        output[at] = Math.max(0, Math.min(whiteDn, Math.round((light + black) * outputScale)));
      }
    }
  }

  #gainOf({ exposure }: MergeFrame): number {
    return this.#referenceFrame.exposure / exposure;
  }

  /** Deviation of the difference of two luma values of middle grey: four samples each. */
  #differenceSigma(frame: MergeFrame, gain: number): number {
    const signalDn = this.#limitDn * 0.18;
    const { noise } = this.#referenceFrame;
    const own = scaledNoise(frame, gain);
    const variance = (noise.shotDn + own.shotDn) * signalDn + noise.readVarianceDn2 + own.readVarianceDn2;
    return Math.sqrt(variance / 4);
  }

  #addReference(): number {
    const { values } = this.#reference;
    let count = 0;
    for (let at = 0; at < values.length; at++) {
      const light = values[at] as number;
      if (light === Number.POSITIVE_INFINITY) continue;
      count += 1;
      this.#sums[at] = light;
      this.#weightSums[at] = 1;
    }
    return count / values.length;
  }

  #accumulate(weights: Float32Array, { reference, frame }: PairNoise): number {
    const { width, height } = this.#spec;
    const columns = width >> 1;
    const { values } = this.#warped;
    let total = 0;
    for (let cell = 0; cell < weights.length; cell++) total += weights[cell] as number;
    for (let y = 0; y < height; y++) {
      const cellRow = (y >> 1) * columns;
      for (let x = 0; x < width; x++) {
        const weight = weights[cellRow + (x >> 1)] as number;
        const at = y * width + x;
        const light = values[at] as number;
        if (weight === 0 || light === Number.POSITIVE_INFINITY) continue;
        const signal = Math.max(0, light);
        // The share that the two variances give: 1 for equal exposures.
        const share = (reference.shotDn * signal + reference.readVarianceDn2) / (frame.shotDn * signal + frame.readVarianceDn2);
        this.#sums[at] = (this.#sums[at] as number) + weight * share * light;
        this.#weightSums[at] = (this.#weightSums[at] as number) + weight * share;
      }
    }
    return total / weights.length;
  }
}

/** What amplification by `gain` makes of a frame's noise: shot noise in DN grows with it, variances with its square. */
function scaledNoise({ noise }: MergeFrame, gain: number): MergeFrame['noise'] {
  return { shotDn: noise.shotDn * gain, readVarianceDn2: noise.readVarianceDn2 * gain * gain };
}
