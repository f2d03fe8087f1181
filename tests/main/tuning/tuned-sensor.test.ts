import { describe, expect, it } from 'vitest';
import type { SensorDescription } from '../../../main/frame/frame-meta.ts';
import { cctOfGains, tunedParameters, tunedSensor } from '../../../main/tuning/tuned-sensor.ts';
import { parseTuning } from '../../../main/tuning/tuning-file.ts';
import type { Tuning } from '../../../main/tuning/tuning-schema.ts';

const sensor: SensorDescription = { cfa: 'RGGB', bits: 10, blackLevels: [1, 1, 1, 1], whiteLevel: 1000, whiteBalance: [1, 1, 1] };
const size = { width: 8, height: 4 };

function tuningWith(fields: object): Tuning {
  return parseTuning(JSON.stringify({ format: 'camera-lab-tuning', version: 2, camera: 'test', ...fields }), 'test');
}

const at = (tuning: Tuning, gain: number, cctKelvin = 6500): SensorDescription =>
  tunedSensor(tuning, sensor, { gain, cctKelvin, ...size });

describe('a tuned sensor', () => {
  it('is refused where black comes to lie above the white of the source', () => {
    const blackLevels = [{ gain: 1, levels: [16_000, 0, 0, 0] }];
    expect(() => at(tuningWith({ blackLevels }), 1)).toThrow(
      'Expected black levels below white, 1000 DN, in the tuning of test but received 16000',
    );
  });

  it('is what the source says where the tuning says nothing', () => {
    expect(at(tuningWith({}), 4)).toEqual(sensor);
  });

  it('has noise between its gains in proportion to powers of the gain, and keeps the outermost beyond', () => {
    // A sensor of conversion gain g and read noise r: slope g, offset (r g)², at every gain.
    const noise = [1, 16].map((gain) => ({ gain, slope: 0.25 * gain, offset: (3 * gain) ** 2 }));
    for (const gain of [1, 2, 4, 11, 16]) {
      const { slope, offset } = at(tuningWith({ noise }), gain).noise ?? { slope: 0, offset: 0 };
      expect(slope / (0.25 * gain)).toBeCloseTo(1, 9);
      expect(offset / (3 * gain) ** 2).toBeCloseTo(1, 9);
    }
    expect(at(tuningWith({ noise }), 99).noise?.slope).toBe(4);
    expect(at(tuningWith({ noise }), 0.5).noise?.slope).toBe(0.25);
  });

  it('has black levels halfway between two gains of which it is the geometric mean', () => {
    const blackLevels = [1, 4].map((gain) => ({ gain, levels: [gain, 2 * gain, 3 * gain, 4 * gain] }));
    expect(at(tuningWith({ blackLevels }), 2).blackLevels).toEqual([2.5, 5, 7.5, 10]);
  });

  it('has colour and shading between two lights by reciprocal temperature, with neutral rows', () => {
    const matrix = (shift: number): number[] => [1 + shift, -shift, 0, -shift, 1 + shift, 0, 0, -shift, 1 + shift];
    const colour = [
      { cctKelvin: 2500, whiteBalance: [1, 1, 3], srgbFromCamera: matrix(0.8), srgbFromCameraEncoded: matrix(0.4) },
      { cctKelvin: 10_000, whiteBalance: [2, 1, 1], srgbFromCamera: matrix(0.2), srgbFromCameraEncoded: matrix(0) },
    ];
    const shading = [2500, 10_000].map((cctKelvin, index) => ({
      cctKelvin,
      rows: 2,
      columns: 2,
      gains: [0, 1, 2, 3].map((plane) => [1, 1, 1, 1 + plane + index]),
    }));
    // 250 mired lie halfway between 400 and 100.
    const half = at(tuningWith({ colour, shading }), 1, 4000);
    expect(half.whiteBalance).toEqual([1.5, 1, 2]);
    expect(half.srgbFromCamera?.map((value) => Number(value.toFixed(6)))).toEqual(matrix(0.5));
    expect(half.srgbFromCameraEncoded?.map((value) => Number(value.toFixed(6)))).toEqual(matrix(0.2));
    const withoutOne = colour.map(({ srgbFromCameraEncoded, ...rest }, index) =>
      index === 0 ? { ...rest, srgbFromCameraEncoded } : rest,
    );
    expect(at(tuningWith({ colour: withoutOne }), 1, 4000).srgbFromCameraEncoded).toBeUndefined();
    expect([...(half.shading?.gains ?? [])].filter((_, index) => index % 4 === 3)).toEqual([1.5, 2.5, 3.5, 4.5]);
    expect(at(tuningWith({ shading }), 1, 2000).shading?.gains[7]).toBe(2);
  });

  it('has defects in order, in frames of the size for which they are known', () => {
    const tuning = tuningWith({
      defects: {
        ...size,
        positions: [
          [3, 7],
          [0, 2],
          [1, 0],
        ],
      },
    });
    expect(at(tuning, 1).defects).toEqual(Uint32Array.of(2, 8, 31));
    expect(tunedSensor(tuning, sensor, { gain: 1, cctKelvin: 6500, width: 16, height: 4 }).defects).toBeUndefined();
  });
});

