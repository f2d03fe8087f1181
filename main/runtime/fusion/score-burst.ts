import { assert } from '../../base/errors.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import { scoreFrame } from './frame-score.ts';
import type { NoiseModel } from './merge-spec.ts';
import { estimateNoise } from './noise-estimate.ts';

/** The frames that a plan may choose from: plain data. */
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

/** Noise where a scene shows too little to measure it: that of rounding, and shot noise of a well of 10,000 electrons. */
function assumedNoise({ blackLevels, whiteLevel }: SensorDescription): NoiseModel {
  return { shotDn: (whiteLevel - Math.max(...blackLevels)) / 10_000, readVarianceDn2: 1 };
}

/**
 * Scores every frame of a burst and measures its noise against another frame of equal exposure. A frame without such a twin gets
 * the noise of one that has: at equal gain the exposure time does not change it.
 */
export function scoreBurst({ width, height, sensor, exposures }: ScoreSpec, mosaics: readonly Uint16Array[]): FrameFinding[] {
  assert(mosaics.length === exposures.length, `Expected ${exposures.length} mosaics but received ${mosaics.length}`);
  const measured = exposures.map((exposure, index) => {
    const next = exposures.findIndex((other, at) => at !== index && Math.abs(other - exposure) < 1e-6 * exposure);
    return next < 0
      ? undefined
      : estimateNoise(mosaics[index] as Uint16Array, mosaics[next] as Uint16Array, width, height, sensor);
  });
  const fallback = measured.find((noise) => noise !== undefined) ?? assumedNoise(sensor);
  const range = sensor.whiteLevel - Math.max(...sensor.blackLevels);
  return mosaics.map((mosaic, index) => {
    const noise = measured[index] ?? fallback;
    const { meanLevel } = scoreFrame(mosaic, width, height, sensor, 0);
    const variance = noise.shotDn * meanLevel * range + noise.readVarianceDn2;
    return { ...scoreFrame(mosaic, width, height, sensor, variance), noise };
  });
}
