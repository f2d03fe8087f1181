import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { GraphBuilder } from '../../../../main/graph/graph-builder.ts';
import { writeOnnxModel } from '../../../../main/graph/onnx-model.ts';
import type { VideoTensor } from '../../../../main/processor/video-tensor.ts';

/** Folders of packages below one that is removed after the test file that asks for it. */
export interface PackageFolders {
  path(...names: readonly string[]): string;
  /** Writes a package's files; contents that are no text or bytes are written as JSON. Returns its folder. */
  write(folder: string, files: Readonly<Record<string, unknown>>): Promise<string>;
}

/** Sets folders of packages up for the test file that calls it. */
export function packageFolders(): PackageFolders {
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'camera-lab-packages-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  return {
    path: (...names) => join(root, ...names),
    write: async (folder, files) => {
      for (const [name, content] of Object.entries(files)) {
        const path = join(root, folder, name);
        await mkdir(dirname(path), { recursive: true });
        const isPlain = typeof content === 'string' || content instanceof Uint8Array;
        await writeFile(path, isPlain ? content : JSON.stringify(content));
      }
      return join(root, folder);
    },
  };
}

/** The manifest of a package of code. */
export function codeManifest(id: string, module = 'processor.js'): object {
  return { schemaVersion: 1, kind: 'code', id, module };
}

/** The module of a package that multiplies by its one parameter; `body` is its graph or call. */
export function codeModule(id: string, body: string, maximum = 4): string {
  return `export default ({ defineProcessor, runtime, z }) => defineProcessor({
    id: '${id}', name: 'Test', description: 'Multiplies', version: '1.0.0', supportsPrompts: false,
    modes: { video: { default: true } }, usage: ['postprocessor'],
    params: {
      test_gain: runtime(z.number().min(0).max(${maximum}).default(1), { order: 1, label: 'Gain', help: 'Factor', category: 'Test' }),
    },
    prepare: () => ({ inputSize: 1 }),
    ${body}
  });`;
}

/** A graph for {@link codeModule}. */
export const gainGraph = 'graph: (g, { video, test_gain }) => ({ video: g.multiply(video, test_gain) }),';

/** The manifest of a package of data with one parameter. */
export const onnxManifest = {
  schemaVersion: 1,
  kind: 'onnx',
  id: 'scaled',
  name: 'Scaled',
  description: 'Multiplies by a number',
  version: '1.0.0',
  modes: { video: { default: true } },
  usage: ['postprocessor'],
  params: {
    scaled_gain: {
      kind: 'runtime',
      schema: { type: 'number', minimum: 0, maximum: 2, default: 0.5 },
      ui: { order: 1, label: 'Gain', help: 'Factor', category: 'Test' },
    },
  },
  model: { file: 'model.onnx', layout: 'NCHW', range: '0..1' },
} as const;

/** A model that multiplies its picture by `scaled_gain`. */
export function gainModel(): Uint8Array {
  const g = new GraphBuilder('scaled');
  const x = g.input('image', 'float32', [1, 3, 'rows', 'columns'], 'picture');
  g.output('made', g.multiply(x, g.input('scaled_gain', 'float32', [], 'factor')), 'picture');
  return writeOnnxModel(g.build()).bytes;
}

/** One frame of two pixels. */
export function twoPixels(): VideoTensor {
  return { data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0.125), shape: [1, 1, 2, 3] };
}
