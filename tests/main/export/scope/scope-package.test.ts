import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scopePackage } from '../../../../main/export/scope/scope-package.ts';
import type { ScopeSource } from '../../../../main/export/scope/scope-source.ts';
import { writePackage } from '../../../../main/export/scope/write-package.ts';
import { falseColour } from '../../../../main/processor/builtin/false-colour.ts';
import { promptStyle } from '../../../../main/processor/builtin/prompt-style.ts';
import { temporalDenoise } from '../../../../main/processor/builtin/temporal-denoise.ts';
import { unsharpMask } from '../../../../main/processor/builtin/unsharp-mask.ts';
import { defineProcessor } from '../../../../main/processor/define-processor.ts';
import type { ImageProcessor } from '../../../../main/processor/image-processor.ts';
import { runtime } from '../../../../main/processor/parameters.ts';
import type { ParameterValues } from '../../../../preload/contract.ts';
import { chromaticShift, fiftyParameters, shiftColumns, sizedTable } from './example-exports.ts';
import { byteFrames, exportBench, largestByteError, pythonAbsence, sourceOf, withoutPython } from './exported.ts';

const bench = exportBench();
const frames = byteFrames(3, 6, 8);
const ui = { order: 1, label: 'Amount', category: 'Test', help: 'How much' };

function named(id: string, parameter: string): ImageProcessor {
  const params = { [parameter]: runtime(z.number().min(0).max(1).default(0), ui) };
  return defineProcessor({ ...chromaticShift, id, params, graph: (g, { video }) => ({ video: g.add(video, g.scalar(0)) }) });
}

const textOf = (source: ScopeSource, name: string): string => {
  const file = scopePackage(source).find(({ path }) => path.endsWith(name));
  return file && 'text' in file ? file.text : '';
};

describe('what cannot be exported is refused in one sentence', () => {
  it('a processor that is called', async () => {
    await expect(sourceOf(promptStyle)).rejects.toThrow('Expected a processor that is a graph but prompt-style is called');
  });

  it('a graph with tables for one size, without a size', async () => {
    await expect(sourceOf(sizedTable)).rejects.toThrow('Expected a size of frames, since the graph depends on it');
  });

  it('a graph that cannot be written, by its own reason', async () => {
    const broken = defineProcessor({ ...chromaticShift, graph: (g, { video }) => ({ video: g.reshape(video, [7]) }) });
    await expect(sourceOf(broken)).rejects.toThrow('Expected a shape that holds');
  });

  it.each([
    ['passthrough', 'any_amount', 'Expected an id that no pipeline of Scope has but received passthrough'],
    ['any', 'noise_scale', 'no other meaning in Scope but any has noise_scale'],
    ['any', 'video_timestamps', 'no other meaning in Scope but any has video_timestamps'],
    ['any', 'model_dump', 'no other meaning in Scope but any has model_dump'],
  ])('the id %s with the parameter %s', async (id, parameter, message) => {
    const source = await sourceOf(named(id, parameter));
    expect(() => scopePackage(source)).toThrow(message);
  });
});

