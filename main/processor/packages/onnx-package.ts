import type { ParameterDescription } from '../../../preload/contract.ts';
import { assert, InputError } from '../../base/errors.ts';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { readOnnxGraph } from '../../graph/onnx-import.ts';
import type { ProcessorDeclaration } from '../declaration.ts';
import { ImageModel } from '../image-model.ts';
import { modelOnPicture, ofAnySize } from '../image-model-graph.ts';
import type { ImageProcessor } from '../image-processor.ts';
import { describeParameters } from '../parameters.ts';
import { inlineHandle, type ProcessorHandle } from '../processor-handle.ts';
import { parametersFrom } from './declared-parameters.ts';
import type { OnnxManifest } from './manifest.ts';
import type { PackageFiles } from './package-files.ts';

/**
 * The processor of a package of data, whose inputs beside the picture are its runtime parameters: a graph where the manifest says its halo,
 * else one ONNX Runtime session around the model, which is called. Rejects with an InputError where model and parameters do not belong together.
 */
export async function openOnnxPackage(files: PackageFiles): Promise<ProcessorHandle> {
  const { manifest, folder } = files;
  assert(manifest.kind === 'onnx', `Expected a package of data but received ${folder}`);
  const bytes = files.files.get(manifest.model.file);
  if (!bytes)
    throw new InputError('package.no-model', `Expected the model ${manifest.model.file} in ${folder} but there is none`);
  const params = parametersFrom(manifest.params);
  const model = await ImageModel.open(bytes, `${manifest.model.file} of ${folder}`);
  try {
    expectParameters(manifest, model);
    const asGraph = manifest.model.halo === undefined ? undefined : graphProcessorOf(manifest, params, bytes);
    if (asGraph) await model.close();
    if (asGraph) return inlineHandle(asGraph);
    return inlineHandle(processorOf({ manifest, params, model, bytes }), { kind: 'onnx', files });
  } catch (thrown) {
    await model.close();
    throw thrown;
  }
}

function expectParameters({ params, model: { file } }: OnnxManifest, model: ImageModel): void {
  const declared = Object.keys(params);
  const text = (names: readonly string[]): string => names.join(', ') || 'none';
  const loadTime = declared.filter((name) => params[name]?.kind === 'load-time');
  if (loadTime.length > 0) {
    const message = `Expected runtime parameters alone for a model but received the load-time ones ${text(loadTime)}`;
    throw new InputError('package.load-time', message, 'A model cannot be built anew: make them runtime parameters or use code.');
  }
  const missing = declared.filter((name) => !model.parameterInputs.includes(name));
  const extra = model.parameterInputs.filter((name) => !declared.includes(name));
  if (missing.length === 0 && extra.length === 0) return;
  const message = `Expected the inputs ${text(declared)} of ${file} beside the picture but received ${text(model.parameterInputs)}`;
  throw new InputError('package.inputs', message, 'Declare each input of one element as a runtime parameter.');
}

/** What a manifest declares. The rules check it, like everything that comes from outside. */
function declaredBy(manifest: OnnxManifest, params: ImageProcessor['params']): Omit<ImageProcessor, 'graph' | 'call'> {
  const { schemaVersion: _, kind: __, model: ___, docs, ...declared } = manifest;
  return {
    ...(declared as unknown as ProcessorDeclaration & { version: string }),
    ...(docs === undefined ? {} : { docs }),
    params,
    supportsPrompts: false,
    prepare: () => ({ inputSize: 1 }),
  };
}

/** A model that says which rows it depends on: it joins its neighbours and is cut in strips, where one that is called takes the frame alone. */
function graphProcessorOf(manifest: OnnxManifest, params: ImageProcessor['params'], bytes: Uint8Array): ImageProcessor {
  const { halo = 0, ...options } = manifest.model;
  const picture = ofAnySize({ graph: readOnnxGraph(bytes), name: options.file, options });
  return {
    ...declaredBy(manifest, params),
    halo: () => halo,
    graph: (g, { video, ...inputs }) => ({ video: modelOnPicture(g, video, picture, numbersOf(g, params, inputs)) }),
  };
}

interface OpenedPackage {
  readonly manifest: OnnxManifest;
  readonly params: ImageProcessor['params'];
  readonly model: ImageModel;
  readonly bytes: Uint8Array;
}

function processorOf({ manifest, params, model, bytes }: OpenedPackage): ImageProcessor {
  const { model: options } = manifest;
  return {
    ...declaredBy(manifest, params),
    call: async ({ video, prompts: _prompts, ...values }) => {
      const numbers = Object.entries(values).map(([name, value]) => [name, Number(value)] as const);
      return { video: await model.run(video, Object.fromEntries(numbers), options) };
    },
    modelGraph: async () => {
      const picture = { graph: readOnnxGraph(bytes), name: options.file, options };
      return (g, { video, ...inputs }) => ({ video: modelOnPicture(g, video, picture, numbersOf(g, params, inputs)) });
    },
    shutdown: () => model.close(),
  };
}

/** The parameters as the inputs of a model take them, by name. */
function numbersOf(g: GraphBuilder, params: ImageProcessor['params'], inputs: object): Record<string, Value> {
  const values = inputs as Readonly<Record<string, Value>>;
  const entries = describeParameters(params).map((one) => [one.name, numberOf(g, one, values[one.name] as Value)] as const);
  return Object.fromEntries(entries);
}

/** A model is called with the number that a choice's text is; a graph's input is the place of the choice. */
function numberOf(g: GraphBuilder, { name, options, control }: ParameterDescription, value: Value): Value {
  if (control === 'text') {
    const message = `Expected numbers, switches and choices as inputs of a graph but received the text ${name}`;
    throw new InputError('package.inputs', message, 'Make it a choice of numbers.');
  }
  if (!options) return value;
  const numbers = options.map((option) => Number(option.value));
  return g.gather(g.constant('float32', numbers, [numbers.length]), g.cast(value, 'int32'), 0);
}
