import { describe, expect, it } from 'vitest';
import { ispScopeSource } from '../../../../main/export/scope/isp-source.ts';
import { importScopeSchema } from '../../../../main/export/scope/scope-schema.ts';
import type { SensorDescription } from '../../../../main/frame/frame-meta.ts';
import { fastIsp } from '../../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../../main/live/single-frame.ts';
import { defaultValues, describeParameters } from '../../../../main/processor/parameters.ts';
import type { ParameterValues } from '../../../../preload/contract.ts';
import type { ByteFrame } from '../../../support/scope-python.ts';
import { byteFrames, exportBench, largestByteError, pythonAbsence, withoutPython } from './exported.ts';

const bench = exportBench();
const sensor = {
  cfa: 'GBRG',
  bits: 12,
  blackLevels: [250, 256, 260, 254],
  whiteLevel: 4000,
  whiteBalance: [1.9, 1, 1.6],
  srgbFromCamera: [1.5, -0.4, -0.1, -0.2, 1.4, -0.2, 0, -0.5, 1.5],
  noise: { slope: 0.4, offset: 6 },
  defects: Uint32Array.of(5, 99),
  shading: { rows: 2, columns: 2, gains: Float32Array.from({ length: 16 }, () => 2) },
} as const satisfies SensorDescription;
const defaults = { ...defaultValues(fastIsp.declaration.params), ...fastIsp.defaultsFor(sensor) };
const [rows, columns] = [40, 48];

/** The determinant of three columns. */
function determinant(columnsOf: readonly (readonly number[])[]): number {
  const at = (column: number, row: number): number => columnsOf[column]?.[row] as number;
  const minor = (a: number, b: number): number => at(1, a) * at(2, b) - at(1, b) * at(2, a);
  return at(0, 0) * minor(1, 2) - at(0, 1) * minor(0, 2) + at(0, 2) * minor(0, 1);
}

/** The camera's channel of which its matrix makes this light, by Cramer's rule. */
function cameraChannel(light: readonly number[], channel: number): number {
  const matrix = [0, 1, 2].map((column) => [0, 3, 6].map((row) => sensor.srgbFromCamera[row + column] as number));
  return determinant(matrix.map((old, column) => (column === channel ? light : old))) / determinant(matrix);
}

/** What the sensor would have recorded of a frame, computed pixel by pixel in double precision. */
function mosaicOf(frame: ByteFrame, gains: readonly [number, number, number]): Uint16Array {
  const smallest = Math.min(...gains);
  return Uint16Array.from({ length: rows * columns }, (_, index) => {
    const light = [0, 1, 2].map((channel) => {
      const encoded = (frame.data[index * 3 + channel] as number) / 255;
      return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
    });
    const phase = (Math.floor(index / columns) % 2) * 2 + (index % 2);
    const channel = 'RGB'.indexOf(sensor.cfa[phase] as string);
    const camera = Math.min(1, Math.max(0, cameraChannel(light, channel)));
    const black = sensor.blackLevels[phase] as number;
    return Math.round(black + ((sensor.whiteLevel - black) * camera * smallest) / (gains[channel] as number));
  });
}

/** What the lab's own lanes make of that mosaic. */
async function ofTheLab(
  frame: ByteFrame,
  values: ParameterValues,
  balance: readonly [number, number, number],
): Promise<Uint8Array> {
  const { shading: _, defects: __, ...ideal } = sensor;
  const mosaic = { width: columns, height: rows, samples: mosaicOf(frame, balance), sensor: ideal };
  const { pixels } = await processMosaic(fastIsp, mosaic, values, 1);
  return pixels.filter((_value, index) => index % 4 !== 3);
}

const chains: [name: string, load: ParameterValues, runtime: ParameterValues][] = [
  ['as it is', {}, { exposure_ev: 0.6, tone_contrast: 0.35, tone_shadows: -0.4, colour_saturation: 1.3, digital_gain: 1.2 }],
  ['with a filmic curve in linear light', { tone_curve: 'filmic', colour_domain: 'linear' }, { tone_filmic_white: 3.7 }],
  [
    'with noise reduction, half size',
    { output_resolution: 'half', chroma_enabled: true, raw_noise_reduction: true, sharpen_coring: true },
    { chroma_strength: 3, raw_noise_strength: 1.7, sharpen_threshold: 2.2, wb_red_gain: 2.2 },
  ],
];

