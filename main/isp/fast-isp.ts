import { z } from 'zod';
import type { ParameterValues } from '../../preload/contract.ts';
import { defineProcessor } from '../processor/define-processor.ts';
import { loadTime } from '../processor/parameters.ts';
import type { Stage } from '../processor/stage.ts';
import { numberIn, type Operator } from './operator.ts';
import { blackLevel } from './operators/black-level.ts';
import { colourMix } from './operators/colour-mix.ts';
import { demosaicBinned } from './operators/demosaic-binned.ts';
import { demosaicMalvar } from './operators/demosaic-malvar.ts';
import { displayEncode } from './operators/display-encode.ts';
import { clipLight, exposure } from './operators/exposure.ts';
import { luminanceDetail } from './operators/luminance-detail.ts';
import { rasterInput } from './operators/raster-input.ts';
import { rgba8Output } from './operators/rgba8-output.ts';
import { tone } from './operators/tone.ts';
import { whiteBalance } from './operators/white-balance.ts';
import { planStage } from './stage-plan.ts';

/** FastISP's operators in order. The demosaic depends on the load-time resolution. */
function operatorsFor(values: ParameterValues): readonly Operator[] {
  const demosaic = values['output_resolution'] === 'half' ? demosaicBinned : demosaicMalvar;
  const light = [rasterInput, blackLevel, whiteBalance, exposure, clipLight];
  return [...light, displayEncode, tone, demosaic, luminanceDetail, colourMix, rgba8Output];
}

const declaration = defineProcessor({
  id: 'fast-isp',
  name: 'FastISP',
  description: 'RAW to picture in real time: black level, white balance, tone, demosaic, colour and sharpening',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['main'],
  params: {
    ...whiteBalance.params,
    ...exposure.params,
    ...tone.params,
    ...colourMix.params,
    output_resolution: loadTime(z.enum(['full', 'half']).default('full'), {
      order: 10,
      label: 'Resolution',
      category: 'Load time',
      help: 'Half bins each 2x2 cell to one pixel',
      optionLabels: ['Full, Malvar-He-Cutler', 'Half, binned'],
    }),
    strip_rows: loadTime(z.int().min(16).max(4096).default(72), {
      order: 11,
      label: 'Strip height',
      category: 'Load time',
      unit: 'rows',
      help: 'Rows that one worker takes at a time; strips that fit its cache are fastest',
    }),
    execution_provider: loadTime(z.enum(['cpu', 'webgpu', 'cuda', 'tensorrt']).default('cpu'), {
      order: 12,
      label: 'Execution provider',
      category: 'Load time',
      help: 'Where ONNX Runtime runs the graph; falls back to the CPU with the reason shown',
      optionLabels: ['CPU', 'WebGPU', 'CUDA', 'TensorRT'],
    }),
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
    const operators = operatorsFor(request.values);
    return planStage({ id, name, operators, stripRows: numberIn(request.values, 'strip_rows') }, request);
  },
  inputs: (values, sensor) => Object.assign({}, ...operatorsFor(values).map((operator) => operator.inputs(values, sensor))),
  defaultsFor: ({ whiteBalance }) => {
    if (!whiteBalance) return {};
    const [red, green, blue] = whiteBalance;
    const { wb_red_gain, wb_blue_gain } = { wb_red_gain: red / green, wb_blue_gain: blue / green };
    const withinRange = (gain: number): number => Math.min(8, Math.max(0.25, gain));
    return { wb_red_gain: withinRange(wb_red_gain), wb_blue_gain: withinRange(wb_blue_gain) };
  },
};
