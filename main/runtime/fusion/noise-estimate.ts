import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { NoiseModel } from './merge-spec.ts';

/** Levels of light that are told apart between black and white. */
const bins = 24;

/** Pairs of samples that a level needs before it counts. */
const fewestSamples = 400;

/** A normal difference has a median magnitude of 0.6745 deviations. */
const medianOfNormal = 0.6745;

/**
 * The noise of a sensor from two exposures of one scene: at each level of light, the variance of a sample is half that of the
 * difference, and a line through the levels is the model. Medians, so that what moved between the two does not count.
 * Undefined where the two show too few levels, for example a flat or a fully clipped scene.
 */
export function estimateNoise(
  first: Uint16Array,
  second: Uint16Array,
  width: number,
  height: number,
  { blackLevels, whiteLevel }: SensorDescription,
): NoiseModel | undefined {
  const range = whiteLevel - Math.max(...blackLevels);
  const differences = Array.from({ length: bins }, () => [] as number[]);
  // Every third row and an odd step along it: all four colours, and never the same columns twice in a row.
  for (let y = 0; y < height; y += 3) {
    for (let x = y % 5; x < width; x += 5) {
      const at = y * width + x;
      const [a, b] = [first[at] as number, second[at] as number];
      if (a >= whiteLevel || b >= whiteLevel) continue;
      const signal = (a + b) / 2 - (blackLevels[((y & 1) << 1) | (x & 1)] as number);
      const bin = Math.floor((signal / range) * bins);
      if (bin >= 0 && bin < bins) (differences[bin] as number[]).push(Math.abs(a - b));
    }
  }
  const points = differences.flatMap((values, bin) => {
    if (values.length < fewestSamples) return [];
    const sigma = medianOfWhole(values) / medianOfNormal;
    return [{ signal: ((bin + 0.5) / bins) * range, variance: sigma ** 2 / 2, weight: values.length }];
  });
  return points.length < 3 ? undefined : line(points);
}

/** The median of whole numbers as if each stood for a unit interval: differences of DN are coarse beside their deviation. */
function medianOfWhole(values: readonly number[]): number {
  const counts: number[] = [];
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  let below = 0;
  for (let value = 0; value < counts.length; value++) {
    const count = counts[value] ?? 0;
    const half = values.length / 2;
    // Magnitudes: 0 stands for half a unit, all others for one.
    const [start, unit] = value === 0 ? [0, 0.5] : [value - 0.5, 1];
    if (below + count >= half) return start + unit * ((half - below) / count);
    below += count;
  }
  return 0;
}

/** Weighted least squares; a variance model never falls with the signal nor below the rounding of the converter. */
function line(points: readonly { readonly signal: number; readonly variance: number; readonly weight: number }[]): NoiseModel {
  // A variance scatters in proportion to itself.
  const weighted = points.map(({ signal, variance, weight }) => ({
    signal,
    variance,
    weight: weight / Math.max(variance, 1e-3) ** 2,
  }));
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  const meanSignal = weighted.reduce((sum, { signal, weight }) => sum + signal * weight, 0) / total;
  const meanVariance = weighted.reduce((sum, { variance, weight }) => sum + variance * weight, 0) / total;
  const covariance = weighted.reduce(
    (sum, { signal, variance, weight }) => sum + weight * (signal - meanSignal) * (variance - meanVariance),
    0,
  );
  const spread = weighted.reduce((sum, { signal, weight }) => sum + weight * (signal - meanSignal) ** 2, 0);
  const shotDn = Math.max(0, covariance / spread);
  return { shotDn, readVarianceDn2: Math.max(1 / 12, meanVariance - shotDn * meanSignal) };
}
