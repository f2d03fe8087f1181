import { z } from 'zod';
import type { ParameterValues } from '../../../preload/contract.ts';
import { assert, messageOf } from '../../base/errors.ts';
import { noHalo } from '../../graph/strips.ts';
import { runtime } from '../../processor/parameters.ts';
import { fitPolynomial, hornerAt } from '../curve-fit.ts';
import type { GraphOperator } from '../operator.ts';
import { horner } from '../polynomial.ts';
import { curveTable, parseCurvePoints } from '../tone-points.ts';

/** Follows smooth curves within 1/255; two passes over the mosaic for each degree. */
const degree = 9;
const names = Array.from({ length: degree + 1 }, (_, power) => `curve_c${power}`);

/** The user's curve as a table over encoded values. */
function tableIn(values: ParameterValues): Float64Array {
  const text = values['tone_points'];
  assert(typeof text === 'string', `Expected text for tone_points but received ${JSON.stringify(text)}`);
  return curveTable(parseCurvePoints(text));
}

/**
 * The polynomial in (encoded - 1/2), lowest first, that is fitted to the user's table; its ends count more, so that black and white
 * stay where the user has put them. About the middle, coefficients stay small enough for float32.
 */
export function toneCurveCoefficients(values: ParameterValues): readonly number[] {
  const table = tableIn(values);
  const xs = Array.from(table, (_, index) => index / 255 - 0.5);
  const weights = xs.map((x) => 1 + 40 * (2 * x) ** 20);
  return fitPolynomial(xs, Array.from(table), weights, degree);
}

/** How far the polynomial may be from the table, where the curve bends more than a polynomial of its degree. */
const mostDeviation = 3 / 255;

/** Why a text cannot be the user's curve; undefined where it can. */
function problemOf(text: string): string | undefined {
  try {
    const coefficients = toneCurveCoefficients({ tone_points: text });
    const distances = tableIn({ tone_points: text }).map((value, index) =>
      Math.abs(hornerAt(coefficients, index / 255 - 0.5) - value),
    );
    const worst = Math.max(...distances);
    if (worst <= mostDeviation) return undefined;
    return `Expected a smoother curve for tone_points but received one that is followed only within ${Math.round(255 * worst)}/255`;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** A curve of the user's own over encoded values, as a polynomial that is fitted to its table for each parameter version. */
export const toneCurve: GraphOperator = {
  kind: 'graph',
  id: 'tone-curve',
  params: {
    tone_points: runtime(
      z
        .string()
        .superRefine((text, issues) => {
          const problem = problemOf(text);
          if (problem !== undefined) issues.addIssue({ code: 'custom', message: problem });
        })
        .default('0,0 1,1'),
      {
        order: 8,
        label: 'Curve points',
        category: 'Tone',
        component: 'curve',
        help: 'Points "x,y x,y …" over encoded values from 0 to 1, joined smoothly; no effect unless the tone curve is User curve',
      },
    ),
  },
  halo: noHalo,
  graph: ({ g, input }, x) => {
    const coefficients = names.map((name, power) => input(name, 'float32', [], `Curve: factor of (encoded - 0.5)^${power}`));
    const curved = horner(g, g.subtract(x.value, g.scalar(0.5)), coefficients);
    return { ...x, value: g.clip(curved, g.scalar(0), g.scalar(1)) };
  },
  inputs: (values) => {
    const coefficients = toneCurveCoefficients(values);
    return Object.fromEntries(names.map((name, power) => [name, Float32Array.of(coefficients[power] as number)]));
  },
};
