import { InputError } from '../../base/errors.ts';
import type { Triple } from '../../base/matrix3.ts';
import { clamped } from './algorithm.ts';

/** White-balance gains of a camera under lamps of one colour temperature, green 1. */
export interface CctPoint {
  readonly kelvin: number;
  readonly red: number;
  readonly blue: number;
}

/** Points of a camera by rising temperature; at least two. */
export type CctCurve = readonly CctPoint[];

/** Effective wavelengths of a common camera's red, green and blue, and the second radiation constant (CODATA 2018). */
const wavelengthsMetres: Triple = [600e-9, 540e-9, 460e-9];
const secondRadiationConstant = 1.438777e-2;

/** Daylight that a sensor's own balance is taken to be for where nothing else is said. */
const anchorKelvin = 5500;

/** Temperatures that a curve is made for or searched between, and the step of the search in mired. */
const [coldest, hottest] = [2000, 10_000];
const searchStepMired = 1;

/** Checks a curve that comes from a tuning file. Throws InputError. */
export function expectCurve(curve: CctCurve): void {
  const isRising = curve.every(({ kelvin }, index) => index === 0 || kelvin > (curve[index - 1] as CctPoint).kelvin);
  const isPositive = curve.every(({ kelvin, red, blue }) => Math.min(kelvin, red, blue) > 0);
  if (curve.length >= 2 && isRising && isPositive) return;
  const received = JSON.stringify(curve.map(({ kelvin, red, blue }) => [kelvin, red, blue]));
  throw new InputError(
    'slow-algo.curve',
    `Expected two or more points of rising kelvin and positive gains for cct_curve but received ${received}`,
  );
}

/** The curve of a camera that was never measured: Planck's law at common filters, through the balance that it has in daylight. */
export function planckianCurve([red, green, blue]: Triple): CctCurve {
  const emission = (metres: number, kelvin: number): number =>
    1 / (metres ** 5 * Math.expm1(secondRadiationConstant / (metres * kelvin)));
  const perGreen = (channel: 0 | 2, kelvin: number): number =>
    emission(wavelengthsMetres[channel], kelvin) / emission(wavelengthsMetres[1], kelvin);
  const change = (channel: 0 | 2, kelvin: number): number => perGreen(channel, anchorKelvin) / perGreen(channel, kelvin);
  const kelvins = [2000, 2500, 3000, 3500, 4000, 5000, 6000, 7500, 10_000];
  return kelvins.map((kelvin) => ({
    kelvin,
    red: (red / green) * change(0, kelvin),
    blue: (blue / green) * change(2, kelvin),
  }));
}

/** Gains at a temperature: logarithms are interpolated over reciprocal temperature, where lamps lie evenly; the outermost hold beyond. */
export function gainsAt(curve: CctCurve, kelvin: number): readonly [red: number, blue: number] {
  const [first, last] = [curve[0] as CctPoint, curve.at(-1) as CctPoint];
  const within = clamped(kelvin, first.kelvin, last.kelvin);
  const above = Math.max(
    1,
    curve.findIndex((point) => point.kelvin >= within),
  );
  const [a, b] = [curve[above - 1] as CctPoint, curve[above] as CctPoint];
  const share = (1 / within - 1 / a.kelvin) / (1 / b.kelvin - 1 / a.kelvin);
  const mixed = (from: number, to: number): number => from * (to / from) ** share;
  return [mixed(a.red, b.red), mixed(a.blue, b.blue)];
}

/** Temperatures to search along a curve, evenly in mired, from hot to cold. */
export function searchedKelvins(curve: CctCurve): readonly number[] {
  const most = 1e6 / Math.max(coldest, (curve[0] as CctPoint).kelvin);
  const least = 1e6 / Math.min(hottest, (curve.at(-1) as CctPoint).kelvin);
  return Array.from(
    { length: Math.floor((most - least) / searchStepMired) + 1 },
    (_, step) => 1e6 / (least + step * searchStepMired),
  );
}

/** The temperature whose gains are nearest to these, by the logarithms of both. */
export function kelvinOf(curve: CctCurve, gains: readonly [red: number, blue: number]): number {
  const distance = (kelvin: number): number => logDistance(gainsAt(curve, kelvin), gains);
  return searchedKelvins(curve).reduce((best, kelvin) => (distance(kelvin) < distance(best) ? kelvin : best));
}

/** How far two pairs of gains are apart: the length of the difference of their logarithms. */
export function logDistance(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(Math.log(a[0] / b[0]), Math.log(a[1] / b[1]));
}
