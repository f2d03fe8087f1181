import { describe, expect, it } from 'vitest';
import { type ExposureSettings, SensorModel, sensorConstants } from '../../../../main/camera/simulator/sensor-model.ts';

const side = 512;
const defaults: ExposureSettings = { exposureMicros: 10_000, analogueGain: 1, noise: true };
const { blackLevelDn, conversionGainDnPerElectron, readNoiseElectrons, converterNoiseDn } = sensorConstants;

/** Mean and variance of the first green position of a flat field. */
function flatField(radiance: number, settings: Partial<ExposureSettings>, sequence = 0): { mean: number; variance: number } {
  const greens = exposedFlat(radiance, settings, sequence).filter(
    (_, index) => index % 2 === 1 && Math.floor(index / side) % 2 === 0,
  );
  const mean = greens.reduce((sum, value) => sum + value, 0) / greens.length;
  const variance = greens.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (greens.length - 1);
  return { mean: mean - blackLevelDn, variance };
}

function exposedFlat(radiance: number, settings: Partial<ExposureSettings>, sequence = 0): Uint16Array {
  const light = new Float32Array(side * side).fill(radiance);
  const samples = new Uint16Array(side * side);
  new SensorModel('RGGB', 3, side).expose(light, side, side, { ...defaults, ...settings }, sequence, samples);
  return samples;
}

describe('photons', () => {
  it('put the white patch at three quarters of the range by default', () => {
    expect(flatField(0.896, {}).mean / (1023 - blackLevelDn)).toBeCloseTo(0.75, 2);
  });

  it.each([
    [{ exposureMicros: 2500 }, { exposureMicros: 5000 }],
    [{ analogueGain: 1.5 }, { analogueGain: 3 }],
  ])('double with the setting: %o to %o', (single, double) => {
    expect(flatField(0.2, double).mean / flatField(0.2, single).mean).toBeCloseTo(2, 1.5);
  });

  it('saturate at the white level and never leave the range', () => {
    const bright = exposedFlat(1.5, { exposureMicros: 33_000 });
    expect(bright.every((sample) => sample <= 1023)).toBe(true);
    expect(flatField(1.5, { exposureMicros: 33_000 }).mean).toBe(1023 - blackLevelDn);
    expect(flatField(0, { analogueGain: 16 }).mean).toBeCloseTo(0, 0);
  });
});

describe('noise', () => {
  it.each([1, 4])('has a photon-transfer slope of the conversion gain at gain %d', (analogueGain) => {
    const points = [0.05, 0.1, 0.15, 0.2].map((radiance, index) => flatField(radiance, { analogueGain }, index));
    const meanOf = (pick: (point: (typeof points)[0]) => number): number =>
      points.reduce((sum, point) => sum + pick(point), 0) / points.length;
    const centreX = meanOf(({ mean }) => mean);
    const centreY = meanOf(({ variance }) => variance);
    const slope =
      meanOf(({ mean, variance }) => (mean - centreX) * (variance - centreY)) / meanOf(({ mean }) => (mean - centreX) ** 2);
    expect(slope / (conversionGainDnPerElectron * analogueGain)).toBeGreaterThan(0.96);
    expect(slope / (conversionGainDnPerElectron * analogueGain)).toBeLessThan(1.04);
  });

  it('falls to read, converter and rounding noise in the dark', () => {
    const gain = conversionGainDnPerElectron * 8;
    const expected = (gain * readNoiseElectrons) ** 2 + converterNoiseDn ** 2 + 1 / 12;
    expect(flatField(0, { analogueGain: 8 }).variance / expected).toBeCloseTo(1, 1);
  });

  it('gives a signal-to-noise ratio that grows with the root of the exposure, and not with the gain', () => {
    const ratio = (settings: Partial<ExposureSettings>): number => {
      const { mean, variance } = flatField(0.2, settings);
      return mean / Math.sqrt(variance);
    };
    expect(ratio({ exposureMicros: 20_000 }) / ratio({ exposureMicros: 5000 })).toBeCloseTo(2, 1);
    expect(ratio({ analogueGain: 4 }) / ratio({ analogueGain: 1 })).toBeCloseTo(1, 1);
  });

  it('is independent from pixel to pixel, from row to row and from frame to frame', () => {
    const first = exposedFlat(0.3, {}, 0);
    const second = exposedFlat(0.3, {}, 1);
    const greens = [...Array(side * side).keys()].filter((index) => index % 2 === 1 && Math.floor(index / side) % 2 === 0);
    const mean = greens.reduce((sum, index) => sum + (first[index] as number), 0) / greens.length;
    const correlation = (other: Uint16Array, offset: number): number => {
      const pairs = greens.filter((index) => index + offset < side * side);
      const product = (a: Uint16Array, b: Uint16Array, shift: number): number =>
        pairs.reduce((sum, index) => sum + ((a[index] as number) - mean) * ((b[index + shift] as number) - mean), 0);
      return product(first, other, offset) / product(first, first, 0);
    };
    expect(Math.abs(correlation(first, 2))).toBeLessThan(0.02);
    expect(Math.abs(correlation(first, 2 * side))).toBeLessThan(0.02);
    expect(Math.abs(correlation(second, 0))).toBeLessThan(0.02);
  });

  it('is absent when switched off', () => {
    expect(flatField(0.3, { noise: false }).variance).toBe(0);
  });
});
