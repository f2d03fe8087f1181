import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { chainModel } from '../../../../main/export/processor-model.ts';
import { type ExportSubject, processorScopeSource } from '../../../../main/export/scope/processor-source.ts';
import { scopePackage } from '../../../../main/export/scope/scope-package.ts';
import { importScopeSchema } from '../../../../main/export/scope/scope-schema.ts';
import { GraphBuilder } from '../../../../main/graph/graph-builder.ts';
import { writeOnnxModel } from '../../../../main/graph/onnx-model.ts';
import { onnxRunner } from '../../../../main/processor/builtin/onnx-runner.ts';
import { unsharpMask } from '../../../../main/processor/builtin/unsharp-mask.ts';
import { parametersFrom } from '../../../../main/processor/packages/declared-parameters.ts';
import { parseManifest } from '../../../../main/processor/packages/manifest.ts';
import { openOnnxPackage } from '../../../../main/processor/packages/onnx-package.ts';
import { defaultValues, describeParameters } from '../../../../main/processor/parameters.ts';
import { inlineHandle, type ProcessorHandle } from '../../../../main/processor/processor-handle.ts';
import { processorInputs } from '../../../../main/processor/processor-plan.ts';
import type { VideoTensor } from '../../../../main/processor/video-tensor.ts';
import type { ParameterValues } from '../../../../preload/contract.ts';
import { onnxBytes, port } from '../../../support/onnx-bytes.ts';
import type { ByteFrame } from '../../../support/scope-python.ts';
import { onnxManifest } from '../../processor/packages/package-folder.ts';
import { byteFrames, exportBench, largestByteError, pythonAbsence, withoutPython } from './exported.ts';

const bench = exportBench();
const opened: ProcessorHandle[] = [];
afterAll(async () => {
  for (const handle of opened) await handle.close();
  await onnxRunner.shutdown?.();
});

const ui = (order: number): object => ({ order, label: 'Amount', help: 'How much', category: 'Test' });
const gain = { kind: 'runtime', schema: { type: 'number', minimum: 0, maximum: 2, default: 0.5 }, ui: ui(1) };
const power = { kind: 'runtime', schema: { type: 'string', enum: ['4', '0.5', '1'], default: '1' }, ui: ui(2) };
const invert = { kind: 'runtime', schema: { type: 'boolean', default: false }, ui: ui(3) };

/** A package of data, without a folder. */
async function packaged(bytes: Uint8Array, manifest: object): Promise<ExportSubject> {
  const whole = parseManifest(JSON.stringify({ ...onnxManifest, ...manifest }), 'test');
  if (whole.kind !== 'onnx') throw new Error('Expected a package of data');
  const files = { folder: 'test', manifest: whole, files: new Map([['model.onnx', bytes]]), hash: 'test' };
  const handle = await openOnnxPackage(files);
  opened.push(handle);
  return { handle, params: parametersFrom(whole.params) };
}

/** Channels last, any size: gain · x, where the gain may be a constant. */
function anySize(isConstant = false): Uint8Array {
  const g = new GraphBuilder('gain');
  const x = g.input('image', 'float32', [1, 'rows', 'columns', 3], 'picture');
  g.output('made', g.multiply(x, isConstant ? g.scalar(0.5) : g.input('scaled_gain', 'float32', [], 'factor')), 'picture');
  return writeOnnxModel(g.build()).bytes;
}

/** Planes of 20x24 from -1 to 1 that come back at half the size; a choice that is a factor, and a switch, each as a vector of one. */
function fixedSize(): Uint8Array {
  const g = new GraphBuilder('half');
  const x = g.input('image', 'float32', [1, 3, 20, 24], 'picture');
  const [factor, sign] = ['scaled_power', 'scaled_invert'].map((name) => g.input(name, 'float32', [1], 'factor'));
  if (!factor || !sign) throw new Error('Expected two inputs');
  const turned = g.subtract(g.scalar(1), g.multiply(sign, g.scalar(2)));
  g.output('made', g.multiply(g.multiply(g.averagePool(x, [2, 2], [2, 2]), factor), turned), 'picture');
  return writeOnnxModel(g.build()).bytes;
}

