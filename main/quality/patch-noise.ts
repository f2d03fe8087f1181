import { InputError } from '../base/errors.ts';
import { leastSquares } from '../base/least-squares.ts';
import { quantile } from '../base/statistics.ts';
import { croppedPlane, type Plane, type Rectangle } from './rgb-image.ts';

/** Samples of one channel of a flat patch, with their places in pixels. */
export interface PatchSamples {
  readonly values: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Mean and noise of a flat patch, in the units of its samples. */
export interface PatchStatistics {
  readonly mean: number;
  /** Standard deviation about a fitted plane, so that a gradient of light does not count as noise. */
  readonly standardDeviation: number;
  readonly samples: number;
  /** Samples that were left out, 0 to 1: farther from the plane than four robust standard deviations, as hot pixels and dust are. */
  readonly outlierShare: number;
}

const outlierLimit = 4;

/** Mean and noise of a rectangle of one channel; throws InputError where it leaves the plane or has fewer than 16 pixels. */
export function flatPatchStatistics(plane: Plane, area: Rectangle): PatchStatistics {
  const { width, values } = croppedPlane(plane, area);
  const samples = [...values];
  return patchStatistics({
    values: samples,
    x: samples.map((_, index) => index % width),
    y: samples.map((_, index) => Math.floor(index / width)),
  });
}

/** Mean and noise of any samples of one flat patch; throws InputError for fewer than 16. */
export function patchStatistics({ values, x, y }: PatchSamples): PatchStatistics {
  if (values.length < 16) {
    throw new InputError('quality.area', `Expected at least 16 samples in the patch but received ${values.length}`);
  }
  const everything = values.map((_, index) => index);
  const first = residualsAboutPlane({ values, x, y }, everything);
  const limit = Math.max(outlierLimit * robustDeviation(first), 2 * smallestStep(values));
  const kept = everything.filter((index) => Math.abs(first[index] as number) <= limit);
  const residuals = residualsAboutPlane({ values, x, y }, kept);
  const squares = residuals.reduce((sum, residual) => sum + residual * residual, 0);
  return {
    mean: kept.reduce((sum, index) => sum + (values[index] as number), 0) / kept.length,
    standardDeviation: Math.sqrt(squares / (kept.length - 3)),
    samples: kept.length,
    outlierShare: 1 - kept.length / values.length,
  };
}

/** What a plane through the chosen samples leaves of each of them; of samples on one line, the mean takes the plane's place. */
function residualsAboutPlane({ values, x, y }: PatchSamples, chosen: readonly number[]): number[] {
  const mean = (list: readonly number[]): number => chosen.reduce((sum, at) => sum + (list[at] as number), 0) / chosen.length;
  const [meanX, meanY, meanValue] = [mean(x), mean(y), mean(values)];
  let [xx, xy, yy, xv, yv] = [0, 0, 0, 0, 0];
  for (const at of chosen) {
    const [dx, dy, dv] = [(x[at] as number) - meanX, (y[at] as number) - meanY, (values[at] as number) - meanValue];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
    xv += dx * dv;
    yv += dy * dv;
  }
  const [slopeX, slopeY] = leastSquares({
    rows: [
      [xx, xy],
      [xy, yy],
    ],
    targets: [xv, yv],
  }) ?? [0, 0];
  return chosen.map(
    (at) =>
      (values[at] as number) -
      meanValue -
      (slopeX as number) * ((x[at] as number) - meanX) -
      (slopeY as number) * ((y[at] as number) - meanY),
  );
}

/** The larger of two robust estimates: where most values are the same whole number, the median deviation sees no noise at all. */
function robustDeviation(residuals: readonly number[]): number {
  const median = quantile(
    residuals.map((residual) => Math.abs(residual)),
    0.5,
  );
  return Math.max(1.4826 * median, (quantile(residuals, 0.95) - quantile(residuals, 0.05)) / 3.29);
}

/** What quantisation alone makes of equal light: the least difference between two values. */
function smallestStep(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  let least = Infinity;
  for (let index = 1; index < sorted.length; index++) {
    const step = (sorted[index] as number) - (sorted[index - 1] as number);
    if (step > 0 && step < least) least = step;
  }
  return least;
}
