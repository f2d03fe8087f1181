import { describe, expect, it } from 'vitest';
import type { ShadingGrid } from '../../../main/frame/frame-meta.ts';
import type { Graph, Node } from '../../../main/graph/graph.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { type Stage, stagePorts } from '../../../main/processor/stage.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import type { ReferenceMosaic } from '../../support/reference-fast-isp.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { seededRandom, syntheticMosaic } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(2);

/** FastISP by the graph that a kernel is made of, which ONNX Runtime runs as well. */
const inRows: Stage = { ...fastIsp, plan: (request) => fastIsp.plan({ ...request, cut: 'rows' }) };

const defaults = {
  ...defaultValues(fastIsp.declaration.params),
  ...{ execution_provider: 'cpu', strip_rows: 16, wb_red_gain: 1.9, wb_blue_gain: 1.4 },
};

const random = seededRandom(7);
const shading: ShadingGrid = { rows: 4, columns: 5, gains: Float32Array.from({ length: 80 }, () => 1 + random()) };

/** Samples that a map knows: corners, edges, borders of strips of 16 rows and of 180, a couplet, and one without a good neighbour. */
function defectsOf(width: number, height: number): Uint32Array {
  const block = [-2, 0, 2].flatMap((row) => [-2, 0, 2].map((column) => [20 + row, 24 + column] as const));
  const corners = [0, height - 1].flatMap((row) => [0, width - 1].map((column) => [row, column] as const));
  const edges = [0, 1, 2, height - 3, height - 2].flatMap((row) => [[row, 17] as const, [row, 1] as const]);
  const borders = [14, 15, 16, 17, 31, 32].flatMap((row) => [[row, row] as const, [row, width - 2] as const]);
  const high = [125, 126, 127, 128, 179, 180].flatMap((row) => [[row, 9] as const, [row + 4, 10] as const]);
  const places = [...block, ...corners, ...edges, ...borders, ...high].filter(([row]) => row < height);
  return Uint32Array.from(places.map(([row, column]) => row * width + column)).sort();
}

/** Noise, ramps and edges; every thirtieth sample or so is hot or dead, alone, beside another, or in the map. */
function badMosaic(width = 64, height = 48): ReferenceMosaic {
  const { samples, sensor } = syntheticMosaic('GRBG', width, height);
  const defects = defectsOf(width, height);
  for (const position of defects) samples[position] = 1023;
  const place = seededRandom(5);
  for (let count = 0; count < (width * height) / 60; count++) {
    const at = Math.floor(place() * (width * height - 3));
    const dn = place() < 0.7 ? 1023 : 0;
    samples[at] = dn;
    // Of one colour two columns further, of another one beside it.
    if (count % 3 > 0) samples[at + (count % 3)] = dn;
  }
  const noise = { slope: 0.4, offset: 20 };
  return { width, height, samples, sensor: { ...sensor, defects, shading, noise } };
}

const mosaic = badMosaic();
const linearised = {
  table: { ...mosaic.sensor, linearisation: Float32Array.of(0, 200, 420, 660, 1023) },
  polynomial: { ...mosaic.sensor, linearisationPolynomial: [0, 900, 123] },
};

const cases: Record<string, ParameterValues> = {
  'what is on by default': {},
  'bilinear demosaicking': { demosaic_method: 'bilinear', sharpen_amount: 1 },
  'half the size': { output_resolution: 'half', sharpen_amount: 1 },
  'a quarter of the size': { output_resolution: 'quarter', sharpen_amount: 1 },
  'a gamma': { tone_curve: 'gamma', tone_gamma: 2.4, tone_contrast: 0.4 },
  'a filmic curve': { tone_curve: 'filmic', tone_filmic_white: 3, exposure_ev: -0.5 },
  'a curve of the user': { tone_curve: 'user', tone_points: '0,0 0.3,0.2 0.7,0.85 1,1', tone_shadows: 0.3 },
  'colour in linear light': { colour_domain: 'linear', colour_saturation: 1.3, tone_contrast: 0.3 },
  'colour in linear light, a quarter': { colour_domain: 'linear', output_resolution: 'quarter', tone_curve: 'filmic' },
  'chroma noise reduction': { chroma_enabled: true, chroma_strength: 6 },
  'chroma noise reduction at half size': { chroma_enabled: true, output_resolution: 'half' },
  'sharpening with coring': { sharpen_coring: true, sharpen_threshold: 2, sharpen_amount: 2 },
  'coring in linear light': { sharpen_coring: true, colour_domain: 'linear', sharpen_amount: 1.5 },
  'the map of defects': { defect_correction: 'map' },
  'single defects': { defect_correction: 'singles' },
  'couplets, narrowly': {
    defect_correction: 'couplets',
    defect_hot_excess: 0.01,
    defect_noise_margin: 1,
    defect_dead_share: 0.9,
  },
  'lens shading': { shading_correction: true, shading_strength: 0.8 },
  'green equalisation': { green_equalisation: true, green_limit: 0.2 },
  'RAW noise reduction': { raw_noise_reduction: true },
  'digital gain': { digital_gain: 1.7 },
  'everything on the mosaic': {
    defect_correction: 'couplets',
    raw_noise_reduction: true,
    green_equalisation: true,
    shading_correction: true,
    chroma_enabled: true,
  },
  'a crop': { crop_left: 6, crop_top: 10, crop_width: 32, crop_height: 26, defect_correction: 'couplets' },
  'a crop at the border, half size': { crop_left: 20, crop_height: 22, output_resolution: 'half' },
  'a crop, a quarter of the size': { crop_left: 8, crop_top: 4, crop_width: 32, crop_height: 24, output_resolution: 'quarter' },
  'a quarter turn': { picture_orientation: 'rotate-90', chroma_enabled: true },
  'a half turn': { picture_orientation: 'rotate-180' },
  'a mirror': { picture_orientation: 'mirror' },
  'a flip of a crop': { picture_orientation: 'flip', crop_top: 4, crop_height: 30 },
};

