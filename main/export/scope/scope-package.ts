import { InputError } from '../../base/errors.ts';
import { writeOnnxModel } from '../../graph/onnx-model.ts';
import { type ModelEntry, pipelineText } from './pipeline-text.ts';
import { entryText, projectText, readmeText } from './project-text.ts';
import { packageName } from './python-text.ts';
import { schemaText } from './schema-text.ts';
import { expectScopeNames } from './scope-names.ts';
import type { PackageFile, ScopeSource } from './scope-source.ts';

/** Most bytes of all models of a package together: what a repository takes without complaint. */
const largestModelsBytes = 64 * 2 ** 20;

/**
 * The files of a Python package that Daydream Scope loads, in the order in which a person reads them. Pure: equal sources give equal
 * bytes, so that what a window shows is what is written. Throws InputError for names that Scope keeps for itself and for models of more
 * than {@link largestModelsBytes}.
 */
export function scopePackage(source: ScopeSource): readonly PackageFile[] {
  expectScopeNames(source);
  const { entries, models } = modelsOf(source);
  const folder = `src/${packageName(source.id)}`;
  return [
    { path: 'pyproject.toml', text: projectText(source) },
    { path: `${folder}/__init__.py`, text: entryText(source) },
    { path: `${folder}/schema.py`, text: schemaText(source) },
    { path: `${folder}/pipeline.py`, text: pipelineText(source, entries) },
    ...models.map(({ file, bytes }) => ({ path: `${folder}/${file}`, bytes })),
    { path: 'README.md', text: readmeText(source, models) },
  ];
}

interface ModelFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** One file for every graph that differs from the others. */
function modelsOf(source: ScopeSource): { readonly entries: ModelEntry[]; readonly models: ModelFile[] } {
  const models = new Map<string, ModelFile>();
  const written = source.graphs.map((graph) => ({ graph, model: writeOnnxModel(graph.graph) }));
  const count = new Set(written.map(({ model }) => model.hash)).size;
  const entries = written.map(({ graph: { values, size }, model }) => {
    const file = count === 1 ? 'model.onnx' : `model-${models.size + 1}.onnx`;
    const known = models.get(model.hash) ?? { file, bytes: model.bytes, sha256: model.hash };
    models.set(model.hash, known);
    return { file: known.file, values, ...(size ? { size } : {}) };
  });
  const total = [...models.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (total > largestModelsBytes) {
    const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
    const message = `Expected models of at most ${mebibytes(largestModelsBytes)} for ${source.id} but received ${mebibytes(total)}`;
    throw new InputError('export.too-large', message, 'Export fewer sizes, or a smaller table.');
  }
  return { entries, models: [...models.values()] };
}