/** Planes whose rows and columns have to be multiples of four, 0 to 255, and that come back as they went. */
function ofFours(): Uint8Array {
  const attribute = [{ name: 'blocksize', type: 2, i: 4 }];
  const shape = [1, 3, 'rows', 'columns'] as const;
  return onnxBytes({
    nodes: [
      { opType: 'SpaceToDepth', input: ['image'], output: ['cells'], attribute },
      { opType: 'DepthToSpace', input: ['cells'], output: ['whole'], attribute },
      { opType: 'Tanh', input: ['whole'], output: ['made'] },
    ],
    inputs: [port('image', 'float32', [...shape])],
    outputs: [port('made', 'float32', [...shape])],
  });
}

const model = { file: 'model.onnx', layout: 'NCHW', range: '0..1' };
const noParams = { params: {} };

/** What the lab makes of a frame by calling the processor, as bytes. */
async function ofTheLab({ handle, params }: ExportSubject, frame: ByteFrame, values: ParameterValues): Promise<Uint8Array> {
  const video = {
    data: Float32Array.from(frame.data, (value) => value / 255),
    shape: [1, frame.rows, frame.columns, 3] as const,
  };
  const all = { ...defaultValues(params), ...values };
  const made = (await handle.call({ video, prompts: [], values: all })) as { readonly video: VideoTensor };
  return Uint8Array.from(made.video.data, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255));
}

const exported = (subject: ExportSubject, values: ParameterValues = {}) =>
  processorScopeSource(subject, { values: { ...defaultValues(subject.params), ...values }, sizes: [] });

describe('a model that cannot be part of a graph is refused by its own reason', () => {
  const shape = [1, 3, 'rows', 'columns'] as const;
  const [image, made] = [port('image', 'float32', [...shape]), port('made', 'float32', [...shape])];

  it.each([
    ['of an older operator set', { opset: 11 }, {}, 'Expected an ONNX model of opset 13 to 21 but received opset 11'],
    ['of planes where pixels were declared', {}, { layout: 'NHWC' }, 'Expected model.onnx to take [1, '],
    [
      'of another picture',
      { outputs: [port('made', 'float32', [1, 1, 'rows', 'columns'])] },
      {},
      'Expected one float RGB picture',
    ],
  ])('%s', async (_name, change, options, message) => {
    const nodes = [{ opType: 'Abs', input: ['image'], output: ['made'] }];
    const fixed = { ...image, shape: [1, 3, 16, 16] };
    const bytes = onnxBytes({ nodes, inputs: ['layout' in options ? fixed : image], outputs: [made], ...change });
    const subject = await packaged(bytes, { ...noParams, model: { ...model, ...options } });
    await expect(exported(subject)).rejects.toThrow(message);
    await expect(chainModel([{ ...subject, values: {} }], undefined)).rejects.toThrow(message);
  });

  it('and the runner without a file, or with one that is none', async () => {
    const subject = { handle: inlineHandle(onnxRunner), params: onnxRunner.params };
    await expect(exported(subject)).rejects.toThrow('Expected the file of a model for model_path but received none');
    await expect(exported(subject, { model_path: bench.path('none.onnx') })).rejects.toThrow(
      'Expected an ONNX model but received',
    );
    await writeFile(bench.path('text.onnx'), 'no model');
    await expect(exported(subject, { model_path: bench.path('text.onnx') })).rejects.toThrow('Expected an ONNX model');
  });

  it('and one with an input that the runner has no value for, or that is no number', async () => {
    const subject = { handle: inlineHandle(onnxRunner), params: onnxRunner.params };
    const withInput = async (type: 'float32' | 'int64'): Promise<string> => {
      const nodes = [{ opType: 'Abs', input: ['image'], output: ['made'] }];
      const bytes = onnxBytes({ nodes, inputs: [image, port('nanny_gain', type, [])], outputs: [made] });
      await writeFile(bench.path(`${type}.onnx`), bytes);
      return bench.path(`${type}.onnx`);
    };
    await expect(exported(subject, { model_path: await withInput('float32') })).rejects.toMatchObject({
      message: expect.stringMatching(/^Expected a value for every input of \S+ but received none for nanny_gain, float32 \[\]$/),
      action: expect.stringContaining('Make a package of the model'),
    });
    await expect(exported(subject, { model_path: await withInput('int64') })).rejects.toThrow(
      /but the picture and float parameters but received nanny_gain, int64 \[\]/,
    );
  });
});

