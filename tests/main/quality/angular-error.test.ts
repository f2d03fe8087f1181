import { describe, expect, it } from 'vitest';
import { recoveryAngularError, reproductionAngularError } from '../../../main/quality/angular-error.ts';

describe.each([
  ['recovery', recoveryAngularError],
  ['reproduction', reproductionAngularError],
])('the %s angular error', (_, angle) => {
  it('refuses lights that are none', () => {
    expect(() => angle([0, 1, 1], [1, 1, 1])).toThrow('Expected three positive numbers for the estimate but received 0, 1, 1');
    expect(() => angle([1, 1, 1], [1, Number.NaN, 1])).toThrow('for the truth but received 1, NaN, 1');
  });

  it('is none for the same light of any brightness', () => {
    expect(angle([0.4, 0.8, 0.2], [2, 4, 1])).toBeCloseTo(0, 12);
  });

  it('keeps its digits for small angles', () => {
    // What is added along red stands √(2/3) across the grey axis, at a distance of √3.
    expect(angle([1, 1, 1], [1 + 1e-9, 1, 1])).toBeCloseTo(((1e-9 * Math.SQRT2) / 3) * (180 / Math.PI), 14);
  });
});

describe('angular errors', () => {
  it('are those of known triangles', () => {
    // Between (1, 1, 1) and (1, 1, 4) the cosine is 6 / √(3 · 18).
    expect(recoveryAngularError([1, 1, 1], [1, 1, 4])).toBeCloseTo((Math.acos(6 / Math.sqrt(54)) * 180) / Math.PI, 10);
    expect(reproductionAngularError([1, 1, 1], [1, 1, 4])).toBeCloseTo((Math.acos(6 / Math.sqrt(54)) * 180) / Math.PI, 10);
  });

  it('of reproduction do not depend on the light, as those of recovery do', () => {
    const errorsUnder = (light: readonly [number, number, number]) => {
      const estimate = [light[0] * 1.1, light[1], light[2] * 0.9] as const;
      return [recoveryAngularError(estimate, light), reproductionAngularError(estimate, light)] as const;
    };
    const [neutral, warm] = [errorsUnder([1, 1, 1]), errorsUnder([3, 1, 0.3])];
    expect(warm[1]).toBeCloseTo(neutral[1], 10);
    expect(Math.abs(warm[0] - neutral[0])).toBeGreaterThan(0.5);
  });
});
