import { watch } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../../main/graph/graph-builder.ts';
import { writeOnnxModel } from '../../../../main/graph/onnx-model.ts';
import type { HostOptions } from '../../../../main/processor/packages/code-host.ts';
import { type OpenedPackage, openPackage } from '../../../../main/processor/packages/load-package.ts';
import { readPackage } from '../../../../main/processor/packages/package-files.ts';
import { planProcessor } from '../../../../main/processor/processor-plan.ts';
import type { VideoTensor } from '../../../../main/processor/video-tensor.ts';
import { runGraph } from '../../../support/run-graph.ts';
import { liftProcessor } from '../example-processors.ts';
import { codeManifest, codeModule, gainGraph, gainModel, onnxManifest, packageFolders, twoPixels } from './package-folder.ts';

const folders = packageFolders();
let count = 0;

async function opened(files: Readonly<Record<string, unknown>>, options: HostOptions = {}): Promise<OpenedPackage> {
  count += 1;
  return openPackage(await readPackage(await folders.write(`package-${count}`, files)), [], options);
}

/** A package of code around a call. */
const called = (body: string): Record<string, unknown> => ({
  'processor.json': codeManifest('test'),
  'processor.js': codeModule('test', `call: ${body},`),
});

describe('a folder that is no package', () => {
  const data = { 'model.onnx': gainModel() };
  const { model: _, ...incomplete } = onnxManifest;
  const broken: Record<string, [Record<string, unknown>, RegExp]> = {
    'no manifest': [{ 'readme.txt': '' }, /^Expected a folder with a processor\.json but received .*package-/],
    'no JSON': [{ 'processor.json': '{' }, /^Expected JSON for processor\.json of .* but received: /],
    'an unknown kind': [
      { 'processor.json': { kind: 'dll' } },
      /^Expected one of onnx, code for kind in processor\.json of .* but received "dll"$/,
    ],
    'a missing id': [
      { 'processor.json': { schemaVersion: 1, kind: 'code', module: 'processor.js' } },
      /^Expected lower-case words joined by hyphens, .* for id in processor\.json of .* but received nothing \(rule id-form\)$/,
    ],
    'a missing field': [
      { 'processor.json': incomplete },
      /^Expected an object for model in processor\.json of .* but received nothing$/,
    ],
    'a field too many': [
      { 'processor.json': { ...onnxManifest, script: 'x' } },
      /^Expected no field of that name for script in .* but received "x"$/,
    ],
    'a path outside': [
      { 'processor.json': codeManifest('test', '../other.js') },
      /^Expected a path below the folder of the package for module in .* but received "..\/other.js"$/,
    ],
    'a missing model': [{ 'processor.json': onnxManifest }, /^Expected the model model\.onnx in .* but there is none/],
    'a model that is none': [
      { 'processor.json': onnxManifest, 'model.onnx': 'text' },
      /^Expected an ONNX model but received model\.onnx of/,
    ],
    'a parameter that the model lacks': [
      { ...data, 'processor.json': { ...onnxManifest, params: {} } },
      /^Expected the inputs none of model\.onnx beside the picture but received scaled_gain/,
    ],
    'a load-time parameter of a model': [
      {
        ...data,
        'processor.json': { ...onnxManifest, params: { scaled_gain: { ...onnxManifest.params.scaled_gain, kind: 'load-time' } } },
      },
      /^Expected runtime parameters alone for a model but received the load-time ones scaled_gain/,
    ],
    'a missing module': [{ 'processor.json': codeManifest('test') }, /Cannot find module/],
    'a module with an error': [{ 'processor.json': codeManifest('test'), 'processor.js': 'export default (' }, /Unexpected/],
    'a module that throws': [
      { 'processor.json': codeManifest('test'), 'processor.js': 'throw new Error("no")' },
      /^Expected a module that loads but processor.js of the package threw: no$/,
    ],
    'a module without a processor': [
      { 'processor.json': codeManifest('test'), 'processor.js': '' },
      /as the default export but received undefined/,
    ],
    'a module that ends the program': [
      { 'processor.json': codeManifest('test'), 'processor.js': 'process.exit(3)' },
      /^Processor test ended its thread with exit code 3/,
    ],
    'another id': [
      { 'processor.json': codeManifest('test'), 'processor.js': codeModule('other', gainGraph) },
      /^Expected the id test of processor\.json in the module of .* but received other/,
    ],
  };
  it.each(Object.entries(broken))('is refused in one sentence: %s', async (_name, [files, message]) => {
    await expect(opened(files)).rejects.toThrow(message);
  });

  it('is refused where it has a link', async () => {
    const folder = await folders.write('linked', { 'processor.json': codeManifest('test'), 'processor.js': '' });
    await symlink('/etc/hostname', `${folder}/secret.js`);
    await expect(readPackage(folder)).rejects.toThrow(`Expected files and folders in ${folder} but received the link secret.js`);
  });
});

