import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';

const lab = commandLine();

interface Listing {
  readonly folder: string;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly runtime: readonly string[];
  readonly loadTime: readonly string[];
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly sizeMultiple: number;
}

async function exported(id: string, ...more: readonly string[]): Promise<Listing> {
  const { code, results, notes } = await lab.run('export-scope', id, '--json', ...more);
  expect({ code, notes }).toEqual({ code: 0, notes: [] });
  return JSON.parse(results.join('\n')) as Listing;
}

const textOf = async ({ folder, files }: Listing, name: string): Promise<string> =>
  readFile(join(folder, files.find(({ path }) => path.endsWith(name))?.path ?? ''), 'utf8');

describe('lab export-scope refuses in one sentence', () => {
  it.each([
    [['lut'], "required option '--out <folder>' not specified"],
    [['nothing', '--out', 'x'], 'Expected a processor (vignette-correction'],
    [['prompt-style', '--out', 'x'], 'Expected a processor that is a graph but prompt-style is called'],
    [['lut', '--out', 'nowhere/deep/lut'], 'nowhere/deep. Create it or choose another one.'],
    [['lut', '--out', 'x', '--size', '10'], 'Expected WIDTHxHEIGHT from 8x8 to 65534x65534 for --size but received 10'],
    [['lut', '--out', 'x', '--set', 'lut_strength=2'], 'Expected a number from 0 to 1 for lut_strength but received 2'],
    [
      ['lut', '--out', 'x', '--set', 'lut_power=2'],
      'Expected a parameter of lut (lut_strength, lut_path) but received lut_power',
    ],
    [['lut', '--out', 'x', '--set', 'lut_strength'], 'Expected name=value for --set but received lut_strength'],
    [['lut', '--out', 'x', '--cfa', 'RGGB'], 'Expected --cfa with fast-isp alone but received it with lut'],
    [['fast-isp', '--out', 'x', '--gain', '0'], 'Expected a positive number for --gain but received 0'],
    [['fast-isp', '--out', 'x', '--cct', '10'], 'Expected 1000 to 25000 kelvin for --cct but received 10'],
    [['fast-isp', '--out', 'x', '--tuning', 'nowhere.json'], 'nowhere.json'],
  ])('%j', async (args, message) => {
    const before = await lab.files();
    const { code, results, notes } = await lab.run(
      'export-scope',
      ...args.map((one) => (/^(x|nowhere\/.*)$/.test(one) ? lab.path(one) : one)),
    );
    expect({ code, results, lines: notes.length }).toEqual({ code: 2, results: [], lines: 1 });
    expect(notes[0]).toContain(message);
    expect(await lab.files()).toEqual(before);
  });
});