/**
 * Sums of a convolution on planes come in another order than on the mosaic, and so may the two halves of a pixel that lies between two
 * steps; what a sample is judged by is the same arithmetic, so that no defect tells.
 */
const oneStep = 1;

/** Operators that one pass over rows can be made of. Lists of what was found, tables and sorting are not among them. */
const vocabulary = new Set(
  ['Cast Pad Slice Concat Reshape Transpose Expand', 'Add Sub Mul Div Min Max Neg Abs Sqrt Reciprocal Clip Greater Less Where']
    .concat('ReduceMax ReduceMin ReduceSum ReduceMean MatMul Conv AveragePool MaxPool QuantizeLinear')
    .flatMap((line) => line.split(' ')),
);

/** Nodes that depend on the mosaic. */
function rasterNodes({ nodes }: Graph): readonly Node[] {
  const made = new Set<string>([stagePorts.mosaic]);
  return nodes.filter(({ inputs, outputs }) => {
    const isRaster = inputs.some((name) => made.has(name));
    if (isRaster) for (const { name } of outputs) made.add(name);
    return isRaster;
  });
}

function worstDifference(one: Uint8Array, other: Uint8Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((worst, value, index) => Math.max(worst, Math.abs(value - (other[index] as number))), 0);
}

async function difference(source: ReferenceMosaic, look: ParameterValues): Promise<number> {
  const values = { ...defaults, ...look };
  const rows = await processMosaic(inRows, source, values, lanes());
  const strips = await processMosaic(fastIsp, source, values, lanes());
  expect([rows.width, rows.height]).toEqual([strips.width, strips.height]);
  return worstDifference(rows.pixels, strips.pixels);
}

describe('the graph that a kernel is made of gives the picture of the one for strips', () => {
  for (const [name, look] of Object.entries(cases)) {
    it(`with ${name}`, async () => {
      expect(await difference(mosaic, look)).toBeLessThanOrEqual(oneStep);
    });
  }

  for (const [name, sensor] of Object.entries(linearised)) {
    it(`of a sensor that is linearised by a ${name}`, async () => {
      expect(await difference({ ...mosaic, sensor }, { defect_correction: 'couplets' })).toBeLessThanOrEqual(oneStep);
    });
  }

  it('changes with what the corrections correct, which the comparisons above would not tell', async () => {
    const pictures: Uint8Array[] = [];
    for (const defect_correction of ['off', 'map', 'singles', 'couplets']) {
      pictures.push((await processMosaic(inRows, mosaic, { ...defaults, defect_correction }, lanes())).pixels);
    }
    const [off, map, singles, couplets] = pictures as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    for (const [one, other] of [[off, map] as const, [map, singles] as const, [singles, couplets] as const]) {
      expect(worstDifference(one, other)).toBeGreaterThan(50);
    }
  });
});

describe('the graph that a kernel is made of', () => {
  const everything = cases['everything on the mosaic'];

  // What means of four pixels make is not on the raster of cells any more.
  for (const [name, look] of Object.entries(cases).filter(([, { output_resolution }]) => output_resolution !== 'quarter')) {
    it(`makes its rows by few operators, with ${name}`, () => {
      const { width, height, sensor } = mosaic;
      const { graph } = fastIsp.plan({ width, height, sensor, values: { ...defaults, ...look }, cut: 'rows' });
      const nodes = rasterNodes(graph);
      const strided = nodes.filter(({ attributes }) => [attributes['strides']].flat().some((stride) => Number(stride) > 1));
      expect(strided).toEqual([]);
      expect([...new Set(nodes.map(({ operator }) => operator))].filter((operator) => !vocabulary.has(operator))).toEqual([]);
    });
  }

  for (const [name, look] of Object.entries({ 'defects and shading': everything, 'colour alone': {} })) {
    it(`makes the same bits in one strip and in several, with ${name}`, async () => {
      const tall = badMosaic(48, 380);
      const [one, several] = [4096, 128].map((strip_rows) => ({ ...defaults, ...look, strip_rows }));
      const whole = await processMosaic(inRows, tall, one as ParameterValues, lanes());
      const cut = await processMosaic(inRows, tall, several as ParameterValues, lanes());
      expect([whole, cut].map(({ event }) => event.statistics['strips'])).toEqual([1, 3]);
      expect(Buffer.compare(whole.pixels, cut.pixels)).toBe(0);
    });
  }
});
