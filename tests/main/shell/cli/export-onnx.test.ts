import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { fastIsp } from '../../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../../main/live/single-frame.ts';
import { defaultValues } from '../../../../main/processor/parameters.ts';
import { commandLine, shot } from './command-line.ts';

const lab = commandLine();
const tuned = {
  wb_red_gain: 1.8,
  wb_blue_gain: 1.4,
  exposure_ev: 0.7,
  tone_contrast: 0.3,
  colour_saturation: 1.4,
  sharpen_amount: 0.8,
};

interface ListedPort {
  readonly name: string;
  readonly type: string;
  readonly shape: string;
  readonly help: string;
}

interface Listing {
  readonly output: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly inputs: readonly ListedPort[];
  readonly outputs: readonly ListedPort[];
}

async function exported(name: string, ...more: readonly string[]): Promise<{ listing: Listing; model: Uint8Array }> {
  const args = ['export-onnx', '--size', '64x48', '--cfa', 'GRBG', '--output', lab.path(name), '--json', ...more];
  const { code, results, notes } = await lab.run(...args);
  expect({ code, notes }).toEqual({ code: 0, notes: [] });
  return { listing: JSON.parse(results.join('\n')) as Listing, model: await readFile(lab.path(name)) };
}

const extents = (shape: string): number[] => [...shape.matchAll(/\d+/g)].map(([digits]) => Number(digits));

/** Feeds an exported model by what its listing says, and nothing else. */
async function run(
  model: Uint8Array,
  inputs: readonly ListedPort[],
  values: Readonly<Record<string, Float32Array>>,
): Promise<Tensor> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  try {
    const feeds = inputs.map(({ name, type, shape }) => {
      const data = name === 'mosaic' ? shot.samples : values[name];
      return [name, new Tensor(type as 'float32', data as Float32Array, extents(shape))] as const;
    });
    return Object.values(await session.run(Object.fromEntries(feeds)))[0] as Tensor;
  } finally {
    await session.release();
  }
}

describe('lab export-onnx --processor', () => {
  it.each([
    ['stage', 'fast'],
    ['cfa', 'RGGB'],
    ['denoiser', 'model.onnx'],
    ['denoiser-layout', 'packed'],
    ['denoiser-halo', '2'],
  ])('refuses --%s beside --processor, also with the value that stands by default', async (option, value) => {
    const output = ['--output', lab.path('refused.onnx')];
    const { code, notes } = await lab.run('export-onnx', '--processor', 'lut', ...output, `--${option}`, value);
    expect([code, notes]).toEqual([
      2,
      [`Expected --${option} with a stage alone but received it with --processor lut. Leave one of them out.`],
    ]);
  });
});

