import { describe, expect, it } from 'vitest';
import { ispScopeSource } from '../../../../main/export/scope/isp-source.ts';
import type { SensorDescription } from '../../../../main/frame/frame-meta.ts';
import { fastIsp } from '../../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../../main/live/single-frame.ts';
import { defaultValues } from '../../../../main/processor/parameters.ts';
import type { ParameterValues } from '../../../../preload/contract.ts';
import type { ByteFrame } from '../../../support/scope-python.ts';
import { byteFrames, exportBench, largestByteError, pythonAbsence } from './exported.ts';

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

/** What the sensor would have recorded of a frame, computed pixel by pixel in double precision. */
function mosaicOf(frame: ByteFrame, gains: readonly [number, number, number]): Uint16Array {
  const [a, b, c, d, e, f, g, h, i] = sensor.srgbFromCamera;
  const smallest = Math.min(...gains);
  const colours = 'GBRG';
  return Uint16Array.from({ length: rows * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    const light = [0, 1, 2].map((channel) => {
      const encoded = (frame.data[index * 3 + channel] as number) / 255;
      return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    const phase = (row % 2) * 2 + (column % 2);
    const channel = 'RGB'.indexOf(colours[phase] as string);
    // Cramer's rule: the camera's channel whose matrix gives this light.
    const columnsOf = [
      [a, d, g],
      [b, e, h],
      [c, f, i],
    ].map((old, at) => (at === channel ? light : old)) as [number, number, number][];
    const determinant = ([p, q, r]: [number, number, number][]): number => {
      const [[p0, p1, p2], [q0, q1, q2], [r0, r1, r2]] = [p, q, r] as [number, number, number][] as never as number[][];
      return (
        (p0 as number) * ((q1 as number) * (r2 as number) - (q2 as number) * (r1 as number)) -
        (q0 as number) * ((p1 as number) * (r2 as number) - (p2 as number) * (r1 as number)) +
        (r0 as number) * ((p1 as number) * (q2 as number) - (p2 as number) * (q1 as number))
      );
    };
    const whole = determinant([
      [a, d, g],
      [b, e, h],
      [c, f, i],
    ]);
    const camera = Math.min(1, Math.max(0, determinant(columnsOf) / whole));
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

describe.skipIf(pythonAbsence !== undefined).each(chains)('the exported ISP chain %s', (_name, load, runtime) => {
  it("develops the scene's mosaic as the lab does, at the tuned values and with others", async () => {
    const values = { ...defaults, ...load };
    const source = await ispScopeSource({ stage: fastIsp, sensor, values }, []);
    expect(source.graphs.map(({ size }) => size)).toEqual([undefined]);
    await bench.load(source);
    const frames = byteFrames(2, rows, columns);
    const balance = [defaults.wb_red_gain as number, 1, defaults.wb_blue_gain as number] as const;
    for (const kwargs of [{}, runtime]) {
      const [chunk] = await bench.python.run('fast-isp', {}, [{ video: frames, kwargs }]);
      const expected = await Promise.all(frames.map((frame) => ofTheLab(frame, { ...values, ...kwargs }, balance)));
      const all = Uint8Array.from(expected.flatMap((picture) => [...picture]));
      // Scope cuts to bytes, and a sample of the mosaic may round the other way.
      const error = largestByteError(chunk?.data as Uint8Array, all);
      expect(error).toBeLessThanOrEqual(1);
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
