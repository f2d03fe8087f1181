import { readFile, rm, symlink } from 'node:fs/promises';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Matrix3 } from '../../../../main/base/matrix3.ts';
import { renderFrame } from '../../../../main/camera/simulator/ground-truth.ts';
import { fastIsp } from '../../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../../main/live/single-frame.ts';
import { defaultValues } from '../../../../main/processor/parameters.ts';
import { syntheticMosaic } from '../../../support/synthetic-mosaic.ts';
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

describe('a tuning file', () => {
  const tuning = {
    format: 'camera-lab-tuning',
    version: 2,
    camera: 'test',
    blackLevels: [
      { gain: 1, levels: [60, 60, 60, 60] },
      { gain: 4, levels: [68, 68, 68, 68] },
    ],
    colour: [
      { cctKelvin: 2500, whiteBalance: [1, 1, 3] },
      { cctKelvin: 10_000, whiteBalance: [2, 1, 1] },
    ],
    tone: { tone_contrast: 0.5, tone_of_another_stage: 1 },
  };
  const run = (name: string, ...args: readonly string[]) =>
    lab.run('process', '--input', lab.path('shot.raw'), ...shotGeometry, '--output', lab.path(name), '--json', ...args);

  it('that is wrong, or a gain or light that cannot be, is refused', async () => {
    const wrong = await lab.write('wrong.json', '{"version": 9}');
    const path = await lab.write('tuning.json', JSON.stringify(tuning));
    for (const [args, message] of [
      [['--tuning', wrong], 'Expected a version from 1 to 2'],
      [['--tuning', path, '--gain', '0'], 'Expected a positive number for --gain but received 0'],
      [['--gain', '4'], 'Expected --tuning beside --gain 4 but received none'],
      [['--cct', '4000'], 'Expected --tuning beside --cct 4000 but received none'],
      [['--tuning', path, '--cct', '90'], 'Expected 1000 to 25000 kelvin for --cct but received 90'],
    ] as const) {
      const { code, notes } = await run('never.png', ...args);
      expect([code, notes.length]).toEqual([2, 1]);
      expect(notes[0]).toContain(message);
    }
    expect(await lab.files()).not.toContain('never.png');
  });

  it('gives levels, balance and tone at the gain and light of the command line', async () => {
    const path = await lab.write('tuning.json', JSON.stringify(tuning));
    const { code, results } = await run('by-tuning.png', '--tuning', path, '--gain', '2', '--cct', '4000');
    expect(code).toBe(0);
    const values = { ...defaults, wb_red_gain: 1.5, wb_blue_gain: 2, tone_contrast: 0.5 };
    expect(JSON.parse(results.join('\n'))).toMatchObject({ stage: 'fast-isp', depth: 8, parameters: values });
    // At gain 2 the black level is 64, which is that of the command line.
    const expected = await processMosaic(fastIsp, { ...shot, sensor }, values, 1);
    expect((await pngOf('by-tuning.png')).pixels).toEqual(expected.pixels);
  });
});

