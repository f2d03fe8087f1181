import { assert, InputError } from '../../base/errors.ts';
import type { ProcessorDeclaration } from '../declaration.ts';
import { ImageModel } from '../image-model.ts';
import type { ImageProcessor } from '../image-processor.ts';
import { inlineHandle, type ProcessorHandle } from '../processor-handle.ts';
import { parametersFrom } from './declared-parameters.ts';
import type { OnnxManifest } from './manifest.ts';
import type { PackageFiles } from './package-files.ts';

/**
 * The processor of a package of data: one ONNX Runtime session around its model, whose inputs beside the picture are its runtime
 * parameters. Rejects with an InputError where model and parameters do not belong together.
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
    return inlineHandle(processorOf(manifest, params, model), { kind: 'onnx', files });
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

function processorOf(manifest: OnnxManifest, params: ImageProcessor['params'], model: ImageModel): ImageProcessor {
  const { schemaVersion: _, kind: __, model: options, docs, ...declared } = manifest;
  return {
    // What it declares is checked by the rules, like everything that comes from outside.
    ...(declared as unknown as ProcessorDeclaration & { version: string }),
    ...(docs === undefined ? {} : { docs }),
    params,
    supportsPrompts: false,
    prepare: () => ({ inputSize: 1 }),
    call: async ({ video, prompts: _prompts, ...values }) => {
      const numbers = Object.entries(values).map(([name, value]) => [name, Number(value)] as const);
      return { video: await model.run(video, Object.fromEntries(numbers), options) };
    },
    shutdown: () => model.close(),
  };
}
