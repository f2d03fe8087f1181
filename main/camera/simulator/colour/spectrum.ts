/** A quantity per wavelength: one value for each of {@link wavelengthsNm}. */
export type Spectrum = readonly number[];

const firstNm = 380;
const stepNm = 10;
const sampleCount = 41;

/** Where spectra are sampled: 380 to 780 nm in steps of 10 nm, as CIE 015 tabulates its daylight. */
export const wavelengthsNm: readonly number[] = Array.from({ length: sampleCount }, (_, index) => firstNm + index * stepNm);

/** The spectrum of a function of the wavelength in nm. */
export function sampled(valueAt: (wavelengthNm: number) => number): Spectrum {
  return wavelengthsNm.map(valueAt);
}

/** The product of two spectra, wavelength by wavelength: a light on a surface, or a stimulus behind a filter. */
export function product(a: Spectrum, b: Spectrum): Spectrum {
  return a.map((value, index) => value * (b[index] as number));
}

/** The spectrum times a factor. */
export function scaled(spectrum: Spectrum, factor: number): Spectrum {
  return spectrum.map((value) => value * factor);
}

/** The sum of the products of two spectra: what a detector of sensitivity `a` makes of the stimulus `b`, per step of 10 nm. */
export function inner(a: Spectrum, b: Spectrum): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

/** A Gaussian lobe whose width may differ below and above its peak; widths are standard deviations in nm. */
export interface Lobe {
  readonly weight: number;
  readonly peakNm: number;
  readonly belowNm: number;
  readonly aboveNm: number;
}

/** The sum of lobes as a spectrum. */
export function lobes(...parts: readonly Lobe[]): Spectrum {
  return sampled((nm) =>
    parts.reduce((sum, { weight, peakNm, belowNm, aboveNm }) => {
      const distance = (nm - peakNm) / (nm < peakNm ? belowNm : aboveNm);
      return sum + weight * Math.exp(-0.5 * distance * distance);
    }, 0),
  );
}
