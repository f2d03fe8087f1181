import type { CurvePoint } from './curve-points.ts';
import { monotoneCubic } from './monotone-cubic.ts';

/** Straight pieces of the drawn curve: at 300 pixels of width, one every three. */
const pieces = 100;

/** The curve as an SVG path in a square of 100 units, y upwards. */
export function curvePath(points: readonly CurvePoint[]): string {
  const curve = monotoneCubic(points);
  const places = Array.from({ length: pieces + 1 }, (_, piece) => {
    const x = piece / pieces;
    return `${(100 * x).toFixed(1)},${(100 * (1 - curve(x))).toFixed(2)}`;
  });
  return `M${places.join('L')}`;
}
