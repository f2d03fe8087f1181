import { describe, expect, it } from 'vitest';
import { chromaticityFromXyz } from '../../../../../main/base/colour/chromaticity.ts';
import { daylightChromaticity } from '../../../../../main/base/colour/colour-temperature.ts';
import { xyzOf } from '../../../../../main/camera/simulator/colour/colorimetry.ts';
import {
  correlatedKelvin,
  daylight,
  illuminantSpectrum,
  planckian,
} from '../../../../../main/camera/simulator/colour/illuminants.ts';
import type { Spectrum } from '../../../../../main/camera/simulator/colour/spectrum.ts';

function at(spectrum: Spectrum, wavelengthNm: number): number {
  return spectrum[(wavelengthNm - 380) / 10] as number;
}

describe('black bodies', () => {
  it('have the relative power that CIE tabulates for illuminant A', () => {
    // Defined as 2848 K when Planck's second constant was taken as 1.435e-2 m K.
    const a = planckian((2848 * 1.438776877) / 1.435);
    // CIE 015, table of standard illuminants: relative to 560 nm.
    for (const [nm, power] of [
      [400, 14.71],
      [500, 59.86],
      [600, 129.04],
      [700, 198.26],
      [780, 241.68],
    ] as const) {
      expect((100 * at(a, nm)) / at(a, 560)).toBeCloseTo(power, 1);
    }
  });

  it('peak where Wien says', () => {
    const spectrum = planckian(5000);
    expect(380 + 10 * spectrum.indexOf(Math.max(...spectrum))).toBe(580);
  });

  it.each([
    [2856, 0.4476, 0.4074],
    [2500, 0.477, 0.4137],
    [5000, 0.3451, 0.3516],
  ])('of %d K have the tabulated chromaticity', (kelvin, x, y) => {
    const { x: foundX, y: foundY } = chromaticityFromXyz(xyzOf(planckian(kelvin)));
    // The observer is an analytic fit, good to about two thousandths for warm lights.
    expect(Math.abs(foundX - x)).toBeLessThan(0.002);
    expect(Math.abs(foundY - y)).toBeLessThan(0.002);
  });
});

describe('daylight', () => {
  it.each([
    ['D50', 5003, 0.3457, 0.3585],
    ['D55', 5503, 0.3324, 0.3474],
    ['D65', 6504, 0.3127, 0.329],
    ['D75', 7504, 0.299, 0.3149],
  ])('%s has the tabulated chromaticity, by formula and by spectrum', (_name, kelvin, x, y) => {
    expect(daylightChromaticity(kelvin).x).toBeCloseTo(x, 3.5);
    expect(daylightChromaticity(kelvin).y).toBeCloseTo(y, 3.5);
    const spectral = chromaticityFromXyz(xyzOf(daylight(kelvin)));
    expect(Math.abs(spectral.x - x)).toBeLessThan(0.0005);
    expect(Math.abs(spectral.y - y)).toBeLessThan(0.0005);
  });

  it('of 6504 K has the relative power of D65', () => {
    const d65 = daylight(6504);
    // CIE 015, table of D65.
    const table = [
      [400, 82.75],
      [450, 117.01],
      [500, 109.35],
      [560, 100],
      [600, 90.01],
      [650, 80.03],
      [700, 71.61],
    ] as const;
    for (const [nm, power] of table) expect(Math.abs(at(d65, nm) - power)).toBeLessThan(0.06);
  });
});

describe('lights on the scene', () => {
  it.each([2500, 3990, 4000, 5500, 7500])('of %d K have that correlated temperature and Y = 1', (kelvin) => {
    const spectrum = illuminantSpectrum({ kind: 'temperature', kelvin });
    expect(xyzOf(spectrum)[1]).toBeCloseTo(1, 10);
    expect(Math.abs(correlatedKelvin(spectrum) - kelvin)).toBeLessThan(kelvin * 0.002);
  });

  it.each([
    ['fluorescent', 4170],
    ['led', 4410],
  ] as const)('%s is of about %d K, whatever temperature is asked for', (kind, kelvin) => {
    const spectrum = illuminantSpectrum({ kind, kelvin: 7000 });
    expect(spectrum).toEqual(illuminantSpectrum({ kind, kelvin: 3000 }));
    expect(Math.abs(correlatedKelvin(spectrum) - kelvin)).toBeLessThan(10);
    expect(xyzOf(spectrum)[1]).toBeCloseTo(1, 10);
  });
});
