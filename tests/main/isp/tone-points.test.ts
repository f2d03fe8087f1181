import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hornerAt } from '../../../main/isp/curve-fit.ts';
import { toneCurve, toneCurveCoefficients } from '../../../main/isp/operators/tone-curve.ts';
import { curveTable, parseCurvePoints } from '../../../main/isp/tone-points.ts';

describe('curve points', () => {
  for (const [name, text, received] of [
    ['a lone point', '0,0', '1'],
    ['no pair', '0,0 0.5 1,1', '"0.5"'],
    ['no number', '0,0 .,1 1,1', '".,1"'],
    ['a point beyond the range', '0,0 0.5,1.2 1,1', '"0.5,1.2"'],
    ['x that does not rise', '0,0 0.5,0.4 0.5,0.6 1,1', '"0.5,0.6"'],
    ['y that falls', '0,0 0.5,0.4 1,0.3', '"1,0.3"'],
    ['a curve that does not reach white', '0,0 0.9,1', 'points from x = 0 to 0.9'],
    ['too many points', Array.from({ length: 9 }, (_, i) => `${i / 8},${i / 8}`).join(' '), '9'],
  ] as const) {
    it(`are refused for ${name}`, () => {
      expect(() => parseCurvePoints(text)).toThrow(`for tone_points but received ${received}`);
    });
  }

  it('give a table through every point that never falls', () => {
    const inner = fc.uniqueArray(fc.integer({ min: 1, max: 254 }), { maxLength: 6 });
    const heights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(inner, heights, (steps, levels) => {
        const xs = [0, ...steps.toSorted((a, b) => a - b), 255];
        const ys = levels.slice(0, xs.length).toSorted((a, b) => a - b);
        const table = curveTable(xs.map((x, index) => [x / 255, ys[index] as number] as const));
        xs.forEach((x, index) => {
          expect(table[x]).toBeCloseTo(ys[index] as number, 9);
        });
        const falls = table.filter((value, index) => index > 0 && value < (table[index - 1] as number) - 1e-9);
        expect(falls).toHaveLength(0);
      }),
      { seed: 11, numRuns: 200 },
    );
  });
});

/** The largest distance between the polynomial and the table, in steps of 8 bits. */
function deviation(points: string): number {
  const table = curveTable(parseCurvePoints(points));
  const coefficients = toneCurveCoefficients({ tone_points: points }).map(Math.fround);
  return 255 * Math.max(...table.map((value, index) => Math.abs(hornerAt(coefficients, index / 255 - 0.5) - value)));
}

describe('the polynomial that stands for a curve', () => {
  for (const points of [
    '0,0 1,1',
    '0,0 0.25,0.18 0.75,0.85 1,1',
    '0,0 0.3,0.2 0.7,0.85 1,1',
    '0,0.05 0.5,0.6 1,0.95',
    '0,0 0.5,0.7 1,1',
    '0,0 0.2,0.12 0.4,0.38 0.6,0.66 0.8,0.87 1,1',
  ]) {
    it(`follows the smooth curve ${points} within 1/255`, () => {
      expect(deviation(points)).toBeLessThanOrEqual(1);
    });
  }

  it('is not taken where it could not follow, with how far it is off', () => {
    const schema = toneCurve.params['tone_points']?.schema;
    expect(schema?.safeParse('0,0 0.45,0.1 0.55,0.9 1,1').error?.issues[0]?.message).toMatch(
      /^Expected a smoother curve for tone_points but received one that is followed only within \d+\/255$/,
    );
    expect(schema?.safeParse('0,0 0.3,0.2 0.7,0.85 1,1').success).toBe(true);
  });
});
