import { z } from 'zod';
import type { ParameterValues } from '../../../preload/contract.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { Value } from '../../graph/graph.ts';
import { loadTime } from '../../processor/parameters.ts';
import type { InputValues } from '../../processor/stage.ts';
import { type GraphOperator, numberIn } from '../operator.ts';
import { curveOperator, levelsKept, type SampleCurve } from '../sample-curve.ts';

/** Parameters of {@link linearise}. */
export const linearisationParameters = {
  linearisation_segments: loadTime(z.int().min(1).max(16).default(8), {
    order: 29,
    label: 'Linearisation segments',
    category: 'Levels',
    help: "Straight pieces that stand for the sensor's linearisation table; each costs three passes over the mosaic",
  }),
};

/** Straight pieces of the values' linearisation. */
export function segmentsIn(values: ParameterValues): number {
  return numberIn(values, 'linearisation_segments');
}

/** A continuous curve of straight pieces: start + slope * dn, and from each knot on a change of the slope. */
export interface PiecewiseLinear {
  readonly start: number;
  readonly slope: number;
  /** DN, ascending; as many as slope changes. */
  readonly knots: readonly number[];
  readonly slopeChanges: readonly number[];
  /** Largest difference from the table, linear DN. */
  readonly largestError: number;
}

/**
 * The table of `length` even steps over 0 to `lastDn` as at most `segments` straight pieces between points of the table: a piece is cut
 * where the table is farthest from it, the worst piece first (Douglas and Peucker, 1973). A table of few pieces comes out exactly.
 */
export function fitLinearisation(table: ArrayLike<number>, lastDn: number, segments: number): PiecewiseLinear {
  const last = table.length - 1;
  const dnPerStep = lastDn / last;
  const at = (index: number): number => table[index] as number;
  const farthest = (from: number, to: number): { readonly index: number; readonly error: number } => {
    let worst = { index: from, error: 0 };
    for (let index = from + 1; index < to; index++) {
      const line = at(from) + ((at(to) - at(from)) * (index - from)) / (to - from);
      const error = Math.abs(at(index) - line);
      if (error > worst.error) worst = { index, error };
    }
    return worst;
  };
  const points = [0, last];
  const pieces = (): { readonly index: number; readonly error: number }[] =>
    points.slice(1).map((to, piece) => farthest(points[piece] as number, to));
  while (points.length <= segments) {
    const worst = pieces().reduce((a, b) => (b.error > a.error ? b : a));
    if (worst.error === 0) break;
    points.push(worst.index);
    points.sort((a, b) => a - b);
  }
  const slopes = points.slice(1).map((to, piece) => {
    const from = points[piece] as number;
    return (at(to) - at(from)) / ((to - from) * dnPerStep);
  });
  return {
    start: at(0),
    slope: slopes[0] as number,
    knots: points.slice(1, -1).map((index) => index * dnPerStep),
    slopeChanges: slopes.slice(1).map((slope, index) => slope - (slopes[index] as number)),
    largestError: Math.max(...pieces().map(({ error }) => error)),
  };
}

/**
 * The sensor's linearisation table as so many straight pieces. Each knot is one ramp, max(x, knot), since looking two million samples
 * up in a table takes ten times as long.
 */
export function tableCurve(segments: number): SampleCurve {
  return {
    apply: ({ g, input }, samples) => {
      const ramp = input(
        'linearisation_ramp',
        'float32',
        [2],
        'Linearisation: value at DN 0 with all slope changes at rest, slope there',
      );
      const element = (of: Value, index: number): Value =>
        g.reshape(g.slice(of, [{ axis: 0, start: index, end: index + 1 }]), []);
      const straight = g.add(g.multiply(samples, element(ramp, 1)), element(ramp, 0));
      if (segments === 1) return straight;
      const knots = input('linearisation_knots', 'float32', [segments - 1], 'DN at which the slope changes, ascending');
      const changes = input('linearisation_changes', 'float32', [segments - 1], 'Change of the slope at each knot');
      return Array.from({ length: segments - 1 }, (_, index) => index).reduce(
        (sum, index) => g.add(sum, g.multiply(g.maximum(samples, element(knots, index)), element(changes, index))),
        straight,
      );
    },
    inputs: (sensor) => inputsOf(sensor, segments),
  };
}

/** {@link tableCurve} on samples in DN, before the black level is taken off; black and white stay where they are. */
export function linearise(segments: number): GraphOperator {
  return curveOperator('linearise', tableCurve(segments), linearisationParameters);
}

/** Unused knots change nothing. The ramps' rest, Σ change * knot, is in the start. */
function inputsOf(sensor: SensorDescription, segments: number): InputValues {
  const { bits, linearisation = Float32Array.of(0, 1) } = sensor;
  const curve = fitLinearisation(linearisation, 2 ** bits - 1, segments);
  const { scale, offset } = levelsKept((dn) => valueAt(curve, dn), sensor);
  const rest = curve.knots.reduce((sum, knot, index) => sum + knot * (curve.slopeChanges[index] as number), 0);
  const knots = new Float32Array(segments - 1);
  const changes = new Float32Array(segments - 1);
  knots.set(curve.knots);
  changes.set(curve.slopeChanges.map((change) => change * scale));
  const ramp = Float32Array.of(offset + (curve.start - rest) * scale, curve.slope * scale);
  const shared = { linearisation_ramp: ramp };
  return segments === 1 ? shared : { ...shared, linearisation_knots: knots, linearisation_changes: changes };
}

/** The curve at a DN. */
export function valueAt({ start, slope, knots, slopeChanges }: PiecewiseLinear, dn: number): number {
  return knots.reduce(
    (value, knot, index) => value + (slopeChanges[index] as number) * Math.max(0, dn - knot),
    start + slope * dn,
  );
}
