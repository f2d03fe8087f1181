import { InputError } from '../../base/errors.ts';
import type { Graph, Port, Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { readOnnxGraph } from '../../graph/onnx-import.ts';
import { planesOf, videoOf } from '../builtin/video-planes.ts';
import type { ImageProcessor } from '../image-processor.ts';
import type { OnnxManifest } from './manifest.ts';

const scales = { '0..1': [1, 0], '-1..1': [2, -1], '0..255': [255, 0] } as const;

/**
 * A package's model as the graph of a processor, for one that says which rows it depends on: it joins its neighbours and is cut in strips,
 * where a model that is called takes the whole frame alone. Throws InputError for a model that cannot be a part of a graph or has a size.
 */
export function onnxGraph({ model }: OnnxManifest, bytes: Uint8Array): Required<Pick<ImageProcessor, 'graph'>>['graph'] {
  const imported = readOnnxGraph(bytes);
  const [image, output] = [imported.inputs.find(isPicture), imported.outputs[0]];
  if (!image || !output) throw refused('a float picture as an input and as the output', 'none', model.file);
  const [rows, columns] = model.layout === 'NCHW' ? [2, 3] : [1, 2];
  const fixed = [rows, columns].map((axis) => image.shape[axis as number]).filter((extent) => typeof extent === 'number');
  if (model.width > 0 || model.height > 0 || fixed.length > 0) {
    throw refused(
      'a model for frames of any size',
      `one of ${fixed.join(' x ') || `${model.width} x ${model.height}`}`,
      model.file,
    );
  }
  return (g, inputs) => ({ video: inlined(g, imported, { model, image, output }, inputs as Inputs) });
}

type Inputs = Readonly<Record<string, Value>> & { readonly video: Value };

interface Ports {
  readonly model: OnnxManifest['model'];
  readonly image: Port;
  readonly output: Port;
}

function inlined(g: GraphBuilder, imported: Graph, { model, image, output }: Ports, { video, ...parameters }: Inputs): Value {
  const [scale, offset] = scales[model.range];
  const entering = model.layout === 'NCHW' ? planesOf(g, video) : video;
  const scaled = scale === 1 ? entering : g.add(g.multiply(entering, g.scalar(scale)), g.scalar(offset));
  const shaped = imported.inputs
    .filter((port) => port !== image)
    .map((port): [string, Value] => {
      // A parameter is an input of one element, of as many axes as the model likes.
      return [
        port.name,
        g.reshape(
          parameters[port.name] as Value,
          port.shape.map(() => 1),
        ),
      ];
    });
  const made = g.inline(imported, { ...Object.fromEntries(shaped), [image.name]: scaled }, { [output.name]: scaled.shape });
  const result = made[output.name] as Value;
  const unscaled = scale === 1 ? result : g.multiply(g.subtract(result, g.scalar(offset)), g.scalar(1 / scale));
  return model.layout === 'NCHW' ? videoOf(g, unscaled) : unscaled;
}

function isPicture({ type, shape }: Port): boolean {
  return type === 'float32' && shape.length === 4;
}

function refused(expected: string, received: string, file: string): InputError {
  return new InputError(
    'package.halo',
    `Expected ${expected} of ${file} with a halo but received ${received}`,
    'Export it for any size, or leave model.halo out.',
  );
}
