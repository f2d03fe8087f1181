import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { Vector } from './alignment.ts';
import type { NoiseModel } from './merge-spec.ts';

/** Levels of light that are told apart between black and white. */
const bins = 24;

/** Pairs of samples that a level needs before it counts. */
const fewestSamples = 200;

/** A normal difference has a median magnitude of 0.6745 deviations. */
const medianOfNormal = 0.6745;

/** Of the samples of a level, the flattest ones: in texture, what is left of a motion looks like noise. */
const flattestShare = 1 / 3;

/** A difference between two frames, and how much the first one changes around it. */
interface Difference {
  readonly magnitude: number;
  /** Mean of both frames above black, DN. */
  readonly signal: number;
  readonly slope: number;
}

/**
 * The noise of a sensor from two exposures of one scene: at each level of light, the variance of a sample is half that of the
 * difference, and a line through the levels is the model. Medians of the flattest samples, so that neither what moved nor edges that
 * are not quite aligned count; flatness is judged by the neighbours alone, whose noise is not the sample's own.
 * Undefined where the two show too few levels, for example a flat or a fully clipped scene.
 *
 * @param shift where the second shows what the first shows, in whole 2x2 cells
 */
export function estimateNoise(
  first: Uint16Array,
  second: Uint16Array,
  width: number,
  height: number,
  sensor: SensorDescription,
  shift: Vector = { x: 0, y: 0 },
): NoiseModel | undefined {
  const points = differencesByLevel(first, second, width, height, sensor, shift).flatMap((all) => {
    const flattest = all.sort((a, b) => a.slope - b.slope).slice(0, Math.ceil(all.length * flattestShare));
    if (flattest.length < fewestSamples) return [];
    const sigma = medianOfWhole(flattest.map(({ magnitude }) => magnitude)) / medianOfNormal;
    // Not the middle of the level: in a dark scene, all of the lowest one lies at its lower end.
    const signal = flattest.reduce((sum, difference) => sum + difference.signal, 0) / flattest.length;
    return [{ signal, variance: sigma ** 2 / 2, weight: flattest.length }];
  });
  return points.length < 3 ? undefined : line(points);
}

function differencesByLevel(
  first: Uint16Array,
  second: Uint16Array,
  width: number,
  height: number,
  { blackLevels, whiteLevel }: SensorDescription,
  shift: Vector,
): Difference[][] {
  const range = whiteLevel - Math.max(...blackLevels);
  const levels = Array.from({ length: bins }, () => [] as Difference[]);
  const [dx, dy] = [2 * shift.x, 2 * shift.y];
  // An odd step in both directions meets all four colours.
  for (let y = Math.max(3, -dy); y < Math.min(height - 3, height - dy); y += 3) {
    for (let x = Math.max(2, -dx); x < Math.min(width - 2, width - dx); x += 3) {
      const at = y * width + x;
      const [a, b] = [first[at] as number, second[at + dy * width + dx] as number];
      if (a >= whiteLevel || b >= whiteLevel) continue;
      const signal = (a + b) / 2 - (blackLevels[((y & 1) << 1) | (x & 1)] as number);
      const bin = Math.floor((signal / range) * bins);
      if (bin < 0 || bin >= bins) continue;
      const across = Math.abs((first[at - 2] as number) - (first[at + 2] as number));
      const along = Math.abs((first[at - 2 * width] as number) - (first[at + 2 * width] as number));
      (levels[bin] as Difference[]).push({ magnitude: Math.abs(a - b), signal, slope: across + along });
    }
  }
  return levels;
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
