import { z } from 'zod';
import type { ParameterValues } from '../../preload/contract.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import { defineProcessor } from '../processor/define-processor.ts';
import { loadTime } from '../processor/parameters.ts';
import type { Stage } from '../processor/stage.ts';
import { cpuProvider } from './execution-provider.ts';
import { fastIsp } from './fast-isp.ts';
import { numberIn, type Operator } from './operator.ts';
import { chromaGuidedNoiseReduction } from './operators/chroma-guided-noise-reduction.ts';
import { coredSharpening } from './operators/cored-sharpening.ts';
import { demosaicResidual } from './operators/demosaic-residual/demosaic-residual.ts';
import { displayEncode } from './operators/display-encode.ts';
import { exactColour } from './operators/exact-colour.ts';
import { exposure } from './operators/exposure.ts';
import { guidedNoiseReduction } from './operators/guided-noise-reduction.ts';
import { highlightReconstruction } from './operators/highlight-reconstruction.ts';
import { localTone } from './operators/local-tone.ts';
import { pictureOutputs } from './operators/rgb16-output.ts';
import { decodeRoot, encodeRoot } from './operators/root-domain.ts';
import { tone } from './operators/tone.ts';
import { type UserDenoiser, userDenoiser } from './operators/user-denoiser.ts';
import { whiteBalance } from './operators/white-balance.ts';
import { linearLight, rawParameters } from './raw-operators.ts';
import { planStage } from './stage-plan.ts';

/** Camera light as the sensor measured it, to light as the picture shows it; packed. */
const light = [whiteBalance, highlightReconstruction, exposure, localTone];
const look = [displayEncode, tone, chromaGuidedNoiseReduction, coredSharpening];

/** Makes SlowISP's operators in order; those of the RAW part depend on what is switched on and on what the sensor brings. */
function operatorsWith(denoiser: UserDenoiser | undefined): (values: ParameterValues, sensor: SensorDescription) => Operator[] {
  const model = denoiser && userDenoiser(denoiser);
  const isRgb = denoiser?.layout === 'rgb';
  const onPlanes = isRgb ? [] : [model ?? guidedNoiseReduction];
  const onColour = isRgb && model ? [model] : [];
  const colour = [encodeRoot, demosaicResidual, decodeRoot, ...onColour, exactColour];
  return (values, sensor) => [...linearLight(values, sensor, true), ...onPlanes, ...light, ...colour, ...look, pictureOutputs];
}

const declaration = defineProcessor({
  id: 'slow-isp',
  name: 'SlowISP',
  description: 'RAW to the best picture: noise reduction, highlights, residual-interpolation demosaic, exact colour, local tone',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['main'],
  params: {
    ...whiteBalance.params,
    ...exposure.params,
    ...tone.params,
    ...localTone.params,
    ...exactColour.params,
    ...coredSharpening.params,
    ...guidedNoiseReduction.params,
    ...chromaGuidedNoiseReduction.params,
    ...rawParameters,
    slow_strip_rows: loadTime(z.int().min(16).max(8192).default(270), {
      order: 60,
      label: 'Strip height',
      category: 'Load time',
      unit: 'rows',
      help: 'Rows that one worker takes at a time; each strip also computes its halo',
    }),
    ...cpuProvider(),
  },
});

/** A foreign model is for ONNX Runtime, unless it is asked otherwise. */
const declarationWithModel = { ...declaration, params: { ...declaration.params, ...cpuProvider('cpu') } };

/**
 * The background stage: mosaic in, RGBA8 and RGB16 out. What can be done on the mosaic's four packed planes is done there, at a third
 * of the samples of RGB; the rest stays in cells, so that nothing is interleaved before the last step (see ARCHITECTURE.md).
 * A user's denoiser takes the place of noise reduction; throws InputError where it does not fit.
 */
export function createSlowIsp(denoiser?: UserDenoiser): Stage {
  const operatorsFor = operatorsWith(denoiser);
  return {
    declaration: denoiser ? declarationWithModel : declaration,
    plan: (request) => {
      const { id, name } = declaration;
      const operators = operatorsFor(request.values, request.sensor);
      return planStage({ id, name, operators, stripRows: numberIn(request.values, 'slow_strip_rows') }, request);
    },
    inputs: (values, sensor) =>
      Object.assign({}, ...operatorsFor(values, sensor).map((operator) => operator.inputs(values, sensor))),
    defaultsFor: (sensor) => fastIsp.defaultsFor(sensor),
  };
}

/** SlowISP with its own noise reduction. */
export const slowIsp = createSlowIsp();
