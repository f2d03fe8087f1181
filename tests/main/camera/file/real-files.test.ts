import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeFile } from '../../../../main/camera/file/probe.ts';
import { readRawFile } from '../../../../main/camera/file/raw-file.ts';

const dataFolder = resolve(process.env.CAMERA_LAB_DATA ?? join(import.meta.dirname, '../../../../../shared/data'));
const isPresent = existsSync(dataFolder);
if (!isPresent) console.warn(`Skipped: real RAW files, because ${dataFolder} is absent (set CAMERA_LAB_DATA)`);

const nikon = {
  width: 768,
  height: 512,
  cfa: 'RGGB',
  bits: 14,
  packing: 'unpacked',
  blackLevel: 600,
  whiteLevel: 15520,
} as const;
const pathOf = (name: string): string => join(dataFolder, name);

describe.skipIf(!isPresent)('real RAW files', () => {
  it('decodes a camera DNG of 14-bit strips to its known levels and colour', async () => {
    const { width, height, samples, sensor } = await readRawFile(pathOf('canon550d_ccpassport_1888x1182_14b_rggb.dng'));
    expect([width, height, sensor.cfa, sensor.bits, sensor.whiteLevel]).toEqual([1734, 1156, 'RGGB', 14, 15000]);
    expect(sensor.blackLevels).toEqual([2056, 2056, 2056, 2056]);
    expect(sensor.whiteBalance?.map((gain) => Number(gain.toFixed(3)))).toEqual([2.477, 1, 1.694]);
    const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
    expect(mean).toBeGreaterThan(2056);
    expect(mean).toBeLessThan(5000);
  });

  it('sees the two greens of the DNG agree, which proves order and crop', async () => {
    const { width, samples } = await readRawFile(pathOf('canon550d_ccpassport_1888x1182_14b_rggb.dng'));
    const mean = (dx: number, dy: number): number => {
      let sum = 0;
      for (let y = 600; y < 900; y += 2) for (let x = 700; x < 1200; x += 2) sum += samples[(y + dy) * width + x + dx] as number;
      return sum / (150 * 250) - 2056;
    };
    expect(mean(1, 0) / mean(0, 1)).toBeCloseTo(1, 1);
    expect(Math.abs(mean(0, 0) / mean(1, 0) - 1)).toBeGreaterThan(0.05);
  });

  it('finds exactly the 400 injected defects between two RAW files', async () => {
    const good = await readRawFile(pathOf('nikon_rose_768x512_14b_rggb_le16.raw'), nikon);
    const bad = await readRawFile(pathOf('nikon_rose_400badpix_768x512_14b_rggb_le16.raw'), nikon);
    const changed = bad.samples.filter((sample, index) => sample !== good.samples[index]);
    expect(changed.length).toBe(400);
    expect(changed.filter((sample) => sample === 65535).length).toBe(200);
  });

  it.each([
    ['ar1335_Indoor1_2592x1536_8b_grbg.raw', { width: 2592, height: 1536, bits: 8, cfa: 'GRBG' }],
    ['darkframe_1920x1080_12b_bggr_le16.raw', { width: 1920, height: 1080, bits: 12, cfa: 'BGGR' }],
    ['nikon_rose_768x512_14b_rggb_le16.raw', { width: 768, height: 512, bits: 14, cfa: 'RGGB' }],
  ])('suggests the right geometry of %s', async (name, geometry) => {
    expect((await probeFile(pathOf(name))).suggestions[0]).toMatchObject(geometry);
  });
});
