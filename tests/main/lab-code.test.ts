import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOnnxGraph } from '../../main/graph/onnx-import.ts';
import { fastAlgoDeclaration } from '../../main/isp/fast-algo-parameters.ts';
import { fastIsp } from '../../main/isp/fast-isp.ts';
import { type LabChain, makeLabChain } from '../../main/lab-chain.ts';
import { codeHandlers } from '../../main/lab-code.ts';
import { ProcessorDesk } from '../../main/live/processor-desk.ts';
import { ParameterStore } from '../../main/processor/parameter-store.ts';

/** What a tuning made of the camera's sensor. */
const tunedSensor = {
  cfa: 'GBRG',
  bits: 10,
  blackLevels: [60, 61, 62, 63],
  whiteLevel: 1000,
  srgbFromCamera: [1.5, -0.4, -0.1, -0.2, 1.4, -0.2, 0, -0.5, 1.5],
} as const;

let folder: string;
let labChain: LabChain;
let handlers: ReturnType<typeof codeHandlers>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camera-lab-code-'));
  const processors = new ProcessorDesk(
    [fastIsp.declaration, fastAlgoDeclaration].map((declaration) => {
      return { declaration, parameters: new ParameterStore(declaration.id, declaration.params) };
    }),
  );
  labChain = await makeLabChain(folder, processors);
  await labChain.restore();
  const mode = { id: 'm', width: 64, height: 48, framesPerSecond: 30, pixelFormat: 'GRBG10' };
  const state = { phase: 'streaming', modes: [mode], modeId: 'm', processorId: 'fast-isp' } as const;
  const stream = { state: { ...state, modes: [mode] }, tuned: { newestSensor: () => tunedSensor } };
  handlers = codeHandlers({ ...labChain, processors, stage: fastIsp, stream, exportsFolder: join(folder, 'exports') });
});

afterAll(async () => {
  await labChain.close();
  await rm(folder, { recursive: true });
});

async function sourceOf(processorId: string): Promise<Record<string, string>> {
  const { files } = await handlers['code.get']({ processorId, form: 'source' });
  return Object.fromEntries(files.map(({ path, text }) => [path, text ?? '']));
}

test('a processor that there is not is refused', async () => {
  await expect(sourceOf('nothing')).rejects.toThrow('Expected a processor of the lab (fast-isp, fast-algo) but received nothing');
  await expect(handlers['package.inspect']({ folder: '/nowhere' })).rejects.toThrow('received /nowhere');
});

test('a stage is its declaration and the graph for what streams', async () => {
  const files = await sourceOf('fast-isp');
  expect(JSON.parse(files['declaration.json'] ?? '')).toMatchObject({ id: 'fast-isp', usage: ['main'] });
  expect(files['graph.txt']).toMatch(/^graph \S+: \d+ nodes/);
  expect(files['graph.txt']).toMatch(/ {2}rgba uint8 \[48, 64, 4\]|rgba uint8 \[.*64.*\]/);
});

test('algorithms have a declaration and no graph', async () => {
  expect(Object.keys(await sourceOf('fast-algo'))).toEqual(['declaration.json']);
});

test('an entry has the graph of its own values; one that is called has a declaration alone', async () => {
  labChain.chain.add('unsharp-mask');
  labChain.chain.add('prompt-style');
  const files = await sourceOf('unsharp-mask');
  expect(JSON.parse(files['declaration.json'] ?? '')).toMatchObject({ id: 'unsharp-mask', version: expect.any(String) });
  expect(files['graph.txt']).toContain('video float32 [1, 48, 64, 3]');
  expect(Object.keys(await sourceOf('prompt-style'))).toEqual(['declaration.json']);
});