describe('lab export-onnx', () => {
  it.each(['full', 'half'])(
    'writes a model that makes the pixels of the live path, at %s resolution',
    async (output_resolution) => {
      const { listing, model } = await exported(`${output_resolution}.onnx`, '--param', `output_resolution=${output_resolution}`);
      const values = { ...defaultValues(fastIsp.declaration.params), ...tuned, output_resolution };
      const picture = await processMosaic(fastIsp, shot, values, 1);
      const result = await run(model, listing.inputs, fastIsp.inputs(values, shot.sensor));
      expect(result.dims).toEqual([picture.height, picture.width, 4]);
      expect(result.data).toEqual(picture.pixels);
    },
  );

  it('writes processors in order as one model for frames of every size', async () => {
    const args = ['export-onnx', '--output', lab.path('chain.onnx'), '--json', '--processor', 'unsharp-mask,lut,unsharp-mask'];
    const refused = await lab.run(...args, '--param', 'unsharp_sigma=2');
    const which = 'unsharp_sigma=2, which 2 have. Write key.name=value, where the key is unsharp-mask or unsharp-mask-2.';
    expect([refused.code, refused.notes[0]]).toEqual([2, expect.stringContaining(which)]);
    const unknown = await lab.run(...args, '--param', 'blur.sigma=2');
    expect([unknown.code, unknown.notes[0]]).toEqual([2, expect.stringContaining('blur.sigma=2, and blur is the key of none')]);
    const values = ['lut.lut_strength=0.5', 'unsharp-mask.unsharp_amount=0.25', 'unsharp-mask-2.unsharp_amount=0.75'];
    const { code, results } = await lab.run(...args, ...values.flatMap((value) => ['--param', value]));
    const { inputs } = JSON.parse(results.join('\n')) as Listing;
    expect(code).toBe(0);
    expect(inputs.map(({ name }) => name)).toEqual([
      'video',
      'unsharp_amount',
      'unsharp_threshold',
      'lut_strength',
      'unsharp-mask-2.unsharp_amount',
      'unsharp-mask-2.unsharp_threshold',
    ]);
    expect([inputs[1]?.help, inputs[4]?.help].map((help) => / default (.*)$/.exec(help ?? '')?.[1])).toEqual(['0.25', '0.75']);
    expect(inputs[0]?.shape).toBe('[1, rows, columns, 3]');
    expect(inputs[3]?.help).toContain('0 to 1, default 0.5');
  });

  it('replaces a model, and no other file', async () => {
    await lab.write('notes.md', 'notes of somebody');
    const { code, notes } = await lab.run('export-onnx', '--size', '64x48', '--output', lab.path('notes.md'));
    expect([code, notes.length]).toEqual([2, 1]);
    expect(await readFile(lab.path('notes.md'), 'utf8')).toBe('notes of somebody');
    for (const time of ['first', 'second']) {
      const again = await lab.run('export-onnx', '--size', '64x48', '--output', lab.path('again.onnx'));
      expect([time, again.code]).toEqual([time, 0]);
    }
  });

  it('lists what it wrote: size, hash, and each input with its type, shape and meaning', async () => {
    const { listing, model } = await exported('listed.onnx');
    const sha256 = createHash('sha256').update(model).digest('hex');
    expect(listing).toMatchObject({ output: lab.path('listed.onnx'), bytes: model.length, sha256 });
    expect(listing.inputs[0]).toMatchObject({ name: 'mosaic', type: 'uint16' });
    expect(listing.inputs.map(({ name }) => name)).toEqual(expect.arrayContaining(['black_levels', 'wb_gains', 'exposure_ev']));
    expect(listing.inputs.every(({ help }) => help.length > 10)).toBe(true);
    expect(listing.outputs.map(({ name, type }) => [name, type])).toEqual([['rgba', 'uint8']]);
  });

  it('tells the same in words', async () => {
    const { results } = await lab.run('export-onnx', '--size', '16x16', '--output', lab.path('words.onnx'));
    expect(results[0]).toMatch(/^Wrote \S+words\.onnx, \d+ bytes, SHA-256 [0-9a-f]{64}\.$/);
    expect(results[1]).toMatch(/^ {2}mosaic: uint16 .*16.*, Bayer mosaic/);
  });
});

it('says what is wrong of a key, a name or a list of processors', async () => {
  const refusal = async (list: string, param: string): Promise<string> => {
    const args = ['--output', lab.path('refused.onnx'), '--processor', list, '--param', param];
    const { code, notes } = await lab.run('export-onnx', ...args);
    expect([code, notes.length]).toEqual([2, 1]);
    return notes.join();
  };
  for (const list of ['unsharp-mask', 'unsharp-mask,unsharp-mask']) {
    expect(await refusal(list, 'foo.unsharp_sigma=1')).toMatch(
      /received foo\.unsharp_sigma=1, and foo is the key of none\. Write key\.name=value, where the key is unsharp-mask/,
    );
  }
  expect(await refusal('unsharp-mask', 'sigma=2')).toContain('received sigma=2, which none has. Write');
  expect(await refusal('', 'sigma=2')).toBe('Expected ids with commas between but received nothing.');
});
