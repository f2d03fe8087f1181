import { type Chromaticity, chromaticityFromUniform, type UniformChromaticity, uniformFromChromaticity } from './chromaticity.ts';

/** A correlated colour temperature and how far off the Planckian locus its colour lies. */
export interface ColourTemperature {
  readonly kelvin: number;
  /** Signed distance from the locus in CIE 1960 u, v: positive towards green, negative towards magenta (ANSI C78.377). */
  readonly duv: number;
}

/** Temperatures between which {@link planckianChromaticity} holds, K. */
export const planckianKelvin = { lowest: 1000, highest: 15000 } as const;

/**
 * Correlated colour temperature in K by McCamy's cubic (C. S. McCamy, 1992): within a few kelvin near the daylight locus from
 * 3000 to 8000 K; quick, and only meaningful near the locus. {@link colourTemperatureOf} is the careful one.
 */
export function mccamyKelvin({ x, y }: Chromaticity): number {
  const n = (x - 0.332) / (0.1858 - y);
  return 449 * n ** 3 + 3525 * n ** 2 + 6823.3 * n + 5520.33;
}

/**
 * The colour of a black body of `kelvin`, within 1e-4 in u and v of the integral of Planck's law from 1000 to 15000 K
 * (M. Krystek, "An algorithm to calculate correlated colour temperature", 1985). Throws RangeError outside.
 */
export function planckianChromaticity(kelvin: number): Chromaticity {
  const { lowest, highest } = planckianKelvin;
  if (!(kelvin >= lowest && kelvin <= highest)) {
    throw new RangeError(`Expected a temperature from ${lowest} to ${highest} K but received ${kelvin}`);
  }
  return chromaticityFromUniform(planckianUniform(kelvin));
}

/**
 * The colour of CIE daylight of `kelvin` (CIE 15 §3.1), 4000 to 25000 K. D65 and D50 are, by the later change of Planck's second
 * constant, 6504 and 5003 K on it. Throws RangeError outside.
 */
export function daylightChromaticity(kelvin: number): Chromaticity {
  if (!(kelvin >= 4000 && kelvin <= 25000)) {
    throw new RangeError(`Expected a temperature from 4000 to 25000 K but received ${kelvin}`);
  }
  const t = 1000 / kelvin;
  const x =
    kelvin <= 7000
      ? -4.607 * t ** 3 + 2.9678 * t ** 2 + 0.09911 * t + 0.244063
      : -2.0064 * t ** 3 + 1.9018 * t ** 2 + 0.24748 * t + 0.23704;
  return { x, y: -3 * x * x + 2.87 * x - 0.275 };
}

/**
 * The temperature whose black body lies nearest in CIE 1960 u, v, and the distance from it. The nearest temperature is sought
 * between the limits of {@link planckianKelvin}; a colour beyond gets the limit.
 */
export function colourTemperatureOf(colour: Chromaticity): ColourTemperature {
  const { u, v } = uniformFromChromaticity(colour);
  const distance = (reciprocal: number): number => {
    const locus = planckianUniform(1 / reciprocal);
    return Math.hypot(u - locus.u, v - locus.v);
  };
  const reciprocal = nearestReciprocal(distance);
  const locus = planckianUniform(1 / reciprocal);
  return { kelvin: 1 / reciprocal, duv: distance(reciprocal) * (v >= locus.v ? 1 : -1) };
}

/** A coarse scan and a golden-section search, in reciprocal temperature, where the locus is nearly evenly spaced. */
function nearestReciprocal(distance: (reciprocal: number) => number): number {
  const [first, last] = [1 / planckianKelvin.highest, 1 / planckianKelvin.lowest];
  const steps = 64;
  const at = (step: number): number => first + ((last - first) * Math.min(Math.max(step, 0), steps)) / steps;
  let best = 0;
  for (let step = 1; step <= steps; step++) if (distance(at(step)) < distance(at(best))) best = step;
  let [low, high] = [at(best - 1), at(best + 1)];
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let round = 0; round < 60; round++) {
    const span = (high - low) * golden;
    if (distance(high - span) < distance(low + span)) high = low + span;
    else low = high - span;
  }
  return (low + high) / 2;
}

function planckianUniform(kelvin: number): UniformChromaticity {
  const [t, t2] = [kelvin, kelvin * kelvin];
  return {
    u: (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t2) / (1 + 8.42420235e-4 * t + 7.08145163e-7 * t2),
    v: (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t2) / (1 - 2.89741816e-5 * t + 1.61456053e-7 * t2),
  };
}
