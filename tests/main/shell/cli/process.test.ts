import { readFile, rm, symlink } from 'node:fs/promises';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Matrix3 } from '../../../../main/base/matrix3.ts';
import { fastIsp } from '../../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../../main/live/single-frame.ts';
import { defaultValues } from '../../../../main/processor/parameters.ts';
import { commandLine, shot, shotBytes, shotGeometry } from './command-line.ts';

const lab = commandLine();
const sensor = { cfa: 'GRBG', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1000 } as const;
const defaults = defaultValues(fastIsp.declaration.params);
const matrix: Matrix3 = [1.6, -0.5, -0.1, -0.3, 1.5, -0.2, 0, -0.6, 1.6];

beforeAll(async () => {
  await lab.write('shot.raw', shotBytes);
});

async function pngOf(name: string): Promise<{ width: number; height: number; channels: number; pixels: Uint8Array }> {
  const { width, height, channels, data } = decode(await readFile(lab.path(name)));
  return { width, height, channels, pixels: Uint8Array.from(data) };
}

describe('lab process', () => {
  it('writes the pixels that the live path makes', async () => {
    const args = ['--input', lab.path('shot.raw'), ...shotGeometry, '--output', lab.path('plain.png')];
    const { code, results, notes } = await lab.run('process', ...args);
    expect({ code, notes }).toEqual({ code: 0, notes: [] });
    expect(results.join()).toMatch(/^Wrote \S+plain\.png, 64x48, in [\d.]+ ms\.$/);
    const expected = await processMosaic(fastIsp, { ...shot, sensor }, defaults, 1);
    expect(await pngOf('plain.png')).toEqual({ width: 64, height: 48, channels: 4, pixels: expected.pixels });
  });

  it('takes white balance, colour matrix and parameters, and says which values it used', async () => {
    const changes = [
      '--wb',
      '1.9, 1, 1.6',
      '--ccm',
      matrix.join(' '),
      '--param',
      'exposure_ev=0.5',
      '--param',
      'output_resolution=half',
    ];
    const args = ['--input', lab.path('shot.raw'), ...shotGeometry, ...changes, '--output', lab.path('tuned.png'), '--json'];
    const { code, results } = await lab.run('process', ...args);
    expect(code).toBe(0);
    const tuned = { wb_red_gain: 1.9, wb_blue_gain: 1.6, exposure_ev: 0.5, output_resolution: 'half' };
    const values = { ...defaults, ...tuned };
    expect(JSON.parse(results.join('\n'))).toMatchObject({
      output: lab.path('tuned.png'),
      width: 32,
      height: 24,
      parameters: values,
    });
    const expected = await processMosaic(fastIsp, { ...shot, sensor: { ...sensor, srgbFromCamera: matrix } }, values, 1);
    expect(await pngOf('tuned.png')).toEqual({ width: 32, height: 24, channels: 4, pixels: expected.pixels });
  });

  it('relates the gains of --wb to green, and lets --param have the last word', async () => {
    const changes = ['--wb', '3,2,4', '--param', 'wb_blue_gain=1.25'];
    const args = ['--input', lab.path('shot.raw'), ...shotGeometry, ...changes, '--output', lab.path('gains.png'), '--json'];
    const { results } = await lab.run('process', ...args);
    expect(JSON.parse(results.join('\n')).parameters).toMatchObject({ wb_red_gain: 1.5, wb_blue_gain: 1.25 });
  });
});

describe('a colour matrix', () => {
  it('may have rows that do not sum to 1, and leaves neutral to the white balance', async () => {
    const scales = [1.2, 1.2, 1.2, 0.8, 0.8, 0.8, 2, 2, 2];
    const vendor = matrix.map((value, index) => value * (scales[index] as number));
    const args = ['--input', lab.path('shot.raw'), ...shotGeometry, '--json'];
    const run = async (numbers: readonly number[], name: string) => {
      const { code, results } = await lab.run('process', ...args, '--ccm', numbers.join(' '), '--output', lab.path(name));
      expect(code).toBe(0);
      return { result: JSON.parse(results.join('\n')), picture: await pngOf(name) };
    };
    const [plain, scaled] = [await run(matrix, 'plain.png'), await run(vendor, 'vendor.png')];
    expect(scaled.result.srgbFromCamera).toEqual(matrix.map((value) => expect.closeTo(value, 12)));
    const unlike = scaled.picture.pixels.filter((value, index) => Math.abs(value - (plain.picture.pixels[index] as number)) > 1);
    expect(unlike).toHaveLength(0);
  });

  it('comes from a sidecar, as geometry and white balance do', async () => {
    await lab.write('beside.raw', shotBytes);
    const geometry = { width: 64, height: 48, cfa: 'GRBG', bits: 10, blackLevel: 64, whiteLevel: 1000 };
    const sidecar = { ...geometry, whiteBalance: [2, 1, 1.5], srgbFromCamera: matrix };
    await lab.write('beside.raw.json', JSON.stringify(sidecar));
    const { code } = await lab.run('process', '--input', lab.path('beside.raw'), '--output', lab.path('beside.png'));
    expect(code).toBe(0);
    const values = { ...defaults, wb_red_gain: 2, wb_blue_gain: 1.5 };
    const expected = await processMosaic(fastIsp, { ...shot, sensor: { ...sensor, srgbFromCamera: matrix } }, values, 1);
    expect((await pngOf('beside.png')).pixels).toEqual(expected.pixels);
  });
});

describe('an output that is the input', () => {
  it.each(['mine.raw', 'mine.raw.json', 'link.png'])('as %s is refused before any work, and nothing is lost', async (name) => {
    const geometry = { width: 64, height: 48, cfa: 'GRBG', bits: 10, blackLevel: 64, whiteLevel: 1000 };
    await lab.write('mine.raw', shotBytes);
    await lab.write('mine.raw.json', JSON.stringify(geometry));
    await rm(lab.path('link.png'), { force: true });
    await symlink(lab.path('mine.raw'), lab.path('link.png'));
    const { code, results, notes } = await lab.run('process', '--input', lab.path('mine.raw'), '--output', lab.path(name));
    expect({ code, results, lines: notes.length }).toEqual({ code: 2, results: [], lines: 1 });
    expect(await readFile(lab.path('mine.raw'))).toEqual(Buffer.from(shotBytes));
    expect(JSON.parse(await readFile(lab.path('mine.raw.json'), 'utf8'))).toEqual(geometry);
  });

  it('or another kind of file is refused, and a picture is replaced', async () => {
    await lab.write('mine.raw', shotBytes);
    await lab.write('notes.png', 'notes of somebody');
    const args = ['process', '--input', lab.path('mine.raw'), ...shotGeometry, '--output'];
    expect((await lab.run(...args, lab.path('notes.png'))).code).toBe(2);
    expect(await readFile(lab.path('notes.png'), 'utf8')).toBe('notes of somebody');
    for (const time of ['first', 'second'])
      expect([time, (await lab.run(...args, lab.path('again.png'))).code]).toEqual([time, 0]);
  });
});
