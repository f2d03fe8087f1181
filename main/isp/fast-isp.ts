import type { ParameterValues } from '../../preload/contract.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import { defineProcessor } from '../processor/define-processor.ts';
import type { Stage, StageRequest } from '../processor/stage.ts';
import { fastIspChoices } from './fast-isp-parameters.ts';
import { numberIn, type Operator } from './operator.ts';
import { chromaNoiseReduction } from './operators/chroma-noise-reduction.ts';
import { colourMix, saturationMix } from './operators/colour-mix.ts';
import { demosaicBilinear } from './operators/demosaic-bilinear.ts';
import { demosaicBinned } from './operators/demosaic-binned.ts';
import { demosaicMalvar } from './operators/demosaic-malvar.ts';
import { detailCoring, detailSplit } from './operators/detail-split.ts';
import { displayEncode } from './operators/display-encode.ts';
import { linearColour, rootEncode } from './operators/exact-light.ts';
import { clipLight, exposure } from './operators/exposure.ts';
import { filmic } from './operators/filmic.ts';
import { gammaEncode } from './operators/gamma-encode.ts';
import { luminanceDetail } from './operators/luminance-detail.ts';
import { quarter } from './operators/quarter.ts';
import { rgba8Output } from './operators/rgba8-output.ts';
import { tone } from './operators/tone.ts';
import { toneCurve } from './operators/tone-curve.ts';
import { whiteBalance } from './operators/white-balance.ts';
import { linearLight, needsPlanes, rawParameters } from './raw-operators.ts';
import { planStage } from './stage-plan.ts';

/** FastISP's operators in order. Only load-time values and the cut choose; a graph that makes rows is packed from its beginning. */
function operatorsFor(values: ParameterValues, sensor: SensorDescription, cut?: StageRequest['cut']): readonly Operator[] {
  const chroma = values['chroma_enabled'] ? [chromaNoiseReduction] : [];
  const isPacked = cut === 'rows' || chroma.length > 0 || needsPlanes(values, sensor);
  const light = [...linearLight(values, sensor, isPacked), whiteBalance, exposure, clipLight];
  const isLinear = values['colour_domain'] === 'linear';
  const curve = curveFor(values);
  const mosaic = [...light, ...(isLinear ? [rootEncode] : curve), ...chroma];
  const averaged = values['output_resolution'] === 'quarter' ? [quarter] : [];
  const planes = [...demosaicFor(values), ...averaged, ...detailFor(values)];
  const colour = isLinear ? [linearColour, ...curve, saturationMix] : [colourMix];
  return [...mosaic, ...planes, ...colour, rgba8Output];
}

function curveFor(values: ParameterValues): readonly Operator[] {
  switch (values['tone_curve']) {
    case 'gamma':
      return [gammaEncode, tone];
    case 'filmic':
      return [filmic, displayEncode, tone];
    case 'user':
      return [displayEncode, toneCurve, tone];
    default:
      return [displayEncode, tone];
  }
}

function demosaicFor(values: ParameterValues): readonly Operator[] {
  if (values['output_resolution'] !== 'full') return [demosaicBinned, luminanceDetail];
  return [values['demosaic_method'] === 'bilinear' ? demosaicBilinear : demosaicMalvar, luminanceDetail];
}

function detailFor(values: ParameterValues): readonly Operator[] {
  if (values['sharpen_coring']) return [detailCoring];
  return values['colour_domain'] === 'linear' ? [detailSplit] : [];
}

const declaration = defineProcessor({
  id: 'fast-isp',
  name: 'FastISP',
  description: 'RAW to picture in real time: black level, white balance, tone, demosaic, colour, noise and sharpening',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['main'],
  params: {
    ...rawParameters,
    ...whiteBalance.params,
    ...exposure.params,
    ...tone.params,
    ...gammaEncode.params,
    ...filmic.params,
    ...toneCurve.params,
    ...colourMix.params,
    ...detailCoring.params,
    ...chromaNoiseReduction.params,
    ...fastIspChoices,
  },
});

/**
 * The realtime stage: mosaic in, RGBA8 out. Everything per pixel happens on encoded samples, so that the whole chain is a
 * few vector passes over the mosaic, one convolution and one 4x4 matrix (see ARCHITECTURE.md for the measurements).
 */
export const fastIsp: Stage = {
  declaration,
  plan: (request) => {
    const { id, name } = declaration;
    const operators = operatorsFor(request.values, request.sensor, request.cut);
    return planStage({ id, name, operators, stripRows: numberIn(request.values, 'strip_rows') }, request);
  },
  inputs: (values, sensor) =>
    Object.assign({}, ...operatorsFor(values, sensor).map((operator) => operator.inputs(values, sensor))),
  defaultsFor: ({ whiteBalance }) => {
    if (!whiteBalance) return {};
    const [red, green, blue] = whiteBalance;
    const { wb_red_gain, wb_blue_gain } = { wb_red_gain: red / green, wb_blue_gain: blue / green };
    const withinRange = (gain: number): number => Math.min(8, Math.max(0.25, gain));
    return { wb_red_gain: withinRange(wb_red_gain), wb_blue_gain: withinRange(wb_blue_gain) };
  },
};