describe('a package', () => {
  it('is the same for the same source, and what is written is what it says', async () => {
    const [files, again] = [scopePackage(await sourceOf(falseColour)), scopePackage(await sourceOf(falseColour))];
    expect(again).toEqual(files);
    expect(files.map(({ path }) => path)).toEqual([
      'pyproject.toml',
      ...['__init__.py', 'schema.py', 'pipeline.py'].map((name) => `src/camera_lab_false_colour/${name}`),
      ...[1, 2, 3].map((number) => `src/camera_lab_false_colour/model-${number}.onnx`),
      'README.md',
    ]);
    await writePackage(files, bench.path('shown'));
    for (const file of files) {
      const written = await readFile(join(bench.path('shown'), file.path));
      expect(Buffer.compare(written, Buffer.from('text' in file ? file.text : file.bytes))).toBe(0);
    }
  });

  it('keeps a value that has no end of others in the model, and says so', async () => {
    const source = await sourceOf(unsharpMask, { unsharp_sigma: 2.5 });
    expect(textOf(source, 'schema.py')).toMatch(/"unsharp_sigma": \{\n *"type": "number",\n *"default": 2\.5,/);
    expect(textOf(source, 'schema.py')).not.toContain('unsharp_sigma:');
    expect(textOf(source, 'README.md')).toContain('| `unsharp_sigma` | Radius | 2.5 | px |');
    expect(textOf(await sourceOf(unsharpMask), 'README.md')).not.toEqual(textOf(source, 'README.md'));
  });

  it('lists onnxruntime and not torch, and asks for the Python that Scope runs on', async () => {
    const text = textOf(await sourceOf(chromaticShift), 'pyproject.toml');
    expect(text).toContain('dependencies = ["onnxruntime>=1.17"]');
    expect(text).toContain('requires-python = ">=3.12"');
    expect(text).toContain('packages = ["src/camera_lab_chromatic_shift"]');
    expect(text).not.toContain('torch');
  });
});

describe.skipIf(pythonAbsence !== undefined)(`the guide's example${withoutPython}`, () => {
  const moved = (kwargs: ParameterValues): Uint8Array => {
    const share = kwargs.vfx_enabled === false ? 0 : ((kwargs.vfx_intensity as number | undefined) ?? 0.5);
    const all = frames.flatMap(({ data, columns }) =>
      [...data].map((value, index) => {
        const [column, channel] = [Math.floor(index / 3) % columns, index % 3];
        const from = Math.min(columns - 1, Math.max(0, column + (1 - channel) * shiftColumns));
        const apart = data[index + (from - column) * 3] as number;
        return Math.round(value + (apart - value) * share);
      }),
    );
    return Uint8Array.from(all);
  };

  it('makes its effect, with intensity and switch', async () => {
    const { schema } = await bench.load(await sourceOf(chromaticShift));
    expect(schema).toMatchObject({
      name: chromaticShift.name,
      description: chromaticShift.description,
      docs_url: 'https://example.org/shift',
      default_mode: 'video',
      usage: ['postprocessor'],
    });
    expect(schema.config_schema.properties.vfx_intensity).toMatchObject({
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: 'Share of the "moved" colours \\ in the picture',
      ui: { order: 2, label: 'Intensity (%)', is_load_param: false, category: 'configuration' },
    });
    for (const kwargs of [{}, { vfx_intensity: 1 }, { vfx_intensity: 0.8, vfx_enabled: false }] as ParameterValues[]) {
      const [chunk] = await bench.python.run('chromatic-shift', {}, [{ video: frames, kwargs, timestamps: [11, 22, 33] }]);
      expect(largestByteError(chunk?.data ?? Uint8Array.of(), moved(kwargs))).toBeLessThanOrEqual(1);
      expect(chunk).toMatchObject({ needs: 1, shape: [3, 6, 8, 3], timestamps: [11, 22, 33] });
      expect([chunk?.lowest, chunk?.highest].every((end) => (end as number) >= 0 && (end as number) <= 1)).toBe(true);
    }
  });

  it('takes values beyond the range as its ends, and Scope’s own arguments as none of its business', async () => {
    await bench.load(await sourceOf(chromaticShift));
    const load = { height: 512, width: 512, base_seed: 1 };
    const [beyond] = await bench.python.run('chromatic-shift', load, [
      { video: frames, kwargs: { vfx_intensity: 7, init_cache: true } },
    ]);
    expect(largestByteError(beyond?.data ?? Uint8Array.of(), moved({ vfx_intensity: 1 }))).toBeLessThanOrEqual(1);
  });

  it('would register as "base" with an annotation, and not at all with two entry points', async () => {
    await writePackage(scopePackage(await sourceOf(chromaticShift)), bench.path('spoiled'));
    const schema = join(bench.path('spoiled'), 'src/camera_lab_chromatic_shift/schema.py');
    const text = await readFile(schema, 'utf8');
    await writeFile(schema, text.replace('pipeline_id = ', 'pipeline_id: str = '));
    expect((await bench.python.load(bench.path('spoiled'))).pipelines[0]?.id).toBe('base');
    const project = join(bench.path('spoiled'), 'pyproject.toml');
    const toml = await readFile(project, 'utf8');
    await writeFile(project, toml.replace('\n\n[build-system]', '\nanother = "camera_lab_chromatic_shift"\n\n[build-system]'));
    await expect(bench.python.load(bench.path('spoiled'))).rejects.toThrow("Expected 1 entry point in 'scope' group, found 2");
  });
});

describe.skipIf(pythonAbsence !== undefined)(`a package at loading${withoutPython}`, () => {
  it('serves every value of a choice, and refuses others in one sentence', async () => {
    await bench.load(await sourceOf(falseColour, { false_map: 'iron' }));
    const black = [{ data: new Uint8Array(12), rows: 2, columns: 2 }];
    const first = async (load: ParameterValues): Promise<number[]> => {
      const [chunk] = await bench.python.run('false-colour', load, [{ video: black, kwargs: {} }]);
      return [...(chunk?.data ?? [])].slice(0, 3);
    };
    // The first colours of the maps, and the exported value as the default.
    expect(await first({ false_map: 'spectrum' })).toEqual([0, 0, 102]);
    expect(await first({ false_map: 'zones' })).toEqual([102, 0, 153]);
    expect(await first({})).toEqual([0, 0, 0]);
    await expect(first({ false_map: 'rainbow' })).rejects.toThrow(
      "ValueError: Expected one of ['iron', 'spectrum', 'zones'] for false_map but received 'rainbow'",
    );
  });

  it('refuses another value of what is fixed', async () => {
    await bench.load(await sourceOf(unsharpMask));
    const call = [{ video: frames, kwargs: {} }];
    await expect(bench.python.run('unsharp-mask', { unsharp_sigma: 3 }, call)).rejects.toThrow(
      'ValueError: Expected unsharp_sigma as exported, 1.2, but received 3; export again for another one',
    );
    expect(await bench.python.run('unsharp-mask', { unsharp_sigma: 1.2 }, call)).toHaveLength(1);
  });

  it('takes frames of the sizes that it was exported for, and of no other', async () => {
    const sizes = [
      { width: 8, height: 6 },
      { width: 10, height: 4 },
    ];
    await bench.load(await sourceOf(sizedTable, {}, sizes));
    const run = (rows: number, columns: number) =>
      bench.python.run('sized-table', {}, [{ video: byteFrames(1, rows, columns), kwargs: {} }]);
    expect((await run(6, 8))[0]?.shape).toEqual([1, 6, 8, 3]);
    expect((await run(4, 10))[0]?.shape).toEqual([1, 4, 10, 3]);
    await expect(run(6, 10)).rejects.toThrow(
      'ValueError: Expected frames of 10x4, 8x6 but received 10x6; export again for that size',
    );
  });
});

describe.skipIf(pythonAbsence !== undefined)(`a package that sees several frames${withoutPython}`, () => {
  it('forgets them when the size changes and when Scope clears its cache', async () => {
    await bench.load(await sourceOf(temporalDenoise));
    const [a, b] = byteFrames(2, 6, 8) as [(typeof frames)[0], (typeof frames)[0]];
    const other = byteFrames(1, 4, 4);
    const kwargs = { temporal_tolerance: 0.5 };
    const pictures = async (calls: { video: typeof frames; kwargs: ParameterValues }[]): Promise<Uint8Array | undefined> =>
      (await bench.python.run('temporal-denoise', {}, calls)).at(-1)?.data;
    const alone = await pictures([{ video: [b], kwargs }]);
    expect(await pictures([{ video: [a, b], kwargs }])).not.toEqual(alone);
    expect(
      await pictures([
        { video: [a], kwargs },
        { video: [b], kwargs: { ...kwargs, init_cache: true } },
      ]),
    ).toEqual(alone);
    expect(
      await pictures([
        { video: [a], kwargs },
        { video: other, kwargs },
        { video: [b], kwargs },
      ]),
    ).toEqual(alone);
  });
});

describe.skipIf(pythonAbsence !== undefined)(`a package of fifty parameters${withoutPython}`, () => {
  it('takes every one by its own name', async () => {
    await bench.load(await sourceOf(fiftyParameters));
    const grey = [{ data: new Uint8Array(12).fill(128), rows: 2, columns: 2 }];
    const level = async (load: ParameterValues, kwargs: ParameterValues): Promise<number> => {
      const [chunk] = await bench.python.run('fifty-parameters', load, [{ video: grey, kwargs }]);
      return chunk?.highest as number;
    };
    const start = await level({}, {});
    // The inputs come by their order, the last of the record first, without the three that shape the graph.
    const weight = (index: number): number => 0.0001 * (index < 7 ? 47 - index : 50 - index);
    for (const [index, value, change] of [
      [0, 1, 0.99],
      [1, false, -1],
      [2, 'three', 1],
      [3, 12, 11],
      [44, -1, -1.01],
      [46, 'one', -1],
      [49, false, -1],
    ] as const) {
      expect((await level({}, { [`fifty_${index}`]: value })) - start).toBeCloseTo(weight(index) * change, 5);
    }
    expect((await level({ fifty_7: 8, fifty_9: false }, {})) - start).toBeCloseTo(0.001 * (4 - 1), 5);
  });
});