describe.skipIf(pythonAbsence !== undefined).each(chains)(`the exported ISP chain %s${withoutPython}`, (name, load, runtime) => {
  it("develops the scene's mosaic as the lab does, with values other than the tuned ones", async () => {
    const values = { ...defaults, ...load };
    const source = await ispScopeSource({ stage: fastIsp, sensor, values }, []);
    expect(source.graphs.map(({ size }) => size)).toEqual([undefined]);
    const { schema } = await bench.load(source);
    const imported = importScopeSchema(JSON.parse(JSON.stringify(schema)));
    expect(imported).toMatchObject({ skipped: [], facts: { id: 'fast-isp' } });
    expect(new Set(imported.fixed)).toEqual(new Set(source.fixed.map(({ name: fixed }) => fixed)));
    const comeBack = Object.keys(imported.params);
    expect(describeParameters(imported.params)).toEqual(
      describeParameters(fastIsp.declaration.params)
        .filter(({ name: one }) => comeBack.includes(one))
        .map((one) => ({ ...one, defaultValue: values[one.name as keyof typeof values] })),
    );
    const frames = byteFrames(1, rows, columns);
    const balance = [defaults.wb_red_gain as number, 1, defaults.wb_blue_gain as number] as const;
    for (const kwargs of name === 'as it is' ? [{}, runtime] : [runtime]) {
      const [chunk] = await bench.python.run('fast-isp', {}, [{ video: frames, kwargs }]);
      const expected = await Promise.all(frames.map((frame) => ofTheLab(frame, { ...values, ...kwargs }, balance)));
      const all = Uint8Array.from(expected.flatMap((picture) => [...picture]));
      // Scope cuts to bytes, and a sample of the mosaic may round the other way.
      const error = largestByteError(chunk?.data as Uint8Array, all);
      expect(error).toBeLessThanOrEqual(1);
    }
  });
});

describe.skipIf(pythonAbsence !== undefined)(`the exported ISP chain with its matrix in linear light${withoutPython}`, () => {
  it("gives a frame's own colours back, which no parameter changes yet", async () => {
    const values = { ...defaults, colour_domain: 'linear', sharpen_amount: 0 };
    await bench.load(await ispScopeSource({ stage: fastIsp, sensor, values }, []));
    // Within what the camera's filters can tell. Odd, so that a last row and column are cut off.
    for (const colour of [
      [178, 128, 77],
      [64, 64, 64],
      [250, 245, 240],
    ]) {
      const data = Uint8Array.from({ length: 33 * 35 * 3 }, (_, index) => colour[index % 3] as number);
      const [chunk] = await bench.python.run('fast-isp', {}, [{ video: [{ data, rows: 33, columns: 35 }], kwargs: {} }]);
      expect(chunk?.shape).toEqual([1, 32, 34, 3]);
      expect(largestByteError(chunk?.data as Uint8Array, data.subarray(0, 32 * 34 * 3))).toBeLessThanOrEqual(1);
    }
  });
});

describe('the ISP chain as a source', () => {
  it('keeps parameters that have an effect, with tuned values as their defaults, and tells what is fixed and left out', async () => {
    const values = { ...defaults, exposure_ev: 0.25 };
    const { runtime, fixed, open, remarks } = await ispScopeSource({ stage: fastIsp, sensor, values }, []);
    const byName = Object.fromEntries(runtime.map(({ name, defaultValue }) => [name, defaultValue]));
    expect(byName).toEqual({
      wb_red_gain: 1.9,
      wb_blue_gain: 1.6,
      exposure_ev: 0.25,
      tone_contrast: 0,
      tone_shadows: 0,
      colour_saturation: 1,
      sharpen_amount: 0.4,
      digital_gain: 1,
    });
    expect(open).toEqual([]);
    expect(fixed.map(({ name }) => name)).toContain('demosaic_method');
    expect(fixed.map(({ name }) => name)).not.toContain('execution_provider');
    expect(remarks.join(' ')).toMatch(
      /GBRG mosaic from black at 250, 256, 260, 254 to white at 4000 DN.*left out: .*tone_gamma/s,
    );
  });
});