describe('lab export-scope', () => {
  it('writes a processor with the values that were given, and says what it wrote', async () => {
    const listing = await exported(
      'guided-denoise',
      '--out',
      lab.path('denoise'),
      '--set',
      'denoise_radius=5',
      '--set',
      'denoise_noise=0.1',
    );
    expect(listing).toMatchObject({ loadTime: ['denoise_radius'], fixed: {}, sizeMultiple: 1 });
    expect(await textOf(listing, 'schema.py')).toMatch(/denoise_noise: float = Field\(\n {8}default=0\.1,/);
    expect(await textOf(listing, 'pipeline.py')).toContain('def __init__(self, denoise_radius=5, **kwargs)');
    for (const { path, bytes } of listing.files) expect((await readFile(join(listing.folder, path))).length).toBe(bytes);
  });

  it('writes a graph for the sizes that were asked for alone', async () => {
    const listing = await exported('edge-view', '--out', lab.path('sized'), '--size', '64x48', '--size', '32x24');
    expect(listing.files.filter(({ path }) => path.endsWith('.onnx'))).toHaveLength(2);
    expect(await textOf(listing, 'README.md')).toContain('Only frames of 64x48, 32x24 are taken');
  });

  it('writes the ISP chain as a tuning file has it', async () => {
    const tuning = {
      format: 'camera-lab-tuning',
      version: 2,
      camera: 'Test',
      cfa: 'BGGR',
      whiteLevel: 1023,
      blackLevels: [{ gain: 1, levels: [64, 64, 64, 64] }],
      tone: { tone_contrast: 0.2, exposure_ev: 0.5 },
    };
    await lab.write('test.json', JSON.stringify(tuning));
    const listing = await exported(
      'fast-isp',
      '--out',
      lab.path('isp'),
      '--tuning',
      lab.path('test.json'),
      '--set',
      'exposure_ev=1',
    );
    expect(listing.fixed).toMatchObject({ output_resolution: 'full' });
    expect(listing.sizeMultiple).toBe(2);
    const schema = await textOf(listing, 'schema.py');
    expect(schema).toMatch(/tone_contrast: float = Field\(\n {8}default=0\.2,/);
    expect(schema).toMatch(/exposure_ev: float = Field\(\n {8}default=1\.0,/);
    expect(await textOf(listing, 'README.md')).toContain('BGGR mosaic from black at 64 to white at 1023 DN');
  });
});

describe('lab export-scope of packages', () => {
  it("writes a processor of a user's package that is a graph", async () => {
    await lab.run('new-processor', 'of-a-user');
    const listing = await exported('of-a-user', '--out', lab.path('of-a-user'));
    expect(listing.files.map(({ path }) => path)).toContain('src/camera_lab_of_a_user/pipeline.py');
    expect(listing.runtime.length).toBeGreaterThan(0);
  });

  it("writes a user's package of a model, also as a model of its own", async () => {
    await lab.run('new-processor', 'modelled', '--kind', 'onnx');
    const listing = await exported('modelled', '--out', lab.path('modelled'), '--set', 'modelled_gain=2');
    expect(listing).toMatchObject({ runtime: ['modelled_gain'], loadTime: [], fixed: {}, sizeMultiple: 1 });
    expect(await textOf(listing, 'schema.py')).toMatch(/modelled_gain: float = Field\(\n {8}default=2\.0,/);
    const onnx = await lab.run('export-onnx', '--processor', 'modelled,unsharp-mask', '--output', lab.path('modelled.onnx'));
    expect(onnx.results.join('\n')).toContain('modelled_gain: float32 [], Gain');
  });

  it('names what a person does next, and overwrites nothing', async () => {
    const first = await lab.run('export-scope', 'lut', '--out', lab.path('lut'));
    expect(first.results[0]).toBe(`Wrote ${lab.path('lut')}: install it in Scope by its path.`);
    expect(first.results.at(-1)).toBe('Fixed at export: lut_path="".');
    const second = await lab.run('export-scope', 'lut', '--out', lab.path('lut'));
    expect([second.code, second.notes[0]]).toEqual([2, expect.stringContaining('has something in it')]);
    expect(await readdir(lab.path('lut'))).toEqual(['README.md', 'pyproject.toml', 'src']);
  });
});

describe('lab processors --schema', () => {
  it('lists the parameters of a pipeline, and says what it leaves out', async () => {
    const ui = { order: 1, is_load_param: false, label: 'Amount' };
    const properties = {
      glow_amount: { type: 'number', minimum: 0, maximum: 2, default: 0.5, description: 'How much', ui },
      glow_seed: { type: 'integer', minimum: 0, maximum: 2 ** 64, ui: { order: 4, is_load_param: false } },
      glow_above: { type: 'number', maximum: 4, default: 1, ui: { order: 5, is_load_param: false } },
      glow_steps: { type: 'array', ui: { order: 2 } },
    };
    const fixed = { glow_radius: { type: 'number', minimum: 1, maximum: 9, default: 2.5, ui: { order: 3 } } };
    const config_schema = { properties, camera_lab: { fixed } };
    const file = await lab.write('schema.json', JSON.stringify({ id: 'glow', config_schema }));
    const { code, results, notes } = await lab.run('processors', '--schema', file);
    expect({ code, notes }).toEqual({ code: 0, notes: ['Left out glow_steps: no number, switch, choice or text but array.'] });
    expect((results[0] as string).split('\n')[1]?.split(/ {2,}/)).toEqual([
      'glow_amount',
      'Amount',
      'slider',
      '0 to 2',
      '0.5',
      'at once',
    ]);
    expect((results[0] as string).split('\n')[2]).toMatch(/^glow_radius .* 1 to 9 +2\.5 .*fixed at export$/);
    const cellsOf = (line: number) => (results[0] as string).split('\n')[line]?.split(/ {2,}/);
    expect(cellsOf(3)).toEqual(['glow_seed', 'glow seed', 'number', 'at least 0', 'not set', 'at once']);
    expect(cellsOf(4)).toEqual(['glow_above', 'glow above', 'number', 'at most 4', '1', 'at once']);
    const asJson = await lab.run('processors', '--schema', file, '--json');
    expect(JSON.parse(asJson.results[0] as string)).toMatchObject([
      { name: 'glow_amount', kind: 'runtime', defaultValue: 0.5 },
      { name: 'glow_radius', kind: 'load-time', defaultValue: 2.5 },
      { name: 'glow_seed', unset: 'at-first' },
      { name: 'glow_above', defaultValue: 1 },
    ]);
  });

  it('refuses what is none', async () => {
    const { code, notes } = await lab.run('processors', '--schema', await lab.write('broken.json', '{'));
    expect([code, notes[0]]).toEqual([
      2,
      expect.stringMatching(/^Expected JSON but received .*broken\.json: .*\. Save what get_schema_with_metadata/),
    ]);
    const other = await lab.run('processors', '--schema', await lab.write('other.json', '{}'));
    expect([other.code, other.notes[0]]).toEqual([2, expect.stringContaining('get_schema_with_metadata')]);
  });
});
