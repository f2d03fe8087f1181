import type { ParameterValues } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import { type Matrix3, rowsSummingToOne, type Triple } from '../base/matrix3.ts';
import type { NoiseModel, SensorDescription, ShadingGrid } from '../frame/frame-meta.ts';
import { type Blend, between, blendNumbers } from './interpolation.ts';
import type { Tuning } from './tuning-schema.ts';

/** The light that a tuning is asked for where nothing tells of one, kelvin. */
export const daylightKelvin = 6500;

/** What a frame was taken with, as far as a tuning depends on it. */
export interface TuningConditions {
  /** Total gain of the sensor, 1 at its base sensitivity. */
  readonly gain: number;
  /** Correlated colour temperature of the light, kelvin. */
  readonly cctKelvin: number;
  /** Size of the frame, where defects and optical black are to hold: positions of another size are none of it. */
  readonly width: number;
  readonly height: number;
}

/** Interpolated over the logarithm of the gain, since sensors are set in stops. */
const overGain = ({ gain }: { readonly gain: number }): number => Math.log2(gain);
/** Interpolated over reciprocal temperature, in which equal steps look equal. */
const overLight = ({ cctKelvin }: { readonly cctKelvin: number }): number => -1e6 / cctKelvin;

/**
 * The sensor as the tuning knows it at one gain and light: what the tuning says takes the place of what the source says. Meant to be
 * asked when conditions change, not for every frame. DN of a tuning that says its bits are scaled to those of the source: a bit more
 * doubles them. Throws InputError where black comes to lie at or above white.
 */
export function tunedSensor(tuning: Tuning, sensor: SensorDescription, conditions: TuningConditions): SensorDescription {
  const { gain, cctKelvin } = conditions;
  const gainAt = Math.log2(gain);
  const lightAt = overLight({ cctKelvin });
  const { blackLevels, noise, shading, colour } = tuning;
  const dnScale = 2 ** (sensor.bits - (tuning.bits ?? sensor.bits));
  const tuned: SensorDescription = {
    ...linearisedBy(tuning, sensor, dnScale),
    ...(tuning.cfa === undefined ? {} : { cfa: tuning.cfa }),
    ...(blackLevels ? { blackLevels: levelsOf(between(blackLevels, overGain, gainAt), dnScale) } : {}),
    ...(tuning.whiteLevel === undefined ? {} : { whiteLevel: tuning.whiteLevel * dnScale }),
    ...(noise ? { noise: noiseOf(between(noise, overGain, gainAt), dnScale) } : {}),
    ...(shading ? { shading: shadingOf(between(shading, overLight, lightAt)) } : {}),
    ...(colour ? colourOf(between(colour, overLight, lightAt)) : {}),
    ...defectsOf(tuning, conditions),
    ...opticalBlackOf(tuning, conditions),
  };
  const black = Math.max(...tuned.blackLevels);
  if (black < tuned.whiteLevel) return tuned;
  const message = `Expected black levels below white, ${tuned.whiteLevel} DN, in the tuning of ${tuning.camera} but received ${black}`;
  throw new InputError('tuning.levels', message, 'Correct blackLevels or whiteLevel for this format of the camera.');
}

/** Parameter values that the tuning holds for a gain: tone, and noise reduction interpolated between its points. */
export function tunedParameters({ tone = {}, noiseReduction }: Tuning, gain: number): ParameterValues {
  if (!noiseReduction) return { ...tone };
  const blend = between(noiseReduction, overGain, Math.log2(gain));
  const names = Object.keys(blend.low.values).filter((name) => name in blend.high.values);
  const values = names.map((name) => [name, blendNumbers(blend, ({ values: at }) => at[name] as number)] as const);
  return { ...tone, ...Object.fromEntries(values) };
}

/** Settings that the tuning holds for the algorithms, by name. */
export function algorithmValues({ algorithms = {} }: Tuning): ParameterValues {
  return { ...algorithms.exposure, ...algorithms.whiteBalance, ...algorithms.focus };
}

/**
 * The colour temperature for which the tuning's white balance comes nearest to given gains, kelvin: along the straight lines between
 * its points in the plane of log R/G and log B/G. Undefined for a tuning without colour.
 */
export function cctOfGains({ colour }: Tuning, [red, green, blue]: Triple): number | undefined {
  const first = colour?.[0];
  if (!colour || !first) return undefined;
  const target = logRatios([red, green, blue]);
  let nearest = { distance: distanceOf(logRatios(first.whiteBalance), target), mired: 1e6 / first.cctKelvin };
  for (let index = 1; index < colour.length; index++) {
    const [low, high] = [colour[index - 1] as typeof first, colour[index] as typeof first];
    const [from, to] = [logRatios(low.whiteBalance), logRatios(high.whiteBalance)];
    const share = shareAlong(from, to, target);
    const point = [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])] as const;
    const distance = distanceOf(point, target);
    const mired = 1e6 / low.cctKelvin + share * (1e6 / high.cctKelvin - 1e6 / low.cctKelvin);
    if (distance < nearest.distance) nearest = { distance, mired };
  }
  return 1e6 / nearest.mired;
}

