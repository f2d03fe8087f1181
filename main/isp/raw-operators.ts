import type { ParameterValues } from '../../preload/contract.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import type { Parameters } from '../processor/parameters.ts';
import type { Operator } from './operator.ts';
import { blackLevel } from './operators/black-level.ts';
import { defectCouplets, defectSingles } from './operators/defect-correction.ts';
import { defectCapacity, defectMap } from './operators/defect-map.ts';
import { defectParameters } from './operators/defect-parameters.ts';
import { digitalGain } from './operators/digital-gain.ts';
import { greenEqualisation } from './operators/green-equalisation.ts';
import { lensShading, shadingParameters } from './operators/lens-shading.ts';
import { linearisationParameters, linearise, segmentsIn, tableCurve } from './operators/linearise.ts';
import { linearisePolynomial, polynomialCurve } from './operators/linearise-polynomial.ts';
import { pack } from './operators/pack.ts';
import { rasterInput } from './operators/raster-input.ts';
import { rawNoiseReduction } from './operators/raw-noise-reduction.ts';
import type { SampleCurve } from './sample-curve.ts';

/** Parameters of {@link linearLight}. Everything that costs time is off by default, so that a stage may include it for nothing. */
export const rawParameters = {
  ...linearisationParameters,
  ...defectParameters,
  ...greenEqualisation.params,
  ...rawNoiseReduction.params,
  ...shadingParameters,
  ...digitalGain.params,
} satisfies Parameters;

/** Those of {@link rawOperators} that find their neighbours on packed planes. */
function onPlanes(values: ParameterValues, sensor: SensorDescription): readonly Operator[] {
  const mode = values['defect_correction'];
  const known = mode !== 'off' && sensor.defects?.length ? [defectMap(defectCapacity(sensor))] : [];
  const found = mode === 'singles' ? [defectSingles] : mode === 'couplets' ? [defectCouplets] : [];
  return [
    ...known,
    ...found,
    ...(values['raw_noise_reduction'] === true ? [rawNoiseReduction] : []),
    ...(values['green_equalisation'] === true ? [greenEqualisation] : []),
  ];
}

/** Whether an operator of {@link rawOperators} needs packed planes; the mosaic does where none does. */
export function needsPlanes(values: ParameterValues, sensor: SensorDescription): boolean {
  return onPlanes(values, sensor).length > 0;
}

/**
 * The operators between `blackLevel` and white balance: known defects, defects that stand out, noise reduction, green equalisation, lens
 * shading, digital gain. What is switched off, or what the sensor brings no data for, is left out. Noise reduction stands before shading,
 * since the noise model holds only where nothing has been multiplied yet; and before green equalisation, since greens that are smoothed
 * apart differ a little over areas, as a maze.
 */
export function rawOperators(values: ParameterValues, sensor: SensorDescription): readonly Operator[] {
  const shading = values['shading_correction'] === true && sensor.shading ? [lensShading(sensor.shading)] : [];
  return [...onPlanes(values, sensor), ...shading, digitalGain];
}

/**
 * The operators from the graph's mosaic to corrected linear light: the mosaic itself, linearisation, black level, {@link rawOperators}. On
 * packed planes where the stage goes on with them or {@link needsPlanes} says so, and then from the beginning: it is one copy, and
 * neighbours of one colour lie side by side ever after; else on the mosaic.
 */
export function linearLight(values: ParameterValues, sensor: SensorDescription, isPacked: boolean): readonly Operator[] {
  const layout = isPacked ? [pack] : [];
  return [rasterInput, ...layout, ...linearisationOf(values, sensor), blackLevel, ...rawOperators(values, sensor)];
}

/** A sensor has a polynomial or a table; where it has both, the polynomial is exact. */
function linearisationOf(
  values: ParameterValues,
  { linearisation, linearisationPolynomial }: SensorDescription,
): readonly Operator[] {
  if (linearisationPolynomial) return [linearisePolynomial(linearisationPolynomial.length)];
  return linearisation ? [linearise(segmentsIn(values))] : [];
}

/** Straight pieces for a table where no parameter says how many: as many as stages take by default. */
const usualSegments = 8;

/** The curve of {@link linearLight} beside a stage; undefined for a sensor that is linear. */
export function linearisationCurve({ linearisation, linearisationPolynomial }: SensorDescription): SampleCurve | undefined {
  if (linearisationPolynomial) return polynomialCurve(linearisationPolynomial.length);
  return linearisation && tableCurve(usualSegments);
}