const packages = [
  [
    'of any size, channels last',
    anySize,
    { params: { scaled_gain: gain }, model: { ...model, layout: 'NHWC' } },
    [{}, { scaled_gain: 1.6 }],
  ],
  [
    'of one size, planes from -1 to 1',
    fixedSize,
    { params: { scaled_power: power, scaled_invert: invert }, model: { ...model, range: '-1..1' } },
    [{}, { scaled_power: '0.5', scaled_invert: true }],
  ],
  [
    'at a size that its package asks for',
    anySize,
    { params: { scaled_gain: gain }, model: { ...model, layout: 'NHWC', width: 12, height: 9 } },
    [{}],
  ],
] as const;

describe.skipIf(pythonAbsence !== undefined).each(packages)(
  `a package of a model %s${withoutPython}`,
  (_name, bytes, manifest, settings) => {
    it("makes the lab's own picture in Python", async () => {
      const subject = await packaged(bytes(), manifest);
      const source = await exported(subject);
      expect(source).toMatchObject({ sizeMultiple: 1, graphs: [{ values: [] }], open: [] });
      expect(source.graphs[0]?.size).toBeUndefined();
      await bench.load(source);
      for (const [rows, columns] of [
        [27, 34],
        [40, 48],
      ] as const) {
        const [frame] = byteFrames(1, rows, columns) as [ByteFrame];
        for (const kwargs of settings) {
          const [chunk] = await bench.python.run('scaled', {}, [{ video: [frame], kwargs }]);
          expect(largestByteError(chunk?.data ?? Uint8Array.of(), await ofTheLab(subject, frame, kwargs))).toBeLessThanOrEqual(1);
        }
      }
    });
  },
);

describe.skipIf(pythonAbsence !== undefined)(`a model that takes multiples of four${withoutPython}`, () => {
  it('is found out, so that other frames are cut', async () => {
    const subject = await packaged(ofFours(), { ...noParams, model: { ...model, range: '0..255' } });
    const source = await exported(subject);
    expect(source.sizeMultiple).toBe(4);
    await bench.load(source);
    const [chunk] = await bench.python.run('scaled', {}, [{ video: byteFrames(1, 14, 19), kwargs: {} }]);
    expect(chunk?.shape).toEqual([1, 12, 16, 3]);
    const whole = await chainModel([{ ...subject, values: {} }], undefined);
    expect(Buffer.from(whole.bytes).includes('size_multiple')).toBe(true);
  });
});

describe.skipIf(pythonAbsence !== undefined)(`the ONNX runner with a model${withoutPython}`, () => {
  it("makes the lab's own picture in Python, with its strength as a control and the rest fixed", async () => {
    const g = new GraphBuilder('curve');
    const x = g.input('image', 'float32', [1, 3, 'rows', 'columns'], 'picture');
    g.output('made', g.power(g.divide(x, g.scalar(255)), g.constant('float32', [0.4, 0.6, 0.8], [1, 3, 1, 1])), 'picture');
    await writeFile(bench.path('curve.onnx'), writeOnnxModel(g.build()).bytes);
    const subject = { handle: inlineHandle(onnxRunner), params: onnxRunner.params };
    const load = { model_path: bench.path('curve.onnx'), model_range: '0..255', model_width: 16, model_height: 12 };
    const source = await exported(subject, load);
    expect([source.runtime, source.open].map((list) => list.map(({ name }) => name))).toEqual([['model_strength'], []]);
    expect(source.fixed.find(({ name }) => name === 'model_path')?.defaultValue).toBe('curve.onnx');
    expect(JSON.stringify(scopePackage(source).filter((file) => 'text' in file))).not.toContain(bench.path(''));
    const { schema } = await bench.load(source);
    const { params, facts, processorId } = importScopeSchema(JSON.parse(JSON.stringify(schema)));
    expect([facts.id, facts.name, processorId]).toEqual(['onnx-model-curve', 'ONNX model curve', 'onnx-model']);
    const kept: ParameterValues = { ...load, model_path: 'curve.onnx' };
    expect(describeParameters(params)).toEqual(
      describeParameters(onnxRunner.params).map((one) => ({ ...one, defaultValue: kept[one.name] ?? one.defaultValue })),
    );
    const [frame] = byteFrames(1, 25, 30) as [ByteFrame];
    for (const kwargs of [{}, { model_strength: 0.35 }]) {
      const [chunk] = await bench.python.run('onnx-model-curve', {}, [{ video: [frame], kwargs }]);
      const expected = await ofTheLab(subject, frame, { ...load, ...kwargs });
      expect(largestByteError(chunk?.data ?? Uint8Array.of(), expected)).toBeLessThanOrEqual(1);
    }
  });
});

