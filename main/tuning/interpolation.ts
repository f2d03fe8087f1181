import { assert } from '../base/errors.ts';

/** Two neighbouring points of a list and how far between them a place lies: 0 at `low`, 1 at `high`. */
export interface Blend<P> {
  readonly low: P;
  readonly high: P;
  readonly share: number;
}

/** The points around `at` by ascending `position`; beyond the ends the outermost one stands for both. */
export function between<P>(points: readonly P[], position: (point: P) => number, at: number): Blend<P> {
  const [first, last] = [points[0], points.at(-1)];
  assert(first !== undefined && last !== undefined, 'Expected at least one point to interpolate between');
  const next = points.findIndex((point) => position(point) >= at);
  if (next === 0) return { low: first, high: first, share: 0 };
  if (next === -1) return { low: last, high: last, share: 0 };
  const [low, high] = [points[next - 1] as P, points[next] as P];
  return { low, high, share: (at - position(low)) / (position(high) - position(low)) };
}

/** A number of the two points, interpolated linearly. */
export function blendNumbers<P>({ low, high, share }: Blend<P>, of: (point: P) => number): number {
  return of(low) + share * (of(high) - of(low));
}