describe('code that breaks a rule', () => {
  const broken: Record<string, [string, string, RegExp]> = {
    'throws on every frame': ['() => { throw new Error("every time") }', 'runs', /but received every time/],
    'returns nothing': ['() => undefined', 'output-shape', /received no video/],
    'returns a wrong shape': [
      '({ video }) => ({ video: { ...video, shape: [1, 1, 1, 3] } })',
      'output-shape',
      /of shape \[1,1,1,3\]/,
    ],
    'returns NaN': ['({ video }) => ({ video: { ...video, data: video.data.fill(NaN) } })', 'output-finite', /received NaN/],
    'returns a function': ['({ video }) => ({ video, more: () => 1 })', 'runs', /Expected plain data as a result/],
    'ends its thread': ['() => process.exit(1)', 'runs', /ended its thread with exit code 1/],
  };
  it.each(Object.entries(broken))('is reported: %s', async (_, [body, rule, message]) => {
    const { handle, report } = await opened(called(body));
    await handle.close();
    expect(report.errors.map((error) => error.rule)).toEqual([rule]);
    expect(report.errors[0]?.message).toMatch(message);
  });
});

describe('a package that takes its time', () => {
  it('loses its thread where it gives no answer, and nobody waits for it', async () => {
    const timers = new Set<() => void>();
    const schedule = (action: () => void): (() => void) => {
      timers.add(action);
      return () => timers.delete(action);
    };
    const folder = await folders.write('stalls', { 'readme.txt': '' });
    const isStalling = new Promise<void>((resolve) => {
      const watcher = watch(folder, () => {
        watcher.close();
        resolve();
      });
    });
    const mark = `process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(join(folder, 'stalling'))}, '')`;
    const opening = opened(called(`() => { ${mark}; for (;;); }`), { answerMillis: 5000, schedule });
    await isStalling;
    expect(timers.size).toBe(1);
    for (const timer of timers) timer();
    const { handle, report } = await opening;
    expect(report.errors[0]?.message).toMatch(/but received Processor test gave no answer within 5000 ms/);
    await expect(handle.prepare({})).rejects.toThrow('gave no answer');
    await handle.close();
    expect(timers.size).toBe(0);
  });

  it('has as much time for a call on pictures as it is given, and its limit for everything else', async () => {
    const limits: number[] = [];
    const schedule = (_: () => void, millis: number): (() => void) => {
      limits.push(millis);
      return () => undefined;
    };
    const pictures = [Uint8Array.of(200, 100, 0, 255)];
    const order = { pictures, width: 1, height: 1, prompts: [], values: { test_gain: 1 } };
    for (const [callMillis, expected] of [
      [Number.POSITIVE_INFINITY, []],
      [7000, [7000]],
      [undefined, [5000]],
    ] as const) {
      const { handle } = await opened(called('({ video }) => ({ video })'), {
        answerMillis: 5000,
        schedule,
        ...(callMillis === undefined ? {} : { callMillis }),
      });
      expect(new Set(limits.splice(0))).toEqual(new Set([5000]));
      const result = new Uint8Array(new SharedArrayBuffer(4));
      await handle.callOnPictures?.({ ...order, result });
      expect(limits.splice(0)).toEqual(expected);
      expect([...result]).toEqual([200, 100, 0, 255]);
      await handle.close();
      limits.splice(0);
    }
  });
});

