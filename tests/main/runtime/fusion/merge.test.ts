import { describe, expect, it } from 'vitest';
import { mergeBurst } from '../../../../main/runtime/fusion/merge.ts';
import { mergedSensor } from '../../../../main/runtime/fusion/merge-spec.ts';
import { createSimulatedBurst, equalSpec, noiseAt, psnr, sensor } from './burst.ts';

const width = 640;
const height = 360;
const shoot = createSimulatedBurst(width, height);
const sequences = [10, 11, 12, 13, 14, 15, 16, 17];

describe('mergeBurst', () => {
  it('refuses another number of mosaics than the spec has frames', () => {
    const output = new Uint16Array(width * height);
    expect(() => mergeBurst(equalSpec(width, height, 2), [shoot({ sequence: 0 })], output)).toThrow(
      'Expected 2 mosaics but received 1',
    );
  });

  it('ends at once when the checkpoint throws', () => {
    const mosaics = sequences.slice(0, 3).map((sequence) => shoot({ sequence }));
    let asked = 0;
    const cancel = (): void => {
      asked += 1;
      throw new Error('cancelled');
    };
    const output = new Uint16Array(width * height);
    expect(() => mergeBurst(equalSpec(width, height, 3), mosaics, output, cancel)).toThrow('cancelled');
    expect(asked).toBe(1);
    expect(output.every((sample) => sample === 0)).toBe(true);
  });

  it('gives a single frame back on the finer scale', () => {
    const spec = equalSpec(width, height, 1);
    const mosaic = shoot({ sequence: 0 });
    const output = new Uint16Array(width * height);
    const report = mergeBurst(spec, [mosaic], output);
    expect(report.shifts).toEqual([{ x: 0, y: 0 }]);
    expect(output).toEqual(mosaic.map((sample) => sample * spec.outputScale));
    expect(mergedSensor(spec)).toMatchObject({ bits: 16, whiteLevel: 1023 * 64, blackLevels: [4096, 4096, 4096, 4096] });
  });
});

describe('mergedSensor', () => {
  it('tells the noise of the mean on the finer scale', () => {
    const spec = equalSpec(width, height, 4);
    const merged = mergedSensor({ ...spec, sensor: { ...sensor, noise: { slope: 0.2, offset: 3 } } });
    // A mean of four has a quarter of the variance; variances in DN² grow with the square of the scale, 64.
    expect(merged.noise).toEqual({ slope: (0.2 * 64) / 4, offset: (3 * 4096) / 4 });
  });

  it('keeps what the sensor makes linear, on the finer scale', () => {
    // A companded sensor: 2 linear DN per step below the middle, 6 above.
    const linear = (dn: number): number => (dn <= 512 ? 2 * dn : 1024 + 6 * (dn - 512));
    const linearisation = Float32Array.from({ length: 1024 }, (_, dn) => linear(dn));
    const merged = mergedSensor({ ...equalSpec(width, height, 2), sensor: { ...sensor, linearisation } });
    const table = merged.linearisation as Float32Array;
    for (const index of [0, 100, 511, 700, 1000]) {
      // Entries lie evenly over 16 bits; a merged sample is 64 times one of the sensor's.
      const dn = (65535 * index) / 1023 / 64;
      expect((table[index] as number) / 64).toBeCloseTo(linear(dn), 1);
    }
  });
});

