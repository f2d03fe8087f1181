import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLinearisation, linearise, valueAt } from '../../../../main/isp/operators/linearise.ts';
import { largestDifference, runOperators } from '../../../support/raw-light.ts';
import { syntheticMosaic } from '../../../support/synthetic-mosaic.ts';

/** Companding of three pieces, as of a sensor with extended range: 1023 DN stand for 4 times as much light. */
const companded = Float32Array.from({ length: 1024 }, (_, dn) =>
  dn < 256 ? dn : dn < 512 ? 256 + 2 * (dn - 256) : 768 + 6.4 * (dn - 512),
);
const smooth = Float32Array.from({ length: 65 }, (_, index) => 16 * index + 60 * (index / 64) ** 3);

/** The table with linear interpolation, and black (the mean of the positions) and white kept where they are. */
function looked(table: Float32Array, dn: number, black: number, white: number): number {
  const value = (at: number): number => {
    const place = (at / 1023) * (table.length - 1);
    const below = Math.min(table.length - 2, Math.floor(place));
    return (table[below] as number) + ((table[below + 1] as number) - (table[below] as number)) * (place - below);
  };
  return black + ((value(dn) - value(black)) * (white - black)) / (value(white) - value(black));
}

describe('a linearisation of few pieces', () => {
  it('is exact for a table of as many', () => {
    const curve = fitLinearisation(companded, 1023, 3);
    expect(curve.knots).toEqual([256, 512]);
    expect(curve.largestError).toBeLessThan(1e-3);
    expect(fitLinearisation(Float32Array.of(0, 1023), 1023, 8)).toMatchObject({ start: 0, slope: 1, knots: [] });
  });

  it('is as far from the table as it says, and never farther with more pieces', () => {
    const tables = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 8 }), (steps, segments) => {
        let sum = 0;
        const table = steps.map((step) => (sum += step));
        const curve = fitLinearisation(table, table.length - 1, segments);
        const errors = table.map((value, dn) => Math.abs(value - valueAt(curve, dn)));
        expect(Math.max(...errors)).toBeCloseTo(curve.largestError, 6);
        expect(curve.knots.length).toBeLessThan(segments);
      }),
    );
    const errors = [1, 2, 4, 8, 16].map((segments) => fitLinearisation(smooth, 1023, segments).largestError);
    expect(errors).toEqual([...errors].sort((a, b) => b - a));
    expect(errors[3]).toBeLessThan(0.6);
  });

  for (const [name, table, segments, toleranceDn] of [
    ['a companded sensor', companded, 3, 0.01],
    ['a companded sensor with pieces to spare', companded, 8, 0.01],
    ['a smooth curve', smooth, 8, 0.7],
  ] as const) {
    it(`follows the table on the mosaic, black and white staying: ${name}`, async () => {
      const plain = syntheticMosaic('RGGB', 40, 28);
      const mosaic = { ...plain, sensor: { ...plain.sensor, linearisation: table } };
      const light = await runOperators(mosaic, [], {}, [linearise(segments)]);
      const { blackLevels, whiteLevel } = plain.sensor;
      const expected = Array.from(plain.samples, (dn, index) => {
        const black = blackLevels[(Math.floor(index / 40) % 2) * 2 + (index % 2)] as number;
        return (looked(table, dn, 63.5, whiteLevel) - black) / (whiteLevel - black);
      });
      expect(largestDifference(light, expected)).toBeLessThan(toleranceDn / (whiteLevel - 66));
    });
  }

  it('of one piece changes nothing', async () => {
    const plain = syntheticMosaic('RGGB', 12, 8);
    const mosaic = { ...plain, sensor: { ...plain.sensor, linearisation: companded } };
    const light = await runOperators(mosaic, [], {}, [linearise(1)]);
    expect(largestDifference(light, await runOperators(plain, []))).toBeLessThan(1e-5);
  });
});