describe('a tuned sensor with a polynomial', () => {
  it('has it in the place of the table of the source, and a table in the place of its polynomial', () => {
    const table = { ...sensor, linearisation: Float32Array.of(0, 900) };
    const conditions = { gain: 1, cctKelvin: 6500, ...size };
    const polynomial = tunedSensor(tuningWith({ bits: 9, linearisationPolynomial: [1, 500] }), table, conditions);
    // A bit more than the tuning's doubles every DN.
    expect(polynomial).toEqual({ ...sensor, linearisationPolynomial: [2, 1000] });
    expect(tunedSensor(tuningWith({ linearisation: [0, 1023] }), polynomial, conditions)).toEqual({
      ...sensor,
      linearisation: Float32Array.of(0, 1023),
    });
  });
});

describe('a tuned sensor of another format', () => {
  it('has DN in its own bits where the tuning says those of its measurements', () => {
    const blackLevels = [{ gain: 1, levels: [256, 260, 252, 248] }];
    const fields = {
      blackLevels,
      whiteLevel: 4000,
      noise: [{ gain: 1, slope: 0.8, offset: 48 }],
      linearisation: [0, 2048, 4095],
    };
    // Two bits less: a quarter of every DN, and a sixteenth of every DN².
    const inTenBits = at(tuningWith({ ...fields, bits: 12 }), 1);
    expect(inTenBits).toMatchObject({
      bits: 10,
      blackLevels: [64, 65, 63, 62],
      whiteLevel: 1000,
      noise: { slope: expect.closeTo(0.2, 9), offset: expect.closeTo(3, 9) },
    });
    expect([...(inTenBits.linearisation ?? [])]).toEqual([0, 512, 1023.75]);
    expect(at(tuningWith(fields), 1)).toMatchObject({ blackLevels: [256, 260, 252, 248], whiteLevel: 4000 });
  });
});

describe('tuned parameters', () => {
  it('are tone at any gain, and noise reduction between its gains', () => {
    const noiseReduction = [1, 16].map((gain) => ({
      gain,
      values: { raw_nr_strength: gain === 1 ? 0.2 : 1, sharpen_amount: 0.5 },
    }));
    const tuning = tuningWith({ tone: { tone_contrast: 0.3 }, noiseReduction });
    expect(tunedParameters(tuning, 4)).toEqual({
      tone_contrast: 0.3,
      raw_nr_strength: expect.closeTo(0.6, 9),
      sharpen_amount: 0.5,
    });
    expect(tunedParameters(tuningWith({}), 4)).toEqual({});
  });
});

describe('the colour temperature of gains', () => {
  const colour = [
    { cctKelvin: 2500, whiteBalance: [1, 1, 4] },
    { cctKelvin: 5000, whiteBalance: [2, 1, 2] },
    { cctKelvin: 10_000, whiteBalance: [2.5, 1, 1.25] },
  ];

  it('is that of the point, on a line the reciprocal mean, and beyond the ends that of the end', () => {
    const tuning = tuningWith({ colour });
    for (const { cctKelvin, whiteBalance } of colour) {
      const [red, green, blue] = whiteBalance as [number, number, number];
      expect(cctOfGains(tuning, [3 * red, 3 * green, 3 * blue])).toBeCloseTo(cctKelvin, 6);
    }
    // Geometric means lie in the middle of the line in the plane of logarithms: 300 mired.
    expect(cctOfGains(tuning, [Math.sqrt(2), 1, Math.sqrt(8)])).toBeCloseTo(1e6 / 300, 6);
    expect(cctOfGains(tuning, [0.5, 1, 9])).toBe(2500);
  });

  it('is not known to a tuning without colour', () => {
    expect(cctOfGains(tuningWith({}), [1, 1, 1])).toBeUndefined();
  });
});
