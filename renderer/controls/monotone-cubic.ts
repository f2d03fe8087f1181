import type { CurvePoint } from './curve-points.ts';

/**
 * The curve that the lab draws through points: the monotone cubic of F. Fritsch and R. Carlson (1980), whose slope at an inner
 * point is the harmonic mean of the secants beside it. At least two points, x rising; `x` from the first to the last one.
 */
export function monotoneCubic(points: readonly CurvePoint[]): (x: number) => number {
  const secants = points.slice(1).map((point, index) => {
    const before = points[index] as CurvePoint;
    return (point.y - before.y) / (point.x - before.x);
  });
  const slopes = points.map((_, index) => {
    const [before, after] = [secants[index - 1], secants[index]];
    if (before === undefined || after === undefined) return before ?? after ?? 0;
    return before * after === 0 ? 0 : (2 * before * after) / (before + after);
  });
  return (x) => {
    const end = points.findIndex((point) => point.x >= x);
    const index = Math.min(Math.max(end, 1), points.length - 1);
    const [from, to] = [points[index - 1] as CurvePoint, points[index] as CurvePoint];
    const width = to.x - from.x;
    const t = (x - from.x) / width;
    const [fromSlope, toSlope] = [(slopes[index - 1] as number) * width, (slopes[index] as number) * width];
    const [square, cube] = [t * t, t * t * t];
    return (
      from.y * (2 * cube - 3 * square + 1) +
      fromSlope * (cube - 2 * square + t) +
      to.y * (3 * square - 2 * cube) +
      toSlope * (cube - square)
    );
  };
}
