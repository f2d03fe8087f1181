import { z } from 'zod';
import type { ParameterValue, ParameterValues } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import type { NoiseModel, SensorDescription, ShadingGrid } from '../frame/frame-meta.ts';
import { defineProcessor } from '../processor/define-processor.ts';
import { loadTime, type Parameters } from '../processor/parameters.ts';
import type { Stage, StageRequest } from '../processor/stage.ts';
import { cpuProvider } from './execution-provider.ts';
import { numberIn, type Operator } from './operator.ts';
import { bin, binParameters } from './operators/bin.ts';
import { mosaicOutput, outputLevels } from './operators/mosaic-output.ts';
import { unpack } from './operators/pack.ts';
import { linearLight, needsPlanes, rawParameters } from './raw-operators.ts';
import { planStage } from './stage-plan.ts';

/** Here correction is the purpose, so that what other stages leave off is on. */
const defaults: Readonly<Record<string, ParameterValue>> = {
  defect_correction: 'singles',
  raw_noise_reduction: true,
  green_equalisation: true,
  shading_correction: true,
};

function withDefaults(parameters: Parameters): Parameters {
  const entries = Object.entries(parameters).map(([name, parameter]) => {
    const value = defaults[name];
    return [name, value === undefined ? parameter : { ...parameter, schema: parameter.schema.default(value) }] as const;
  });
  return Object.fromEntries(entries);
}

const declaration = defineProcessor({
  id: 'raw-isp',
  name: 'RawISP',
  description:
    'Mosaic in, mosaic out: linearisation, black level, defects, green equalisation, noise, lens shading, gain, binning',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['preprocessor', 'main'],
  params: {
    ...withDefaults(rawParameters),
    ...binParameters,
    strip_rows: loadTime(z.int().min(16).max(4096).default(90), {
      order: 60,
      label: 'Strip height',
      category: 'Load time',
      unit: 'rows',
      help: 'Rows that one worker takes at a time: row kernels hardly mind, ONNX Runtime is fastest when they fit the cache',
    }),
    ...cpuProvider(),
  },
});

/** Packed where operators need it, and always for rows: what a pass costs there is none for a kernel. */
function operatorsFor(
  values: ParameterValues,
  sensor: SensorDescription,
  cut: StageRequest['cut'] = 'strips',
): readonly Operator[] {
  const isBinned = values['raw_binning'] === true;
  const isPacked = isBinned || cut === 'rows' || needsPlanes(values, sensor);
  const toMosaic = [...(isBinned ? [bin] : []), ...(isPacked ? [unpack] : [])];
  return [...linearLight(values, sensor, isPacked), ...toMosaic, mosaicOutput];
}

/**
 * Corrects what sensor and lens do, and gives the mosaic out again as 16-bit samples whose levels {@link rawOutputSensor} tells. All of
 * it happens before white balance, where noise and gains mean what they were measured as.
 */
export const rawIsp: Stage = {
  declaration,
  plan: (request) => {
    const { values, sensor, width, height, cut } = request;
    const { id, name } = declaration;
    const isBinned = values['raw_binning'] === true;
    if (isBinned && (width % 4 !== 0 || height % 4 !== 0)) {
      const message = `Expected a size in multiples of 4 for binning but received ${width}x${height}`;
      throw new InputError('raw-isp.size', message, 'Switch binning off.');
    }
    const operators = operatorsFor(values, sensor, cut);
    const stripRows = numberIn(values, 'strip_rows');
    return planStage({ id, name, operators, stripRows, rowMultiple: isBinned ? 4 : 2 }, request);
  },
  inputs: (values, sensor) =>
    Object.assign({}, ...operatorsFor(values, sensor).map((operator) => operator.inputs(values, sensor))),
  defaultsFor: () => ({}),
};

/**
 * What the numbers of RawISP's mosaic mean. What was corrected is no longer told: table, defects, the share of the shading that was
 * taken away. Noise is told where it can be: not after noise reduction, and not after shading correction, where it differs from
 * place to place.
 */
export function rawOutputSensor(sensor: SensorDescription, values: ParameterValues): SensorDescription {
  const { linearisation: _table, linearisationPolynomial: _polynomial, noise, shading, defects, ...kept } = sensor;
  const { bits, black, white } = outputLevels;
  const isShaded = values['shading_correction'] === true && shading !== undefined;
  const isBinned = values['raw_binning'] === true;
  const isNoiseKnown = noise && !isShaded && values['raw_noise_reduction'] !== true;
  const leftShading = isShaded ? remainingShading(shading, numberIn(values, 'shading_strength')) : shading;
  const areDefectsLeft = defects && values['defect_correction'] === 'off' && !isBinned;
  return {
    ...kept,
    bits,
    blackLevels: [black, black, black, black],
    whiteLevel: white,
    ...(isNoiseKnown ? { noise: outputNoise(sensor, noise, numberIn(values, 'digital_gain'), isBinned) } : {}),
    ...(leftShading ? { shading: leftShading } : {}),
    ...(areDefectsLeft ? { defects } : {}),
  };
}

function outputNoise(sensor: SensorDescription, noise: NoiseModel, gain: number, isBinned: boolean): NoiseModel {
  const { black, white } = outputLevels;
  const scale = (gain * (white - black)) / (sensor.whiteLevel - Math.max(...sensor.blackLevels));
  const mean = isBinned ? 1 / 4 : 1;
  return { slope: noise.slope * scale * mean, offset: noise.offset * scale ** 2 * mean };
}

function remainingShading(shading: ShadingGrid, strength: number): ShadingGrid | undefined {
  if (strength === 1) return undefined;
  return { ...shading, gains: shading.gains.map((gain) => gain / (1 + strength * (gain - 1))) };
}
