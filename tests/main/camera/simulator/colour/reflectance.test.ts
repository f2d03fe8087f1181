import { describe, expect, it } from 'vitest';
import { srgbObserver } from '../../../../../main/camera/simulator/colour/camera-filters.ts';
import { referencePalette } from '../../../../../main/camera/simulator/colour/palette.ts';
import { smoothestBasis, smoothestReflectance } from '../../../../../main/camera/simulator/colour/reflectance.ts';
import { chartPatches, linearFromSrgb, patchReflectances } from '../../../../../main/camera/simulator/colour-checker.ts';

const observed = (values: readonly number[]) =>
  srgbObserver.map((weights, index) => ({ weights, value: values[index] as number }));

/** What the observer makes of a spectrum, summed plainly. */
function seen(reflectance: readonly number[]): number[] {
  return srgbObserver.map((weights) => {
    let sum = 0;
    for (let index = 0; index < weights.length; index++) sum += (weights[index] as number) * (reflectance[index] as number);
    return sum;
  });
}

describe('smoothest reflectance', () => {
  it.each([
    ['brighter than white', [1.2, 1.2, 1.2]],
    ['purer than any surface', [0.9, -0.4, 0.1]],
    ['darker than black', [-0.1, -0.1, -0.1]],
  ])('refuses a colour that is %s', (_name, values) => {
    expect(() => smoothestReflectance(observed(values))).toThrow('Expected a colour that a surface can have but received');
  });

  it('of a grey is flat', () => {
    for (const value of smoothestReflectance(observed([0.18, 0.18, 0.18]))) expect(value).toBeCloseTo(0.18, 4);
  });

  it('of every patch lies between 0 and 1 and has the published colour under D65', () => {
    for (const [index, reflectance] of patchReflectances().entries()) {
      expect(Math.min(...reflectance)).toBeGreaterThan(0);
      expect(Math.max(...reflectance)).toBeLessThan(1);
      const { srgb } = chartPatches[index] as (typeof chartPatches)[0];
      for (const [channel, value] of seen(reflectance).entries()) {
        expect(value).toBeCloseTo(linearFromSrgb(srgb[channel] as number), 7);
      }
    }
  });

  it('is smoother than any other with the same colour that lies near it', () => {
    const reflectance = patchReflectances()[6] as readonly number[];
    const roughness = (spectrum: readonly number[]): number =>
      spectrum.slice(1).reduce((sum, value, index) => {
        const slope = Math.atanh(2 * value - 1) - Math.atanh(2 * (spectrum[index] as number) - 1);
        return sum + slope * slope;
      }, 0);
    // Another one: blended with the metamer that a grey mixture of the basis gives.
    const basis = smoothestBasis(srgbObserver);
    const colour = seen(reflectance);
    const linear = reflectance.map((_, index) =>
      basis.reduce((sum, spectrum, channel) => sum + (spectrum[index] as number) * (colour[channel] as number), 0),
    );
    for (const share of [-0.1, 0.1]) {
      const other = reflectance.map((value, index) => value + share * ((linear[index] as number) - value));
      for (const [channel, value] of seen(other).entries()) expect(value).toBeCloseTo(colour[channel] as number, 7);
      expect(roughness(other)).toBeGreaterThan(roughness(reflectance));
    }
  });
});

describe('basis', () => {
  it('gives each of the three values alone, and white as a flat spectrum', () => {
    const basis = smoothestBasis(srgbObserver);
    for (const [channel, spectrum] of basis.entries()) {
      for (const [other, value] of seen(spectrum).entries()) expect(value).toBeCloseTo(other === channel ? 1 : 0, 9);
    }
    for (let index = 0; index < 41; index++) {
      expect(basis.reduce((sum, spectrum) => sum + (spectrum[index] as number), 0)).toBeCloseTo(1, 3);
    }
  });

  it('makes colours of which the observer sees what was asked for', () => {
    const [red, green, blue] = referencePalette().colour([0.3, 0.5, 0.2]);
    expect([red, green, blue]).toEqual([expect.closeTo(0.3, 9), expect.closeTo(0.5, 9), expect.closeTo(0.2, 9)]);
  });
});
