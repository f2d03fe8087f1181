import { describe, expect, it } from 'vitest';
import { linearFrame } from '../../../main/isp/linear-frame.ts';
import { syntheticMosaic } from '../../support/synthetic-mosaic.ts';

const plain = syntheticMosaic('RGGB', 40, 28);
/** Three pieces, corners at 256 and 512 of 1023 DN. */
const table = Float32Array.from({ length: 1024 }, (_, dn) => (dn < 256 ? dn : dn < 512 ? 2 * dn - 256 : 6.4 * dn - 2508.8));

describe('a linear frame', () => {
  it('of a linear sensor is the frame itself', () => {
    expect(linearFrame(plain)).toEqual({ mosaic: plain, dnScale: 1 });
    expect(linearFrame(plain).mosaic).toBe(plain);
  });

  it.each([
    ['a table', { linearisation: table }, (dn: number) => (dn < 256 ? dn : dn < 512 ? 2 * dn - 256 : 6.4 * dn - 2508.8)],
    ['a polynomial', { linearisationPolynomial: [0, 600, 423] }, (dn: number) => 600 * (dn / 1023) + 423 * (dn / 1023) ** 2],
  ] as const)('has the samples of %s in 16 bits, black and white where they were', (_, fields, curve) => {
    const { mosaic, dnScale } = linearFrame({ ...plain, sensor: { ...plain.sensor, ...fields } });
    expect(dnScale).toBe(64);
    expect(mosaic.sensor).toEqual({
      ...plain.sensor,
      bits: 16,
      blackLevels: plain.sensor.blackLevels.map((level) => 64 * level),
      whiteLevel: 64 * plain.sensor.whiteLevel,
    });
    // The mean of the black levels is 63.5 DN, white 1000.
    for (const [index, dn] of plain.samples.entries()) {
      const kept = 63.5 + ((curve(dn) - curve(63.5)) * (1000 - 63.5)) / (curve(1000) - curve(63.5));
      expect(Math.abs((mosaic.samples[index] as number) - Math.max(0, 64 * kept))).toBeLessThan(0.6);
    }
  });
});