describe('a package of code', () => {
  it('gives its graph, built on its own thread, which is the one that the lab would build', async () => {
    const { handle, report } = await opened({
      'processor.json': codeManifest('test'),
      'processor.js': codeModule('test', gainGraph),
    });
    expect(report).toMatchObject({ id: 'test', errors: [], warnings: [] });
    const graph = await handle.plan({ width: 2, height: 1, loadTimeValues: {} });
    await handle.close();
    const inputs = { video: twoPixels().data, test_gain: Float32Array.of(2) };
    expect((await runGraph(graph, inputs)).video_out).toEqual([0, 0.5, 1, 1, 1, 0.25]);
    const own = planProcessor(liftProcessor, { width: 2, height: 1, loadTimeValues: {} });
    expect(graph.outputs).toEqual(own.outputs);
  });

  it('may be TypeScript of several files, with prompts', async () => {
    const { handle, report } = await opened({
      'processor.json': codeManifest('worded', 'processor.ts'),
      'source/words.ts': 'export const factor = (text: string): number => (text === "half" ? 0.5 : 1);',
      'processor.ts': `import { factor } from './source/words.ts';
        export default {
          id: 'worded', name: 'Worded', description: 'Follows a word', version: '0.1.0', supportsPrompts: true,
          modes: { video: { default: true }, text: {} }, usage: ['main'], params: {},
          prepare: (): { inputSize: number } => ({ inputSize: 1 }),
          call: ({ video, prompts }: { video: { data: Float32Array }; prompts: { text: string }[] }) => ({
            video: { ...video, data: video.data.map((v) => v * factor(prompts[0]?.text ?? '')) },
          }),
        };`,
    });
    expect(report.errors).toEqual([]);
    const prompts = [{ text: 'half', weight: 1 }];
    const made = (await handle.call({ video: twoPixels(), prompts, values: {} })) as { video: VideoTensor };
    expect([...made.video.data]).toEqual([0, 0.125, 0.25, 0.375, 0.5, 0.0625]);
    await handle.close();
    await expect(handle.prepare({})).rejects.toThrow('Expected an open processor but worded is closed');
  });
});

describe('a package of data', () => {
  it('runs its model with its parameter', async () => {
    const { handle, report } = await opened({ 'processor.json': onnxManifest, 'model.onnx': gainModel() });
    expect(report).toMatchObject({ errors: [], warnings: [] });
    expect(report.ranges[0]).toMatchObject({ lowest: 0, highest: 2 });
    const made = (await handle.call({ video: twoPixels(), prompts: [], values: { scaled_gain: 2 } })) as { video: VideoTensor };
    expect([...made.video.data]).toEqual([0, 0.5, 1, 1.5, 2, 0.25]);
    await handle.close();
  });

  it('may have fifty parameters', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `many_${index}`);
    const ui = { label: 'Number', help: 'Is added', category: 'Test' };
    const schema = { type: 'number', minimum: 0, maximum: 1, default: 0.01 };
    const params = Object.fromEntries(names.map((name, order) => [name, { kind: 'runtime', schema, ui: { ...ui, order } }]));
    const g = new GraphBuilder('many');
    const x = g.input('image', 'float32', [1, 3, 'rows', 'columns'], 'picture');
    const sum = names.map((name) => g.input(name, 'float32', [], 'added')).reduce((a, b) => g.add(a, b), x);
    g.output('made', sum, 'picture');
    const files = { 'processor.json': { ...onnxManifest, params }, 'model.onnx': writeOnnxModel(g.build()).bytes };
    const { handle, report } = await opened(files);
    expect(report.errors).toEqual([]);
    const made = (await handle.call({ video: twoPixels(), prompts: [], values: { many_49: 0.5 } })) as { video: VideoTensor };
    await handle.close();
    expect(made.video.data[0]).toBeCloseTo(0.99, 5);
    expect(report.ranges[0]?.highest).toBeCloseTo(51, 4);
  });

  it('is held to the rules like everything else', async () => {
    const manifest = { ...onnxManifest, usage: ['anywhere'], version: '1' };
    const { handle, report } = await opened({ 'processor.json': manifest, 'model.onnx': gainModel() });
    await handle.close();
    expect(report.errors.map(({ rule }) => rule)).toEqual(['version-form', 'usage-places']);
  });
});

describe('the hash of a package', () => {
  it('follows contents and names of its files, and nothing else', async () => {
    const files = { 'processor.json': codeManifest('test'), 'processor.js': 'a', 'notes.txt': 'b' };
    const hashOf = async (folder: string, more: Record<string, string>): Promise<string> =>
      (await readPackage(await folders.write(folder, { ...files, ...more }))).hash;
    const hash = await hashOf('hash-one', {});
    expect(await hashOf('hash-two', { '.hidden': 'x' })).toBe(hash);
    const others = [
      await hashOf('hash-three', { 'processor.js': 'ab', 'notes.txt': '' }),
      await hashOf('hash-four', { 'more.js': '' }),
    ];
    expect(new Set([hash, ...others]).size).toBe(3);
  });
});

