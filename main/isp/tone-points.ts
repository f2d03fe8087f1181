import { InputError } from '../base/errors.ts';

/** A point of a curve: where, and how high, both in [0, 1]. */
export type CurvePoint = readonly [x: number, y: number];

/** Most points of a curve: more bends than a polynomial of the tone operator's degree can follow. */
const mostPoints = 8;

const refuse = (received: string): never => {
  const expected = `2 to ${mostPoints} points "x,y x,y …" from 0 to 1, x rising from 0 to 1 and y never falling`;
  throw new InputError('tone.points', `Expected ${expected} for tone_points but received ${received}`);
};

/** Reads control points, `0,0 0.25,0.3 1,1`: x rising from 0 to 1, y never falling. Throws InputError. */
export function parseCurvePoints(text: string): readonly CurvePoint[] {
  const points = text
    .trim()
    .split(/\s+/)
    .map((pair): CurvePoint => {
      if (!/^[0-9.]+,[0-9.]+$/.test(pair)) refuse(JSON.stringify(pair));
      const [x, y] = pair.split(',').map(Number) as [number, number];
      if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) refuse(JSON.stringify(pair));
      return [x, y];
    });
  if (points.length < 2 || points.length > mostPoints) refuse(`${points.length}`);
  points.forEach(([x, y], index) => {
    const [beforeX, beforeY] = points[index - 1] ?? [-1, 0];
    if (x <= beforeX || y < beforeY) refuse(JSON.stringify(`${x},${y}`));
  });
  const [first, last] = [points[0]?.[0], points.at(-1)?.[0]];
  if (first !== 0 || last !== 1) refuse(`points from x = ${first} to ${last}`);
  return points;
}

/** The monotone cubic through the points (F. Fritsch, R. Carlson, 1980) at 256 even steps from 0 to 1. */
export function curveTable(points: readonly CurvePoint[]): Float64Array {
  const slopes = monotoneSlopes(points);
  return Float64Array.from({ length: 256 }, (_, index) => valueAt(points, slopes, index / 255));
}

function secant(points: readonly CurvePoint[], index: number): number {
  const [[x0, y0], [x1, y1]] = [points[index] as CurvePoint, points[index + 1] as CurvePoint];
  return (y1 - y0) / (x1 - x0);
}

/** Harmonic means of neighbouring secants; at the ends the secant itself. */
function monotoneSlopes(points: readonly CurvePoint[]): readonly number[] {
  return points.map((_, index) => {
    if (index === 0) return secant(points, 0);
    if (index === points.length - 1) return secant(points, index - 1);
    const [before, after] = [secant(points, index - 1), secant(points, index)];
    return before * after === 0 ? 0 : (2 * before * after) / (before + after);
  });
}

function valueAt(points: readonly CurvePoint[], slopes: readonly number[], x: number): number {
  const index = Math.max(0, Math.min(points.length - 2, points.findIndex(([end]) => end >= x) - 1));
  const [[x0, y0], [x1, y1]] = [points[index] as CurvePoint, points[index + 1] as CurvePoint];
  const width = x1 - x0;
  const t = (x - x0) / width;
  const [m0, m1] = [(slopes[index] as number) * width, (slopes[index + 1] as number) * width];
  return y0 * (1 + 2 * t) * (1 - t) ** 2 + m0 * t * (1 - t) ** 2 + y1 * t * t * (3 - 2 * t) + m1 * t * t * (t - 1);
}