describe('mergeBurst, on a tripod', () => {
  it.each([1, 8])('gains nearly 9 dB from 8 frames of a still scene at gain %d', (analogueGain) => {
    const exposure = { analogueGain, exposureMicros: 10_000 / analogueGain };
    const spec = equalSpec(width, height, 8, analogueGain, 3);
    const mosaics = sequences.map((sequence) => shoot({ sequence, ...exposure }));
    const truth = shoot({ sequence: 0, ...exposure, noise: false });
    const output = new Uint16Array(width * height);
    const { meanWeights } = mergeBurst(spec, mosaics, output);
    // Eight independent frames would give 10 log10(8) = 9.03 dB.
    expect(psnr(output, spec.outputScale, truth) - psnr(mosaics[3] as Uint16Array, 1, truth)).toBeGreaterThan(8);
    expect(Math.min(...meanWeights)).toBeGreaterThan(0.97);
  });

  it.each([1, 8])('loses less than 1 dB where something moves, at gain %d', (analogueGain) => {
    const exposure = { analogueGain, exposureMicros: 10_000 / analogueGain, motion: true };
    const spec = equalSpec(width, height, 8, analogueGain, 3);
    const mosaics = sequences.map((sequence) => shoot({ sequence, ...exposure }));
    const clean = sequences.map((sequence) => shoot({ sequence, ...exposure, noise: false }));
    const truth = clean[3] as Uint16Array;
    const moves = (index: number): boolean =>
      clean.some((other) => Math.abs((other[index] as number) - (truth[index] as number)) > 2);
    expect(truth.filter((_, index) => moves(index)).length).toBeGreaterThan(5000);
    const output = new Uint16Array(width * height);
    mergeBurst(spec, mosaics, output);
    const single = psnr(mosaics[3] as Uint16Array, 1, truth, moves);
    expect(psnr(output, spec.outputScale, truth, moves)).toBeGreaterThan(single - 1);
  });
});

describe('mergeBurst, where the frames differ', () => {
  it('finds how far a hand-held camera moved, and gains as much as one on a tripod', () => {
    const moves = [
      { x: 0, y: 0 },
      { x: 2, y: 0 },
      { x: -4, y: 6 },
      { x: 10, y: -8 },
      { x: -20, y: 14 },
    ];
    const margin = 24;
    const shootWide = createSimulatedBurst(width + 2 * margin, height + 2 * margin);
    const crop = (mosaic: Uint16Array, { x, y }: { x: number; y: number }): Uint16Array => {
      const rows = Array.from({ length: height }, (_, row) => {
        const start = (row + margin + y) * (width + 2 * margin) + margin + x;
        return mosaic.subarray(start, start + width);
      });
      return Uint16Array.from(rows.flatMap((row) => [...row]));
    };
    const exposure = { analogueGain: 8, exposureMicros: 1250 };
    const mosaics = moves.map((move, sequence) => crop(shootWide({ sequence, ...exposure }), move));
    const truth = crop(shootWide({ sequence: 0, ...exposure, noise: false }), { x: 0, y: 0 });
    const spec = equalSpec(width, height, moves.length, 8);
    const output = new Uint16Array(width * height);
    const { shifts } = mergeBurst(spec, mosaics, output);
    // The frame shows a point of the reference where it was before the camera moved.
    expect(shifts).toEqual(moves.map(({ x, y }) => ({ x: 0 - x, y: 0 - y })));
    // Five frames at best give 7.0 dB; the newly seen edges have fewer.
    expect(psnr(output, spec.outputScale, truth) - psnr(mosaics[0] as Uint16Array, 1, truth)).toBeGreaterThan(5.5);
  });

  it.each([0, 1, 2])('merges an exposure bracket on the scale of frame %d', (reference) => {
    const exposures = [2500, 10_000, 30_000];
    const mosaics = exposures.map((exposureMicros, sequence) => shoot({ sequence, exposureMicros }));
    const exposureMicros = exposures[reference] as number;
    const truth = shoot({ sequence: 0, exposureMicros, noise: false });
    const frames = exposures.map((exposure) => ({ exposure, noise: noiseAt(1) }));
    const spec = { ...equalSpec(width, height, 3), frames, reference };
    const output = new Uint16Array(width * height);
    mergeBurst(spec, mosaics, output);
    const isBelowWhite = (index: number): boolean => (truth[index] as number) < sensor.whiteLevel;
    const single = psnr(mosaics[reference] as Uint16Array, 1, truth, isBelowWhite);
    expect(psnr(output, spec.outputScale, truth, isBelowWhite)).toBeGreaterThan(single + 1);
  });
});