type Plane = readonly [number, number];

function logRatios([red, green, blue]: readonly [number, number, number]): Plane {
  return [Math.log(red / green), Math.log(blue / green)];
}

function distanceOf(a: Plane, b: Plane): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** How far along the line from `from` to `to` the point nearest to `target` lies, 0 to 1. */
function shareAlong(from: Plane, to: Plane, target: Plane): number {
  const [x, y] = [to[0] - from[0], to[1] - from[1]];
  const length = x * x + y * y;
  if (length === 0) return 0;
  return Math.min(1, Math.max(0, ((target[0] - from[0]) * x + (target[1] - from[1]) * y) / length));
}

type Points<K extends keyof Tuning> = NonNullable<Tuning[K]> extends readonly (infer P)[] ? P : never;

/** The sensor with the curve of the tuning: a table takes the place of the source's polynomial as well, and the other way round. */
function linearisedBy(tuning: Tuning, sensor: SensorDescription, dnScale: number): SensorDescription {
  const { linearisation: table, linearisationPolynomial: polynomial } = tuning;
  if (!table && !polynomial) return sensor;
  const { linearisation: _table, linearisationPolynomial: _polynomial, ...rest } = sensor;
  return polynomial
    ? { ...rest, linearisationPolynomial: polynomial.map((coefficient) => coefficient * dnScale) }
    : { ...rest, linearisation: Float32Array.from(table ?? [], (dn) => dn * dnScale) };
}

function levelsOf(blend: Blend<Points<'blackLevels'>>, dnScale: number): SensorDescription['blackLevels'] {
  const at = (position: number): number => dnScale * blendNumbers(blend, ({ levels }) => levels[position] as number);
  return [at(0), at(1), at(2), at(3)];
}

/** Slope and offset grow with powers of the gain: they are interpolated by their logarithms where both are there. */
function noiseOf(blend: Blend<Points<'noise'>>, dnScale: number): NoiseModel {
  const at = (of: (point: Points<'noise'>) => number): number => {
    const [low, high] = [of(blend.low), of(blend.high)];
    return low > 0 && high > 0 ? Math.exp(blendNumbers(blend, (point) => Math.log(of(point)))) : blendNumbers(blend, of);
  };
  return { slope: dnScale * at(({ slope }) => slope), offset: dnScale ** 2 * at(({ offset }) => offset) };
}

/** Grids of one size are blended; of two sizes the nearer one counts. */
function shadingOf(blend: Blend<Points<'shading'>>): ShadingGrid {
  const { low, high, share } = blend;
  const isOfOneSize = low.rows === high.rows && low.columns === high.columns;
  const { rows, columns } = share < 0.5 ? low : high;
  const [first, second] = isOfOneSize ? [low, high] : share < 0.5 ? [low, low] : [high, high];
  const [from, to] = [first.gains.flat(), second.gains.flat()];
  return { rows, columns, gains: Float32Array.from(from, (gain, index) => gain + share * ((to[index] as number) - gain)) };
}

function colourOf(
  blend: Blend<Points<'colour'>>,
): Pick<SensorDescription, 'whiteBalance' | 'srgbFromCamera' | 'srgbFromCameraEncoded'> {
  const channel = (index: 0 | 1 | 2): number => blendNumbers(blend, ({ whiteBalance }) => whiteBalance[index]);
  const srgbFromCamera = matrixOf(blend, 'srgbFromCamera');
  const srgbFromCameraEncoded = matrixOf(blend, 'srgbFromCameraEncoded');
  return {
    whiteBalance: [channel(0), channel(1), channel(2)],
    ...(srgbFromCamera ? { srgbFromCamera } : {}),
    ...(srgbFromCameraEncoded ? { srgbFromCameraEncoded } : {}),
  };
}

/** A matrix between two lights, its rows summing to 1; undefined where one of them has none. */
function matrixOf(
  { low, high, share }: Blend<Points<'colour'>>,
  name: 'srgbFromCamera' | 'srgbFromCameraEncoded',
): Matrix3 | undefined {
  const [from, to] = [low[name], high[name]];
  if (!from || !to) return undefined;
  return rowsSummingToOne(from.map((value, index) => value + share * ((to[index] as number) - value)) as unknown as Matrix3);
}

function opticalBlackOf({ opticalBlack }: Tuning, { width, height }: TuningConditions): Pick<SensorDescription, 'opticalBlack'> {
  const isOfThisSize = opticalBlack?.width === width && opticalBlack.height === height;
  return isOfThisSize ? { opticalBlack: opticalBlack.areas } : {};
}

function defectsOf({ defects }: Tuning, { width, height }: TuningConditions): Pick<SensorDescription, 'defects'> {
  if (!defects || defects.width !== width || defects.height !== height) return {};
  return { defects: Uint32Array.from(defects.positions, ([row, column]) => row * width + column).sort() };
}
