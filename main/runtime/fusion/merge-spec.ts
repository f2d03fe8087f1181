import type { SensorDescription } from '../../frame/frame-meta.ts';

/**
 * Noise of a sample as a line: variance = `shotDn` * signal + `readVarianceDn2`, with the signal in DN above black. The two
 * numbers are the slope and the intercept of a photon-transfer curve (EMVA 1288).
 */
export interface NoiseModel {
  readonly shotDn: number;
  readonly readVarianceDn2: number;
}

/** One frame of a burst as the merge needs it. */
export interface MergeFrame {
  /** Exposure time times gain, in any unit that all frames of the burst share. */
  readonly exposure: number;
  readonly noise: NoiseModel;
}

/**
 * How a burst is merged: plain data, complete in itself. The frames are in the order of the input slots; the picture is that of
 * the reference, with the others' light added where they show the same scene.
 */
export interface MergeSpec {
  readonly width: number;
  readonly height: number;
  readonly sensor: SensorDescription;
  readonly frames: readonly MergeFrame[];
  /** Index of the frame whose geometry and exposure the result has. */
  readonly reference: number;
  /** DN of the result per DN of the reference: the merge resolves finer than the sensor's steps. */
  readonly outputScale: number;
}

/** What one merge did, for telemetry and for a person who wonders why a burst gained little. */
export interface MergeReport {
  /** Mean weight of each frame over the picture, 0 to 1; the reference's is 1 where it is not clipped. */
  readonly meanWeights: readonly number[];
  /** The translation of each frame against the reference as a whole, in pixels of the mosaic. */
  readonly shifts: readonly { readonly x: number; readonly y: number }[];
}

/**
 * The sensor that the merged mosaic seems to come from: 16-bit samples with scaled levels, and the noise of the mean of all frames.
 * Where something moved, fewer frames were averaged, and noise is higher than told.
 */
export function mergedSensor({ sensor, frames, outputScale }: MergeSpec): SensorDescription {
  const [a, b, c, d] = sensor.blackLevels;
  const blackLevels = [a * outputScale, b * outputScale, c * outputScale, d * outputScale] as const;
  const { linearisation } = sensor;
  const levels = {
    ...{ bits: 16, blackLevels, whiteLevel: sensor.whiteLevel * outputScale },
    ...(linearisation ? { linearisation: scaledTable(linearisation, 2 ** sensor.bits - 1, outputScale) } : {}),
  };
  if (!sensor.noise) return { ...sensor, ...levels };
  const slope = (sensor.noise.slope * outputScale) / frames.length;
  const offset = (sensor.noise.offset * outputScale ** 2) / frames.length;
  return { ...sensor, ...levels, noise: { slope, offset } };
}

/** A linearisation table for samples and results of `scale` times as many DN, over the whole range of 16 bits. */
function scaledTable(table: Float32Array, lastDn: number, scale: number): Float32Array {
  const last = table.length - 1;
  return table.map((_, index) => {
    const place = Math.min(last, ((65535 * index) / last / scale / lastDn) * last);
    const [below, above] = [table[Math.floor(place)] as number, table[Math.ceil(place)] as number];
    return scale * (below + (above - below) * (place - Math.floor(place)));
  });
}

/** The largest whole scale with which the white level of `sensor` still fits 16 bits. */
export function outputScaleFor({ whiteLevel }: SensorDescription): number {
  return Math.max(1, Math.floor(65535 / whiteLevel));
}
