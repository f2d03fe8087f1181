import { createHash } from 'node:crypto';
import type { ExportParameter } from '../export-parameter.ts';
import type { ScopeSource } from './scope-source.ts';

/** With the processor's own id no longer than an id may be. */
const mostOfName = 32;

/**
 * What a processor that runs the model of any file is called in Scope, so that two models are two pipelines: its id and name, followed by
 * the file's name without folder and ending. A name that is more than lower-case words joined by hyphens is spelled so, and told from
 * others that are then spelled alike by six digits. Nothing for a processor without such a file.
 */
export function identityOfModel(
  processorId: string,
  processorName: string,
  parameters: readonly ExportParameter[],
): Pick<ScopeSource, 'id' | 'name' | 'processorId'> | undefined {
  const file = parameters.find(({ component }) => component === 'model');
  const stem = String(file?.defaultValue ?? '').replace(/^.*[/\\]|\.onnx$/gi, '');
  if (stem === '') return undefined;
  const words = stem.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const spelled = words.join('-').slice(0, mostOfName).replace(/-$/, '');
  const digits = createHash('sha256').update(stem).digest('hex').slice(0, 6);
  const parts = [processorId, spelled, spelled === stem ? '' : digits];
  return { id: parts.filter((part) => part !== '').join('-'), name: `${processorName} ${stem}`, processorId };
}
