import { InputError } from '../../base/errors.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { InputValues } from '../../processor/stage.ts';
import type { GraphOperator } from '../operator.ts';
import { horner } from '../polynomial.ts';
import { curveOperator, levelsKept, type SampleCurve } from '../sample-curve.ts';

/**
 * The sensor's linearisation as a polynomial of so many coefficients, by Horner's rule: two passes over the mosaic for each degree, and
 * exact where straight pieces are not. It is one of the share of the range, DN / largest DN, so that single precision does.
 */
export function polynomialCurve(coefficients: number): SampleCurve {
  return {
    apply: ({ g, input }, samples) => {
      const share = input('linearisation_share', 'float32', [], '1 / largest DN');
      const all = Array.from({ length: coefficients }, (_, power) =>
        input(`linearisation_c${power}`, 'float32', [], `Linearisation: factor of (DN / largest DN)^${power}, DN`),
      );
      return horner(g, g.multiply(samples, share), all);
    },
    inputs: (sensor) => inputsOf(sensor, coefficients),
  };
}

/** {@link polynomialCurve} on samples in DN, before the black level is taken off; black and white stay where they are. */
export function linearisePolynomial(coefficients: number): GraphOperator {
  return curveOperator('linearise-polynomial', polynomialCurve(coefficients), {});
}

/** The polynomial at a DN of samples of that many bits. */
export function polynomialAt(coefficients: readonly number[], bits: number, dn: number): number {
  const share = dn / (2 ** bits - 1);
  return coefficients.reduceRight((sum, coefficient) => sum * share + coefficient, 0);
}

function inputsOf(sensor: SensorDescription, count: number): InputValues {
  const { bits, linearisationPolynomial: polynomial = [] } = sensor;
  if (polynomial.length !== count) {
    const message = `Expected a linearisation of ${count} coefficients for the sensor but received ${polynomial.length}`;
    throw new InputError('isp.linearisation', message, 'Load the stage again for the new one.');
  }
  const { scale, offset } = levelsKept((dn) => polynomialAt(polynomial, bits, dn), sensor);
  const scaled = polynomial.map((coefficient, power) => coefficient * scale + (power === 0 ? offset : 0));
  const entries = scaled.map((value, power) => [`linearisation_c${power}`, Float32Array.of(value)] as const);
  return { linearisation_share: Float32Array.of(1 / (2 ** bits - 1)), ...Object.fromEntries(entries) };
}
