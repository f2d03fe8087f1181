import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InputError, messageOf } from '../../base/errors.ts';
import { readOnnxGraph } from '../../graph/onnx-import.ts';
import { defineProcessor } from '../define-processor.ts';
import { ImageModel } from '../image-model.ts';
import { modelOnPicture } from '../image-model-graph.ts';
import { loadTime, runtime } from '../parameters.ts';

/** Models that calls have opened, by their path, until shutdown. */
const opened = new Map<string, Promise<ImageModel>>();

/** Each model is loaded once; one that cannot be loaded is tried again by the next call. */
function modelAt(path: string): Promise<ImageModel> {
  const known = opened.get(path);
  if (known) return known;
  const opening = ImageModel.open(path, path);
  opened.set(path, opening);
  opening.catch(() => opened.delete(path));
  return opening;
}

async function readModel(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw new InputError(
      'image-model.refused',
      `Expected an ONNX model but received ${path}: ${messageOf(cause)}`,
      undefined,
      cause,
    );
  });
}

/** Runs any image-to-image model: one RGB picture in, one out. Without a file the picture stays as it is. */
export const onnxRunner = defineProcessor({
  id: 'onnx-model',
  name: 'ONNX model',
  description: 'Runs an image-to-image ONNX model of any layout, size and range',
  version: '1.0.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['preprocessor', 'main', 'postprocessor'],
  params: {
    model_strength: runtime(z.number().min(0).max(1).default(1), {
      order: 1,
      label: 'Strength',
      category: 'Model',
      help: "Share of the model's picture in the result",
    }),
    model_path: loadTime(z.string().default(''), {
      order: 2,
      label: 'File',
      category: 'Model',
      help: 'Path of the .onnx file; without one the picture stays as it is',
      component: 'model',
      fileTypes: ['onnx'],
    }),
    model_layout: loadTime(z.enum(['NCHW', 'NHWC']).default('NCHW'), {
      order: 3,
      label: 'Layout',
      category: 'Model',
      help: 'Where the model has its channels',
      optionLabels: ['Channels first', 'Channels last'],
    }),
    model_range: loadTime(z.enum(['0..1', '-1..1', '0..255']).default('0..1'), {
      order: 4,
      label: 'Range',
      category: 'Model',
      help: 'What black and white are to the model',
    }),
    model_width: loadTime(z.int().min(0).max(8192).default(0), {
      order: 5,
      label: 'Width',
      unit: 'px',
      category: 'Model',
      component: 'resolution',
      help: 'Columns that the model works at; 0 for those of the frame',
    }),
    model_height: loadTime(z.int().min(0).max(8192).default(0), {
      order: 6,
      label: 'Height',
      unit: 'px',
      category: 'Model',
      component: 'resolution',
      help: 'Rows that the model works at; 0 for those of the frame',
    }),
  },
  prepare: () => ({ inputSize: 1 }),
  call: async ({ video, model_strength }, { model_path, model_layout, model_range, model_width, model_height }) => {
    if (model_path === '') return { video };
    const model = await modelAt(model_path);
    const options = { layout: model_layout, range: model_range, width: model_width, height: model_height };
    const made = await model.run(video, {}, options);
    const data = made.data.map((value, index) => {
      const before = video.data[index] as number;
      return before + (value - before) * model_strength;
    });
    return { video: { ...made, data } };
  },
  modelGraph: async ({ model_path, model_layout, model_range, model_width, model_height }) => {
    if (model_path === '') {
      const message = 'Expected the file of a model for model_path but received none';
      throw new InputError('processor.no-model', message, 'Set model_path to an .onnx file.');
    }
    const options = { layout: model_layout, range: model_range, width: model_width, height: model_height };
    const model = { graph: readOnnxGraph(await readModel(model_path)), name: model_path, options };
    return (g, { video, model_strength }) => {
      const made = modelOnPicture(g, video, model, {});
      return { video: g.add(video, g.multiply(g.subtract(made, video), model_strength)) };
    };
  },
  shutdown: async () => {
    const models = [...opened.values()];
    opened.clear();
    for (const model of await Promise.allSettled(models)) if (model.status === 'fulfilled') await model.value.close();
  },
});
