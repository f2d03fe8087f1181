import { assert } from '../../base/errors.ts';
import { builtinProcessors } from '../builtin/builtin-processors.ts';
import { openOnnxPackage } from '../packages/onnx-package.ts';
import { inlineHandle, type ProcessorHandle } from '../processor-handle.ts';
import type { CallSource } from './call-source.ts';

/** A processor for the calling thread. Whoever opens it closes it. Rejects for a model that cannot be loaded. */
export async function openCallSource(source: CallSource): Promise<ProcessorHandle> {
  if (source.kind === 'onnx') return openOnnxPackage(source.files);
  const processor = builtinProcessors.find(({ id }) => id === source.id);
  assert(processor, `Expected a processor of the lab but received ${source.id}`);
  return inlineHandle(processor, source);
}
