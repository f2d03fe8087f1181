import { describe, expect, it } from 'vitest';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { KernelError } from '../../../main/kernel/kernel.ts';
import { defaultValues, describeParameters } from '../../../main/processor/parameters.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { defectiveMosaic } from '../../support/defective-mosaic.ts';
import { differenceOf } from '../../support/kernel-pictures.ts';
import type { ReferenceMosaic } from '../../support/reference-fast-isp.ts';
import { frameByKernel, frameByOnnx, kernelOf } from '../../support/stage-frames.ts';

/** A look that a tuner would have: nothing is neutral, so that nothing may be left out. */
const tuned = {
  ...defaultValues(fastIsp.declaration.params),
  wb_red_gain: 1.9,
  wb_blue_gain: 1.4,
  exposure_ev: 0.2,
  tone_contrast: 0.3,
  colour_saturation: 1.2,
  sharpen_amount: 1.2,
  digital_gain: 1.1,
  strip_rows: 16,
};

/** A width whose cells are no multiple of the four that are made together. */
const mosaic = defectiveMosaic(58, 44);

/**
 * Sums in another order and products that are rounded once instead of twice let a sample that lies between two steps fall to either: one in
 * ten thousand, here, and no more than one in a thousand.
 */
const [oneStep, fewSamples] = [1, 0.001];

async function expectSame(source: ReferenceMosaic, look: ParameterValues): Promise<void> {
  const values = { ...tuned, ...look };
  const own = await frameByKernel(fastIsp, source, values);
  const expected = await frameByOnnx(fastIsp, source, values);
  expect([own.width, own.height]).toEqual([expected.width, expected.height]);
  expect(new Set(expected.pixels).size).toBeGreaterThan(100);
  const { worst, share } = differenceOf(own.pixels, expected.pixels);
  expect(worst).toBeLessThanOrEqual(oneStep);
  expect(share).toBeLessThanOrEqual(fewSamples);
}

/** What no kernel makes: means of pixels are on no raster of cells, and a quarter turn makes columns of rows. */
const isRefused = (value: unknown): boolean => value === 'quarter' || /rotate-(90|270)/.test(String(value));

const choices = describeParameters(fastIsp.declaration.params)
  .filter(({ kind, name }) => kind === 'load-time' && name !== 'execution_provider')
  .flatMap(({ name, control, options }) => {
    const values = options?.map(({ value }) => value) ?? (control === 'toggle' ? [false, true] : []);
    return values.map((value) => ({ name, value }));
  });

describe('a kernel of FastISP', () => {
  for (const { name, value } of choices.filter((choice) => isRefused(choice.value))) {
    it(`is refused with ${name} = ${value}`, () => {
      expect(() => kernelOf(fastIsp, mosaic, { ...tuned, [name]: value })).toThrow(KernelError);
    });
  }
});

describe('the picture of a kernel is that of ONNX Runtime, whatever is chosen when it is loaded', () => {
  it('of all choices that there are', () => {
    expect(new Set(choices.map(({ name }) => name)).size).toBeGreaterThanOrEqual(10);
  });

  for (const { name, value } of choices.filter((choice) => !isRefused(choice.value))) {
    it(`${name} = ${value}`, () => expectSame(mosaic, { [name]: value }));
  }
});

const looks: Record<string, ParameterValues> = {
  'everything on the mosaic': {
    defect_correction: 'couplets',
    raw_noise_reduction: true,
    green_equalisation: true,
    shading_correction: true,
    chroma_enabled: true,
    sharpen_coring: true,
  },
  'everything in linear light at half size': {
    defect_correction: 'singles',
    shading_correction: true,
    chroma_enabled: true,
    sharpen_coring: true,
    colour_domain: 'linear',
    output_resolution: 'half',
  },
  'bilinear colour in linear light, turned about': {
    demosaic_method: 'bilinear',
    colour_domain: 'linear',
    picture_orientation: 'rotate-180',
  },
  'a filmic curve in linear light': { tone_curve: 'filmic', colour_domain: 'linear', exposure_ev: -0.5 },
  'a curve of the user, mirrored at half size': {
    tone_curve: 'user',
    tone_points: '0,0 0.3,0.2 0.7,0.85 1,1',
    picture_orientation: 'mirror',
    output_resolution: 'half',
  },
  'couplets, narrowly': {
    defect_correction: 'couplets',
    defect_hot_excess: 0.01,
    defect_noise_margin: 1,
    defect_dead_share: 0.9,
  },
  'a crop with corrections, upside down': {
    crop_left: 6,
    crop_top: 10,
    crop_width: 38,
    crop_height: 26,
    defect_correction: 'couplets',
    shading_correction: true,
    picture_orientation: 'flip',
  },
  'a crop at the border, half size': { crop_left: 20, crop_height: 22, output_resolution: 'half', chroma_enabled: true },
  'nothing sharpened, grey': { sharpen_amount: 0, colour_saturation: 0 },
};

describe('the picture of a kernel is that of ONNX Runtime, with', () => {
  for (const [name, look] of Object.entries(looks)) {
    it(name, () => expectSame(mosaic, look));
  }

  const linearised = {
    table: { ...mosaic.sensor, linearisation: Float32Array.of(0, 200, 420, 660, 1023) },
    polynomial: { ...mosaic.sensor, linearisationPolynomial: [0, 900, 123] },
  };
  for (const [name, sensor] of Object.entries(linearised)) {
    it(`a sensor that is linearised by a ${name}`, () => expectSame({ ...mosaic, sensor }, { defect_correction: 'couplets' }));
  }

  for (const cfa of ['RGGB', 'BGGR', 'GBRG'] as const) {
    it(`the colours of ${cfa}`, () => expectSame({ ...mosaic, sensor: { ...mosaic.sensor, cfa } }, { chroma_enabled: true }));
  }
});

describe('a frame in several strips', () => {
  const tall = defectiveMosaic(46, 132);

  for (const name of [
    'everything on the mosaic',
    'everything in linear light at half size',
    'a crop with corrections, upside down',
  ]) {
    it(`has the bits of one strip, with ${name}`, async () => {
      const look = { ...tuned, ...looks[name], ...(name.startsWith('a crop') ? { crop_width: 36, crop_height: 116 } : {}) };
      const one = await frameByKernel(fastIsp, tall, { ...look, strip_rows: 4096 });
      expect(one.strips).toBe(1);
      for (const strip_rows of [16, 38, 70]) {
        const several = await frameByKernel(fastIsp, tall, { ...look, strip_rows });
        expect(several.strips).toBeGreaterThan(1);
        expect(Buffer.compare(several.pixels as Uint8Array, one.pixels as Uint8Array)).toBe(0);
      }
    });
  }

  it('is that of ONNX Runtime', () => expectSame(tall, { ...looks['everything on the mosaic'], strip_rows: 30 }));
});
