import { describe, expect, it } from 'vitest';
import { fitPolynomial, fitRational, hornerAt, rationalAt } from '../../../main/isp/curve-fit.ts';
import { gammaEncode } from '../../../main/isp/operators/gamma-encode.ts';

describe('curve fits', () => {
  it('give back a polynomial that is one', () => {
    const xs = Array.from({ length: 20 }, (_, index) => index / 19);
    const coefficients = fitPolynomial(
      xs,
      xs.map((x) => 0.5 - 2 * x + 3 * x * x * x),
      xs.map(() => 1),
      3,
    );
    [0.5, -2, 0, 3].forEach((expected, power) => {
      expect(coefficients[power]).toBeCloseTo(expected, 6);
    });
    expect(hornerAt(coefficients, 2)).toBeCloseTo(20.5, 5);
  });

  it('give back a rational function that is one, with its end', () => {
    const fit = fitRational((x) => (x * (1 + 3 * x)) / (1 + 2 * x + x * x), 2, 2);
    expect(rationalAt(fit, 1)).toBeCloseTo(1, 9);
    expect(rationalAt(fit, 0.3)).toBeCloseTo((0.3 * 1.9) / 1.69, 6);
  });
});

describe('the gamma curve', () => {
  for (const gamma of [1.6, 1.8, 2, 2.2, 2.4, 2.6]) {
    it(`stays within 0.5/255 of v^(1/${gamma}) and meets its ends`, () => {
      const inputs = gammaEncode.inputs(
        { tone_gamma: gamma },
        { cfa: 'RGGB', bits: 10, blackLevels: [0, 0, 0, 0], whiteLevel: 1 },
      );
      const at = (name: string): number => inputs[`gamma_${name}`]?.[0] as number;
      const curve = (light: number): number => {
        const root = Math.sqrt(light);
        const upper = at('n1') * root + at('n2') * root ** 2 + at('n3') * root ** 3 + at('n4') * root ** 4;
        return upper / (1 + at('d1') * root + at('d2') * root ** 2);
      };
      const steps = Array.from({ length: 20_001 }, (_, index) => index / 20_000);
      const worst = Math.max(...steps.map((light) => Math.abs(curve(light) - light ** (1 / gamma))));
      expect(worst * 255).toBeLessThanOrEqual(0.5);
      expect(curve(0)).toBe(0);
      expect(curve(1)).toBeCloseTo(1, 6);
    });
  }
});