describe('the statistics of a picture', () => {
  it('are those of its pixels', async () => {
    const args = [
      '--input',
      lab.path('shot.raw'),
      ...shotGeometry,
      '--param',
      'exposure_ev=2',
      '--output',
      lab.path('bright.png'),
    ];
    const { results } = await lab.run('process', ...args, '--json');
    const { pixels } = await pngOf('bright.png');
    const red = [...pixels].filter((_, index) => index % 4 === 0);
    const share = (level: number): number => red.filter((value) => value === level).length / red.length;
    const mean = red.reduce((sum, value) => sum + value, 0) / red.length;
    const extremes = { minimum: Math.min(...red), maximum: Math.max(...red) };
    const { statistics } = JSON.parse(results.join('\n'));
    expect(Object.keys(statistics)).toEqual(['red', 'green', 'blue']);
    expect(statistics.red).toEqual({ ...extremes, mean, blackShare: share(0), clippedShare: share(255) });
    expect(share(255)).toBeGreaterThan(0);
  });

  it.each([
    ['raw', 'raw-isp', 1, 16],
    ['fast', 'fast-isp', 4, 8],
    ['slow', 'slow-isp', 4, 8],
  ] as const)('are told of stage %s, whose picture is written', async (name, id, channels, depth) => {
    const wide = syntheticMosaic('GRBG', 160, 160);
    await lab.write('wide.raw', new Uint8Array(wide.samples.buffer.slice(0)));
    const size = ['--width', '160', '--height', '160', ...shotGeometry.slice(4)];
    const args = ['--input', lab.path('wide.raw'), ...size, '--stage', name, '--output', lab.path(`${name}.png`), '--json'];
    const { code, results } = await lab.run('process', ...args);
    expect(code).toBe(0);
    const result = JSON.parse(results.join('\n'));
    expect(result).toMatchObject({ stage: id, depth, width: 160, height: 160, stageMillis: expect.any(Number) });
    const png = decode(await readFile(lab.path(`${name}.png`)));
    expect([png.channels, png.depth]).toEqual([channels, depth]);
    const channel = channels === 1 ? 'mosaic' : 'red';
    const samples = [...png.data].filter((_, index) => index % channels === 0);
    const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
    expect(result.statistics[channel]).toMatchObject({ mean, maximum: Math.max(...samples) });
  });

  it('are of the 16-bit picture where that is asked for', async () => {
    const args = ['--input', lab.path('wide.raw'), '--width', '160', '--height', '160', ...shotGeometry.slice(4)];
    const { code } = await lab.run('process', ...args, '--stage', 'slow', '--depth', '16', '--output', lab.path('deep.png'));
    const { depth, channels, data } = decode(await readFile(lab.path('deep.png')));
    expect([code, depth, channels]).toEqual([0, 16, 3]);
    expect(new Set(data).size).toBeGreaterThan(256);
  });
});

describe('what a stage cannot do', () => {
  it('is refused for a frame that has no room for its margin', async () => {
    const args = ['--input', lab.path('shot.raw'), ...shotGeometry, '--stage', 'slow', '--output', lab.path('never.png')];
    const { code, notes } = await lab.run('process', ...args);
    expect([code, notes]).toEqual([2, ['Expected a frame of at least 74x74 for SlowISP but received 64x48.']]);
  });

  it('is refused for a provider that a single file does not run on', async () => {
    const args = ['--input', lab.path('shot.raw'), ...shotGeometry, '--output', lab.path('never.png')];
    const { code, notes } = await lab.run('process', ...args, '--param', 'execution_provider=cuda');
    expect([code, notes]).toEqual([2, ['Expected kernel or cpu for execution_provider of a single file but received cuda.']]);
  });

  it('is refused for a depth that it does not make', async () => {
    const args = ['--input', lab.path('shot.raw'), ...shotGeometry, '--depth', '16', '--output', lab.path('never.png')];
    const { code, notes } = await lab.run('process', ...args);
    expect([code, notes]).toEqual([2, ['Expected 8 for --depth, which is what the stage makes, but received 16.']]);
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

describe('what one frame tells of its sensor', () => {
  it('stands beside the statistics of the raw stage', async () => {
    const [width, height] = [320, 240];
    const samples = renderFrame({ scene: 'chart', width, height, settings: {} });
    await lab.write('mistaken.raw', new Uint8Array(samples.buffer.slice(0)));
    // The simulator's greens lie where RGGB has them.
    const levels = ['--bits', '10', '--black', '64', '--white', '1023'];
    const geometry = ['--width', String(width), '--height', String(height), '--cfa', 'GRBG', ...levels];
    const args = ['--input', lab.path('mistaken.raw'), ...geometry, '--output', lab.path('told.png'), '--json'];
    const { results } = await lab.run('process', ...args, '--stage', 'raw');
    const { rawAlgo } = JSON.parse(results.join('\n'));
    const abouts = rawAlgo.findings.map(({ about }: { about: string }) => about);
    expect(abouts).toEqual(['cfaOrder', 'clippingPoint', 'photonTransfer']);
    expect(rawAlgo.findings[0]).toMatchObject({ verdict: 'differs', action: expect.stringContaining('Set cfa') });
    expect(rawAlgo.decisions.cfaOrder).toMatchObject({ agrees: false, diagonal: 'odd' });
    const { results: others } = await lab.run('process', ...args);
    expect(JSON.parse(others.join('\n'))).not.toHaveProperty('rawAlgo');
  });
});
