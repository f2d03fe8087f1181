import { readFile } from 'node:fs/promises';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../../main/graph/graph-builder.ts';
import { readOnnxGraph } from '../../../../main/graph/onnx-import.ts';
import { writeOnnxModel } from '../../../../main/graph/onnx-model.ts';
import { createSlowIsp } from '../../../../main/isp/slow-isp.ts';
import { processMosaic } from '../../../../main/live/single-frame.ts';
import { defaultValues } from '../../../../main/processor/parameters.ts';
import { syntheticMosaic } from '../../../support/synthetic-mosaic.ts';
import { commandLine } from './command-line.ts';

const lab = commandLine();
const shot = syntheticMosaic('GRBG', 96, 74);
const shotGeometry = '--width 96 --height 74 --cfa GRBG --bits 10 --black 64 --white 1000'.split(' ');
const sensor = { cfa: 'GRBG', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1000 } as const;

/** A model that halves light, for so many channels. */
function halving(channels: number): Uint8Array {
  const g = new GraphBuilder('halving');
  const light = g.input('light', 'float32', [1, channels, 'rows', 'columns'], 'Light');
  g.output('half', g.multiply(light, g.scalar(0.5)), 'Light');
  return writeOnnxModel(g.build()).bytes;
}

const run = (...args: readonly string[]) =>
  lab.run(
    'process',
    '--input',
    lab.path('shot.raw'),
    ...shotGeometry,
    '--stage',
    'slow',
    '--output',
    lab.path('out.png'),
    ...args,
  );

async function pixels(): Promise<Uint8Array> {
  return Uint8Array.from(decode(await readFile(lab.path('out.png'))).data);
}

let packed = '';
beforeAll(async () => {
  await lab.write('shot.raw', new Uint8Array(shot.samples.buffer.slice(0)));
  packed = await lab.write('packed.onnx', halving(4));
});

describe('a denoiser of the user', () => {
  it('is refused in one sentence where it cannot be used', async () => {
    const text = await lab.write('text.onnx', 'no model');
    const declared = await lab.write('declared.onnx', halving(4));
    await lab.write('declared.onnx.json', '{"layout": "planes"}');
    const cases: [string[], RegExp][] = [
      [['--denoiser-halo', '1'], /Expected --denoiser with an ONNX model beside its layout and halo but received none/],
      [['--stage', 'fast', '--denoiser', packed], /Expected --stage slow for a denoiser but received fast/],
      [['--denoiser', lab.path('none.onnx')], /Expected a readable ONNX model for --denoiser but received .*none\.onnx/],
      [['--denoiser', text], /Expected an ONNX model/],
      [
        ['--denoiser', packed],
        /Expected the layout of .*packed\.onnx but neither --denoiser-layout nor .*packed\.onnx\.json says it/,
      ],
      [['--denoiser', packed, '--denoiser-layout', 'packed'], /Expected the halo of .*packed\.onnx but neither --denoiser-halo/],
      [['--denoiser', declared], /Expected \{"layout": "packed" or "mosaic" or "rgb", "halo": rows\} in .*declared\.onnx\.json/],
      [
        ['--denoiser', packed, '--denoiser-layout', 'rgb', '--denoiser-halo', '0'],
        /Expected \[1, 3, rows, columns\] at light for denoiser/,
      ],
      [['--denoiser', packed, '--denoiser-layout', 'packed', '--denoiser-halo', '999'], /Expected a halo of 0 to 64 rows/],
    ];
    for (const [args, message] of cases) {
      const { code, results, notes } = await run(...args);
      expect({ args, code, results, lines: notes.length }).toEqual({ args, code: 2, results: [], lines: 1 });
      expect(notes[0]).toMatch(message);
    }
    expect(await lab.files()).not.toContain('out.png');
  });

  it('stands in the place of noise reduction, with the layout of its options', async () => {
    const { code, notes } = await run('--denoiser', packed, '--denoiser-layout', 'packed', '--denoiser-halo', '0');
    expect({ code, notes }).toEqual({ code: 0, notes: [] });
    const stage = createSlowIsp({ graph: readOnnxGraph(halving(4)), layout: 'packed', halo: 0 });
    const expected = await processMosaic(stage, { ...shot, sensor }, defaultValues(stage.declaration.params), 1);
    expect(await pixels()).toEqual(expected.pixels);
    const mean = (list: Uint8Array): number => list.reduce((sum, value) => sum + value, 0) / list.length;
    const halved = mean(await pixels());
    await run();
    expect(mean(await pixels())).toBeGreaterThan(halved + 20);
  });

  it('says its layout in a file beside it, in profiles and exported models as well', async () => {
    const rgb = await lab.write('rgb.onnx', halving(3));
    await lab.write('rgb.onnx.json', '{"layout": "rgb", "halo": 0}');
    const profile = await lab.run('profile', '--stage', 'slow', '--denoiser', rgb, '--size', '96x74', '--frames', '1', '--json');
    expect(profile.code).toBe(0);
    const exported = await lab.run(
      'export-onnx',
      '--stage',
      'slow',
      '--denoiser',
      rgb,
      '--size',
      '96x74',
      '--output',
      lab.path('slow.onnx'),
    );
    expect(exported.code).toBe(0);
    expect((await run('--denoiser', rgb)).code).toBe(0);
  });
});