describe('the ONNX runner with models of different files', () => {
  it('is a pipeline for each name, stable, valid and never that of another name', async () => {
    const subject = { handle: inlineHandle(onnxRunner), params: onnxRunner.params };
    const idOf = async (file: string): Promise<string> => {
      await mkdir(dirname(bench.path(file)), { recursive: true });
      await writeFile(bench.path(file), anySize(true));
      const source = await exported(subject, { model_path: bench.path(file), model_layout: 'NHWC' });
      expect(scopePackage(source).map(({ path }) => path)).toContain(
        `src/camera_lab_${source.id.replaceAll('-', '_')}/pipeline.py`,
      );
      return source.id;
    };
    expect([await idOf('denoise.onnx'), await idOf('other/denoise.onnx'), await idOf('denoise-2.onnx')]).toEqual([
      'onnx-model-denoise',
      'onnx-model-denoise',
      'onnx-model-denoise-2',
    ]);
    const alike = ['Denoise.onnx', 'denoise_2.onnx', 'denoise 2.onnx', '降噪.onnx', '去噪.onnx', `${'long-'.repeat(30)}a.onnx`];
    const ids = await Promise.all(alike.map(idOf));
    expect(new Set([...ids, 'onnx-model-denoise', 'onnx-model-denoise-2']).size).toBe(alike.length + 2);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*-[0-9a-f]{6}$/);
    expect(Math.max(...ids.map((id) => id.length))).toBeLessThanOrEqual(64);
    expect(await idOf('denoise_2.onnx')).toBe(ids[1]);
  });
});

describe('a model in a chain', () => {
  it('becomes one .onnx with its neighbours, and makes what they make one after the other', async () => {
    const subject = await packaged(anySize(), { params: { scaled_gain: gain }, model: { ...model, layout: 'NHWC' } });
    const sharp = { handle: inlineHandle(unsharpMask), params: unsharpMask.params, values: {} };
    const whole = await chainModel([{ ...subject, values: { scaled_gain: 0.8 } }, sharp], undefined);
    expect(whole.inputs.map(({ name }) => name)).toEqual(['video', 'scaled_gain', 'unsharp_amount', 'unsharp_threshold']);
    expect(whole.inputs[1]?.help).toBe('Amount: How much; 0 to 2, default 0.8');
    const alone = await chainModel([sharp], undefined);
    const run = async (bytes: Uint8Array, video: Tensor, values: ParameterValues): Promise<Tensor> => {
      const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
      const scalars = { ...processorInputs(unsharpMask.params, {}), ...processorInputs(subject.params, values) };
      const wanted = session.inputNames
        .filter((name) => name !== 'video')
        .map((name) => [name, new Tensor(scalars[name] as Float32Array, [])]);
      const { video_out: made } = await session.run({ video, ...Object.fromEntries(wanted) });
      await session.release();
      return made as Tensor;
    };
    const [frame] = byteFrames(1, 13, 18) as [ByteFrame];
    const [video, darker] = [1, 0.8].map((factor) => {
      return new Tensor(
        Float32Array.from(frame.data, (value) => (value / 255) * factor),
        [1, 13, 18, 3],
      );
    }) as [Tensor, Tensor];
    const [made, expected] = [await run(whole.bytes, video, { scaled_gain: 0.8 }), await run(alone.bytes, darker, {})];
    const error = (made.data as Float32Array).reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (expected.data[at] as number))),
      0,
    );
    expect(error).toBeLessThan(1e-5);
  });
});
