import type { TypedText } from './typed-entry.tsx';

/** A point of a curve: where, and how high, both from 0 to 1. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/** The fewest and the most points of a curve, as the contract has it. */
export const curvePointCounts = { fewest: 2, most: 8 } as const;

/** Points keep this distance in x under the hand; typed text may bring them closer. */
const leastGap = 0.01;
const decimals = 3;

function rounded(value: number): number {
  return Number(value.toFixed(decimals));
}

/** Reads "x,y x,y …" by the rules of the contract, or says in one sentence what is wrong with it. */
export function parseCurve(text: string, name: string): TypedText<readonly CurvePoint[]> {
  const { fewest, most } = curvePointCounts;
  const refuse = (received: string) => {
    const expected = `${fewest} to ${most} points “x,y x,y …” from 0 to 1, x rising from 0 to 1 and y never falling`;
    return { ok: false, message: `Expected ${expected} for ${name} but received ${received}` } as const;
  };
  const pairs = text.trim().split(/\s+/);
  if (pairs.length < fewest || pairs.length > most) return refuse(text.trim() === '' ? 'nothing' : `${pairs.length}`);
  const points: CurvePoint[] = [];
  for (const pair of pairs) {
    const [x, y] = /^[0-9.]+,[0-9.]+$/.test(pair) ? pair.split(',').map(Number) : [];
    const before = points.at(-1) ?? { x: -1, y: 0 };
    const fits = x !== undefined && y !== undefined && x <= 1 && y <= 1 && x > before.x && y >= before.y;
    if (!fits) return refuse(`“${pair}”`);
    points.push({ x, y });
  }
  if (points[0]?.x !== 0 || points.at(-1)?.x !== 1) return refuse(`points from x = ${points[0]?.x} to ${points.at(-1)?.x}`);
  return { ok: true, value: points };
}

/** The points as the text that the lab takes, with three decimals at most. */
export function curveText(points: readonly CurvePoint[]): string {
  return points.map(({ x, y }) => `${rounded(x)},${rounded(y)}`).join(' ');
}

/** Where a point may go without leaving the order of its neighbours; the ends keep their x. */
export function roomOf(
  points: readonly CurvePoint[],
  index: number,
): { readonly x: readonly [number, number]; readonly y: readonly [number, number] } {
  const [before, point, after] = [points[index - 1], points[index], points[index + 1]];
  const x = point?.x ?? 0;
  const y = [before?.y ?? 0, after?.y ?? 1] as const;
  if (!before || !after) return { x: [x, x], y };
  const [low, high] = [before.x + leastGap, after.x - leastGap];
  return low <= high ? { x: [rounded(low), rounded(high)], y } : { x: [x, x], y };
}

/** The curve with one point moved there, as far as its neighbours leave room. */
export function withPointAt(points: readonly CurvePoint[], index: number, to: CurvePoint): readonly CurvePoint[] {
  const room = roomOf(points, index);
  const within = (value: number, [low, high]: readonly [number, number]) => rounded(Math.min(Math.max(value, low), high));
  return points.map((point, at) => (at === index ? { x: within(to.x, room.x), y: within(to.y, room.y) } : point));
}

/** The curve with one more point and where it stands, or undefined where there are enough or no room is there. */
export function withPointAdded(
  points: readonly CurvePoint[],
  point: CurvePoint,
): { readonly points: readonly CurvePoint[]; readonly index: number } | undefined {
  const index = points.findIndex(({ x }) => x > point.x);
  const [before, after] = [points[index - 1], points[index]];
  if (points.length >= curvePointCounts.most || !before || !after) return undefined;
  if (point.x - before.x < leastGap || after.x - point.x < leastGap) return undefined;
  const y = Math.min(Math.max(point.y, before.y), after.y);
  return { points: points.toSpliced(index, 0, { x: rounded(point.x), y: rounded(y) }), index };
}

/** The curve without one point; the ends stay. */
export function withoutPoint(points: readonly CurvePoint[], index: number): readonly CurvePoint[] {
  return index > 0 && index < points.length - 1 ? points.toSpliced(index, 1) : points;
}

/** The middle of the widest gap between two points: where a point that is added without a place goes. */
export function widestGap(points: readonly CurvePoint[]): number {
  const gaps = points.slice(1).map(({ x }, index) => ({ from: points[index]?.x ?? 0, width: x - (points[index]?.x ?? 0) }));
  const widest = gaps.reduce((best, gap) => (gap.width > best.width + 1e-9 ? gap : best), { from: 0, width: 0 });
  return widest.from + widest.width / 2;
}
