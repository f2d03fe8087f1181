import { assert } from '../../base/errors.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import { alignGlobally } from './alignment.ts';
import { groupsOfEqualExposure } from './exposure-groups.ts';
import { scoreFrame } from './frame-score.ts';
import { lumaPyramid } from './luma-pyramid.ts';
import type { NoiseModel } from './merge-spec.ts';
import { estimateNoise } from './noise-estimate.ts';

/** The frames that a plan may choose from, in the order of time: plain data. */
export interface ScoreSpec {
  readonly width: number;
  readonly height: number;
  readonly sensor: SensorDescription;
  /** Exposure time times gain of each frame, in any common unit. */
  readonly exposures: readonly number[];
}

/** What {@link scoreBurst} found of one frame. */
export interface FrameFinding {
  readonly sharpness: number;
  readonly clippedShare: number;
  readonly meanLevel: number;
  readonly noise: NoiseModel;
}

/** Pairs of neighbours in time that are compared for each exposure. */
const comparedPairs = 3;

/** Noise where a scene shows too little to measure it: that of rounding, and shot noise of a well of 10,000 electrons. */
function assumedNoise({ blackLevels, whiteLevel }: SensorDescription): NoiseModel {
  return { shotDn: (whiteLevel - Math.max(...blackLevels)) / 10_000, readVarianceDn2: 1 };
}

/**
 * Scores every frame of a burst and measures the noise of each exposure between neighbours in time, which are aligned first. Of
 * several pairs the one with the least noise counts: it is one sensor, and whatever else differs between two frames only adds. An
 * exposure with one frame gets the noise of another: at equal gain the exposure time does not change it.
 *
 * @param checkpoint asked between frames; throwing from it ends the work
 */
export function scoreBurst(
  spec: ScoreSpec,
  mosaics: readonly Uint16Array[],
  checkpoint: () => void = () => undefined,
): FrameFinding[] {
  const { width, height, sensor, exposures } = spec;
  assert(mosaics.length === exposures.length, `Expected ${exposures.length} mosaics but received ${mosaics.length}`);
  const groups = groupsOfEqualExposure(exposures);
  const measured = groups.map((group) =>
    noiseOf(
      spec,
      group.map((index) => mosaics[index] as Uint16Array),
      checkpoint,
    ),
  );
  const fallback = measured.find((noise) => noise !== undefined) ?? assumedNoise(sensor);
  const range = sensor.whiteLevel - Math.max(...sensor.blackLevels);
  return mosaics.map((mosaic, index) => {
    checkpoint();
    const noise = measured[groups.findIndex((group) => group.includes(index))] ?? fallback;
    const { meanLevel } = scoreFrame(mosaic, width, height, sensor, 0);
    const variance = noise.shotDn * meanLevel * range + noise.readVarianceDn2;
    return { ...scoreFrame(mosaic, width, height, sensor, variance), noise };
  });
}

/** The least noise between neighbours of frames of one exposure; undefined where no pair shows enough. */
function noiseOf(
  { width, height, sensor }: ScoreSpec,
  mosaics: readonly Uint16Array[],
  checkpoint: () => void,
): NoiseModel | undefined {
  const range = sensor.whiteLevel - Math.max(...sensor.blackLevels);
  const pyramid = (mosaic: Uint16Array) => lumaPyramid(mosaic, width, height, sensor, 1, range);
  const models: NoiseModel[] = [];
  for (let index = 1; index < Math.min(mosaics.length, comparedPairs + 1); index++) {
    checkpoint();
    const [first, second] = [mosaics[index - 1] as Uint16Array, mosaics[index] as Uint16Array];
    const shift = alignGlobally(pyramid(first), pyramid(second));
    const model = estimateNoise(first, second, width, height, sensor, shift);
    if (model) models.push(model);
  }
  const varianceAt = ({ shotDn, readVarianceDn2 }: NoiseModel): number => shotDn * 0.18 * range + readVarianceDn2;
  return models.sort((a, b) => varianceAt(a) - varianceAt(b))[0];
}