test('the Scope form is what an export writes, with the values of now as defaults', async () => {
  labChain.chain.add('vignette-correction');
  const { files } = await handlers['code.get']({ processorId: 'vignette-correction', form: 'scope' });
  const names = files.map(({ path }) => path.replace(/^src\/\w+\//, 'src/'));
  expect(names).toEqual(['pyproject.toml', 'src/__init__.py', 'src/schema.py', 'src/pipeline.py', 'src/model.onnx', 'README.md']);
  const model = files.find(({ path }) => path.endsWith('.onnx'));
  expect(model).not.toHaveProperty('text');
  expect(model?.bytes).toBeGreaterThan(100);
  await expect(handlers['code.get']({ processorId: 'fast-algo', form: 'scope' })).rejects.toThrow('one that only decides');
  await expect(handlers['code.get']({ processorId: 'prompt-style', form: 'scope' })).rejects.toThrow('is called');
});

test('the tuned stage exports too', async () => {
  const { files } = await handlers['code.get']({ processorId: 'fast-isp', form: 'scope' });
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['pyproject.toml', expect.stringMatching(/^src\/\w+\/pipeline\.py$/)]),
  );
});

test('the stage is exported as it is tuned now', async () => {
  const { files } = await handlers['code.get']({ processorId: 'fast-isp', form: 'scope' });
  const readme = files.find(({ path }) => path === 'README.md')?.text;
  expect(readme).toContain('a GBRG mosaic from black at 60, 61, 62, 63 to white at 1000 DN');
});

test('what is written is what is shown, byte for byte, beside earlier exports', async () => {
  labChain.chain.add('edge-view');
  const { files } = await handlers['code.get']({ processorId: 'edge-view', form: 'scope' });
  for (const name of ['scope-edge-view', 'scope-edge-view-2']) {
    const written = await handlers['code.export']({ processorId: 'edge-view', form: 'scope' });
    expect(written).toEqual({ path: join(folder, 'exports', name), files });
    for (const { path, bytes, text } of files) {
      const onDisk = await readFile(join(written.path, path));
      expect(onDisk.length).toBe(bytes);
      if (text !== undefined) expect(onDisk.toString('utf8')).toBe(text);
    }
  }
});

test('an entry and the stage are written as a documented model each', async () => {
  for (const [processorId, input] of [
    ['edge-view', 'edge_overlay'],
    ['fast-isp', 'mosaic'],
  ] as const) {
    const { path, files } = await handlers['code.export']({ processorId, form: 'onnx' });
    expect([path, files.length]).toEqual([join(folder, 'exports', `${processorId}.onnx`), 1]);
    const graph = readOnnxGraph(await readFile(path));
    expect(graph.inputs.find(({ name }) => name === input)?.help).not.toBe('');
  }
});

test('exports at the same time get a name each', async () => {
  for (const [form, ending] of [
    ['scope', ''],
    ['onnx', '.onnx'],
  ] as const) {
    labChain.chain.add('false-colour');
    const exporting = (): Promise<{ path: string }> => handlers['code.export']({ processorId: 'false-colour', form });
    const written = await Promise.all([exporting(), exporting()]);
    const name = form === 'scope' ? 'scope-false-colour' : 'false-colour';
    const wanted = [name, `${name}-2`].map((one) => join(folder, 'exports', `${one}${ending}`));
    expect(written.map(({ path }) => path).sort()).toEqual(wanted.sort());
    const [first, second] = wanted.map((path) => (form === 'scope' ? join(path, 'pyproject.toml') : path));
    expect(await readFile(first as string)).toEqual(await readFile(second as string));
  }
  expect((await readdir(join(folder, 'exports'))).filter((name) => name.includes('partial'))).toEqual([]);
});

test('nothing is written of what cannot be exported', async () => {
  const before = await readdir(join(folder, 'exports'));
  for (const form of ['scope', 'onnx'] as const) {
    await expect(handlers['code.export']({ processorId: 'fast-algo', form })).rejects.toThrow('one that only decides');
    await expect(handlers['code.export']({ processorId: 'prompt-style', form })).rejects.toThrow('is called');
  }
  expect(await readdir(join(folder, 'exports'))).toEqual(before);
});
