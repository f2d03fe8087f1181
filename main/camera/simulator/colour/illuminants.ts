import { chromaticityFromXyz, type UniformChromaticity, uniformFromChromaticity } from '../../../base/colour/chromaticity.ts';
import { daylightChromaticity } from '../../../base/colour/colour-temperature.ts';
import type { Triple } from '../../../base/matrix3.ts';
import { xyzOf } from './colorimetry.ts';
import { lobes, type Spectrum, sampled, scaled } from './spectrum.ts';

/** The kinds of light that the simulator's lamp has: by colour temperature, or one of two lamps with lines and a band. */
export type IlluminantKind = 'temperature' | 'fluorescent' | 'led';

/** A light on the scene. The colour temperature counts for `temperature` only. */
export interface Illuminant {
  readonly kind: IlluminantKind;
  readonly kelvin: number;
}

/** From this colour temperature on a light is daylight, below it a black body: where CIE daylight begins. */
export const daylightFromKelvin = 4000;

/** Planck's second radiation constant, m K (CODATA 2018). */
const secondRadiationConstant = 1.438776877e-2;

/** The black body of that temperature, in arbitrary units. */
export function planckian(kelvin: number): Spectrum {
  return sampled((nm) => {
    const metres = nm * 1e-9;
    return 1e-27 / (metres ** 5 * (Math.exp(secondRadiationConstant / (metres * kelvin)) - 1));
  });
}

/** Mean daylight and its two principal components, 380 to 780 nm (CIE 015:2018, table 7). */
const daylightParts: readonly [Spectrum, Spectrum, Spectrum] = [
  [
    63.4, 65.8, 94.8, 104.8, 105.9, 96.8, 113.9, 125.6, 125.5, 121.3, 121.3, 113.5, 113.1, 110.8, 106.5, 108.8, 105.3, 104.4,
    100.0, 96.0, 95.1, 89.1, 90.5, 90.3, 88.4, 84.0, 85.1, 81.9, 82.6, 84.9, 81.3, 71.9, 74.3, 76.4, 63.3, 71.7, 77.0, 65.2, 47.7,
    68.6, 65.0,
  ],
  [
    38.5, 35.0, 43.4, 46.3, 43.9, 37.1, 36.7, 35.9, 32.6, 27.9, 24.3, 20.1, 16.2, 13.2, 8.6, 6.1, 4.2, 1.9, 0.0, -1.6, -3.5, -3.5,
    -5.8, -7.2, -8.6, -9.5, -10.9, -10.7, -12.0, -14.0, -13.6, -12.0, -13.3, -12.9, -10.6, -11.6, -12.2, -10.2, -7.8, -11.2,
    -10.4,
  ],
  [
    3.0, 1.2, -1.1, -0.5, -0.7, -1.2, -2.6, -2.9, -2.8, -2.6, -2.6, -1.8, -1.5, -1.3, -1.2, -1.0, -0.5, -0.3, 0.0, 0.2, 0.5, 2.1,
    3.2, 4.1, 4.7, 5.1, 6.7, 7.3, 8.6, 9.8, 10.2, 8.3, 9.6, 8.5, 7.0, 7.6, 8.0, 6.7, 5.2, 7.4, 6.8,
  ],
];

/** CIE daylight of that correlated colour temperature, 100 at 560 nm. D65 is that of 6504 K. */
export function daylight(kelvin: number): Spectrum {
  const { x, y } = daylightChromaticity(kelvin);
  const divisor = 0.0241 + 0.2562 * x - 0.7341 * y;
  const first = (-1.3515 - 1.7703 * x + 5.9114 * y) / divisor;
  const second = (0.03 - 31.4424 * x + 30.0717 * y) / divisor;
  const [mean, yellowBlue, pinkGreen] = daylightParts;
  return mean.map((value, index) => value + first * (yellowBlue[index] as number) + second * (pinkGreen[index] as number));
}

/**
 * A three-band fluorescent tube of about 4000 K: the lines of mercury and of three phosphors, as wide as the sampling can
 * carry. Made up for this simulator after the look of CIE F11.
 */
const fluorescent = lobes(
  { weight: 0.16, peakNm: 405, belowNm: 6, aboveNm: 6 },
  { weight: 0.62, peakNm: 436, belowNm: 6, aboveNm: 6 },
  { weight: 0.3, peakNm: 455, belowNm: 25, aboveNm: 25 },
  { weight: 0.42, peakNm: 488, belowNm: 8, aboveNm: 10 },
  { weight: 1.9, peakNm: 544, belowNm: 6, aboveNm: 7 },
  { weight: 0.5, peakNm: 582, belowNm: 9, aboveNm: 9 },
  { weight: 1.75, peakNm: 611, belowNm: 6, aboveNm: 7 },
  { weight: 0.12, peakNm: 600, belowNm: 60, aboveNm: 50 },
);

/** A white LED of about 5000 K: a blue die and one broad phosphor, with the gap of cyan between them. Made up as well. */
const led = lobes({ weight: 1.0, peakNm: 452, belowNm: 9, aboveNm: 11 }, { weight: 0.92, peakNm: 565, belowNm: 42, aboveNm: 58 });

/** The light's power over wavelength with Y = 1 on a perfect white. */
export function illuminantSpectrum({ kind, kelvin }: Illuminant): Spectrum {
  const spectrum =
    kind === 'fluorescent'
      ? fluorescent
      : kind === 'led'
        ? led
        : kelvin < daylightFromKelvin
          ? planckian(kelvin)
          : daylight(kelvin);
  return scaled(spectrum, 1 / xyzOf(spectrum)[1]);
}

/** Tristimulus values of a perfect white in that light, Y = 1. */
export function whiteXyz(illuminant: Illuminant): Triple {
  return xyzOf(illuminantSpectrum(illuminant));
}

/**
 * The correlated colour temperature, K: of the black body that is nearest in the CIE 1960 diagram (CIE 015, 9.5), both as the
 * simulator's fitted observer sees them. The locus of the standard observer lies a little beside that of the fit.
 */
export function correlatedKelvin(spectrum: Spectrum): number {
  const { u, v } = uniformOf(spectrum);
  const distance = (mired: number): number => {
    const body = uniformOf(planckian(1e6 / mired));
    return (body.u - u) ** 2 + (body.v - v) ** 2;
  };
  let [low, high] = [1e6 / 20_000, 1e6 / 1500];
  while (high - low > 1e-4) {
    const third = (high - low) / 3;
    if (distance(low + third) < distance(high - third)) high -= third;
    else low += third;
  }
  return 2e6 / (low + high);
}

function uniformOf(spectrum: Spectrum): UniformChromaticity {
  return uniformFromChromaticity(chromaticityFromXyz(xyzOf(spectrum)));
}
