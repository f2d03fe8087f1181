import { describe, expect, it } from 'vitest';
import { linearisePolynomial } from '../../../../main/isp/operators/linearise-polynomial.ts';
import { rawIsp, rawOutputSensor } from '../../../../main/isp/raw-isp.ts';
import { linearLight } from '../../../../main/isp/raw-operators.ts';
import { defaultValues } from '../../../../main/processor/parameters.ts';
import { largestDifference, runOperators } from '../../../support/raw-light.ts';
import { syntheticMosaic } from '../../../support/synthetic-mosaic.ts';

/** A sensor that loses light towards saturation: 1.2 x² - 0.3 x³ on top of a line, over 1023 DN. */
const cubic = [2, 700, 500, -180] as const;

/** Written out by powers of DN, black (the mean of the positions) and white kept where they are. */
function linear(dn: number, black: number, white: number): number {
  const value = (x: number): number => 2 + 700 * (x / 1023) + 500 * (x / 1023) ** 2 - 180 * (x / 1023) ** 3;
  return black + ((value(dn) - value(black)) * (white - black)) / (value(white) - value(black));
}

const plain = syntheticMosaic('GBRG', 40, 28);
const { blackLevels, whiteLevel } = plain.sensor;

describe('a linearisation by polynomial', () => {
  it('is refused where the sensor has one of another degree', () => {
    const operator = linearisePolynomial(3);
    expect(() => operator.inputs({}, { ...plain.sensor, linearisationPolynomial: cubic })).toThrow(
      'Expected a linearisation of 3 coefficients for the sensor but received 4',
    );
  });

  it('follows it on the mosaic, black and white staying', async () => {
    const mosaic = { ...plain, sensor: { ...plain.sensor, linearisationPolynomial: cubic } };
    const light = await runOperators(mosaic, [], {}, [linearisePolynomial(4)]);
    const expected = Array.from(plain.samples, (dn, index) => {
      const black = blackLevels[(Math.floor(index / 40) % 2) * 2 + (index % 2)] as number;
      return (linear(dn, 63.5, whiteLevel) - black) / (whiteLevel - black);
    });
    // Single precision over three steps of Horner's rule: some millionths of the range.
    expect(largestDifference(light, expected)).toBeLessThan(1e-5);
  });

  it('that is a line changes nothing', async () => {
    const mosaic = { ...plain, sensor: { ...plain.sensor, linearisationPolynomial: [0, 1023] } };
    const light = await runOperators(mosaic, [], {}, [linearisePolynomial(2)]);
    expect(largestDifference(light, await runOperators(plain, []))).toBeLessThan(1e-6);
  });

  it('stands in every stage in the place of a table, and is told no more behind RawISP', () => {
    const values = defaultValues(rawIsp.declaration.params);
    const sensor = { ...plain.sensor, linearisation: Float32Array.of(0, 1023), linearisationPolynomial: cubic };
    const ids = linearLight(values, sensor, false).map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith('linearise'))).toEqual(['linearise-polynomial']);
    expect(ids.indexOf('linearise-polynomial')).toBeLessThan(ids.indexOf('black-level'));
    expect(rawOutputSensor(sensor, values)).not.toHaveProperty('linearisationPolynomial');
  });
});