/** A model of one picture as `layout` has it: its mean over three rows and columns, border samples repeated, times `scaled_gain`. */
function blurModel(layout: 'NCHW' | 'NHWC', rows: number | 'rows' = 'rows'): Uint8Array {
  const g = new GraphBuilder('blur');
  const isPlanar = layout === 'NCHW';
  const x = g.input('image', 'float32', isPlanar ? [1, 3, rows, 'columns'] : [1, rows, 'columns', 3], 'picture');
  const gain = g.input('scaled_gain', 'float32', [1], 'factor');
  const planes = isPlanar ? x : g.transpose(x, [0, 3, 1, 2]);
  const pads = g.constant('int64', BigInt64Array.of(0n, 0n, 1n, 1n, 0n, 0n, 1n, 1n), [8]);
  const mean = g.averagePool(g.padEdge(planes, pads, [1, 3, 'padded rows', 'padded columns']), [3, 3]);
  const made = g.multiply(mean, gain);
  g.output('made', isPlanar ? made : g.transpose(made, [0, 2, 3, 1]), 'picture');
  return writeOnnxModel(g.build()).bytes;
}

describe('a package of a model with a halo', () => {
  const withHalo = (halo: number, model: object = {}): object => ({
    ...onnxManifest,
    model: { ...onnxManifest.model, ...model, halo },
  });

  it.each([
    ['NCHW', '0..1'],
    ['NHWC', '-1..1'],
    ['NCHW', '0..255'],
  ] as const)('is a graph that makes what the model makes when it is called: %s, %s', async (layout, range) => {
    const model = { layout, range };
    const files = { 'model.onnx': blurModel(layout) };
    const asGraph = await opened({ ...files, 'processor.json': withHalo(1, model) });
    const asCall = await opened({ ...files, 'processor.json': { ...onnxManifest, model: { ...onnxManifest.model, ...model } } });
    expect([asGraph.report.errors, asGraph.handle.facts.functions]).toEqual([[], ['prepare', 'halo', 'graph']]);
    expect(await asGraph.handle.halo?.({})).toBe(1);
    const [width, height] = [5, 4];
    const data = Float32Array.from({ length: width * height * 3 }, (_, index) => ((index * 7) % 11) / 10);
    const graph = await asGraph.handle.plan({ width, height, loadTimeValues: {} });
    const { video_out } = await runGraph(graph, { video: data, scaled_gain: Float32Array.of(0.5) });
    const video = { data, shape: [1, height, width, 3] } as const;
    const called = (await asCall.handle.call({ video, prompts: [], values: { scaled_gain: 0.5 } })) as { video: VideoTensor };
    const clamped = [...called.video.data].map((value) => Math.min(1, Math.max(0, value)));
    expect(Math.max(...clamped.map((value, index) => Math.abs(value - (video_out?.[index] as number))))).toBeLessThan(1e-6);
    await asCall.handle.close();
    await asGraph.handle.close();
  });

  it('is refused by the rule where the halo is false', async () => {
    const { report, handle } = await opened({ 'model.onnx': blurModel('NCHW'), 'processor.json': withHalo(0) });
    expect(report.errors.map(({ rule, field }) => [rule, field])).toEqual([['halo-true', 'halo']]);
    await handle.close();
  });

  it('is refused where the model has a size of its own', async () => {
    const fixed = { 'model.onnx': blurModel('NCHW', 32), 'processor.json': withHalo(1) };
    await expect(opened(fixed)).rejects.toThrow(
      'Expected a model for frames of any size of model.onnx with a halo but received one of 32 x any',
    );
    const resized = { 'model.onnx': blurModel('NCHW'), 'processor.json': withHalo(1, { width: 64 }) };
    await expect(opened(resized)).rejects.toThrow('but received one of any x 64');
  });
});

describe('a package of code with a halo', () => {
  const withHalo = (halo: number): Record<string, unknown> => ({
    'processor.json': codeManifest('test'),
    'processor.js': codeModule(
      'test',
      `halo: () => ${halo},
      graph: (g, { video, test_gain }, _, strip) => {
        const rows = g.constant('float32', Array.from({ length: video.shape[1] }, (_, row) => row), [1, video.shape[1], 1, 1]);
        const row = strip ? g.add(rows, strip.firstRow) : rows;
        return { video: g.multiply(g.multiply(video, test_gain), g.multiply(row, g.scalar(1 / (strip?.frameRows ?? video.shape[1])))) };
      },`,
    ),
  });

  it('tells it from its thread, and is told where a strip lies', async () => {
    const { report, handle } = await opened(withHalo(3));
    expect(report.errors).toEqual([]);
    expect(await handle.halo?.({})).toBe(3);
    await handle.close();
  });

  it('is refused by the rule where it is none', async () => {
    const { report, handle } = await opened(withHalo(-1));
    expect(report.errors.map(({ rule }) => rule)).toEqual(['halo-range']);
    await handle.close();
  });
});
