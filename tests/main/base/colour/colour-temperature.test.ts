import { describe, expect, it } from 'vitest';
import {
  chromaticityFromUniform,
  uniformFromChromaticity,
  whiteA,
  whiteD50,
  whiteD65,
} from '../../../../main/base/colour/chromaticity.ts';
import {
  colourTemperatureOf,
  daylightChromaticity,
  mccamyKelvin,
  planckianChromaticity,
} from '../../../../main/base/colour/colour-temperature.ts';

/** Points of the locus by integration: A. R. Robertson's isotherms (1968), reciprocal megakelvin to CIE 1960 u, v. */
const robertson: readonly (readonly [mired: number, u: number, v: number])[] = [
  [70, 0.18611, 0.28342],
  [100, 0.19032, 0.29326],
  [125, 0.19462, 0.30141],
  [150, 0.19962, 0.30921],
  [200, 0.21142, 0.32312],
  [250, 0.22511, 0.33439],
  [300, 0.2401, 0.34308],
  [400, 0.27218, 0.35407],
  [500, 0.30505, 0.35907],
  [600, 0.33724, 0.36051],
];

describe('the Planckian locus', () => {
  it.each([999, 15001, Number.NaN])('refuses %f K', (kelvin) => {
    expect(() => planckianChromaticity(kelvin)).toThrow('Expected a temperature from 1000 to 15000 K');
  });

  it.each(robertson)('at %i MK⁻¹ is where integration puts it', (mired, u, v) => {
    const found = uniformFromChromaticity(planckianChromaticity(1e6 / mired));
    expect(Math.abs(found.u - u)).toBeLessThan(2e-4);
    expect(Math.abs(found.v - v)).toBeLessThan(2e-4);
  });

  it('passes through illuminant A', () => {
    const { x, y } = planckianChromaticity(2856);
    expect(Math.hypot(x - whiteA.x, y - whiteA.y)).toBeLessThan(5e-4);
  });
});

describe('daylight', () => {
  it.each([3999, 25001])('refuses %i K', (kelvin) => {
    expect(() => daylightChromaticity(kelvin)).toThrow('Expected a temperature from 4000 to 25000 K');
  });

  it.each([
    [5003, 0.34567, 0.3585],
    [5503, 0.33242, 0.34743],
    [6504, 0.31272, 0.32903],
    [7504, 0.29902, 0.31485],
  ])('of %i K is the published illuminant', (kelvin, x, y) => {
    const found = daylightChromaticity(kelvin);
    expect(Math.abs(found.x - x)).toBeLessThan(3e-5);
    // CIE 15 fits y to the integrated illuminants with three digits, hence its own illuminants are this far off.
    expect(Math.abs(found.y - y)).toBeLessThan(1.5e-4);
  });
});

describe('a correlated colour temperature', () => {
  it.each([
    [whiteD65, 6504],
    [whiteD50, 5003],
    [whiteA, 2856],
  ])('of %j is %i K by McCamy and by the nearest point of the locus', (white, kelvin) => {
    expect(Math.abs(mccamyKelvin(white) - kelvin)).toBeLessThan(10);
    expect(Math.abs(colourTemperatureOf(white).kelvin - kelvin)).toBeLessThan(10);
  });

  it('tells green from magenta', () => {
    expect(colourTemperatureOf(whiteD65).duv).toBeCloseTo(0.0032, 3);
    const { u, v } = uniformFromChromaticity(planckianChromaticity(4000));
    expect(colourTemperatureOf(chromaticityFromUniform({ u, v: v - 0.005 })).duv).toBeLessThan(-0.004);
  });

  it('finds every temperature of the locus again', () => {
    for (const kelvin of [1200, 2300, 3456, 5000, 7777, 12000]) {
      const found = colourTemperatureOf(planckianChromaticity(kelvin));
      expect(Math.abs(found.kelvin / kelvin - 1)).toBeLessThan(1e-5);
      expect(Math.abs(found.duv)).toBeLessThan(1e-7);
    }
  });
});
