import { productVersion } from '../../base/product.ts';
import type { ExportParameter } from '../export-parameter.ts';
import { className, docstring, oneLine, packageName, pythonText } from './python-text.ts';
import type { ScopeSource } from './scope-source.ts';

/** `__init__.py`: the hook by which Scope finds the pipeline. Nothing heavy is imported before it is asked for. */
export function entryText({ id, name }: ScopeSource): string {
  return `"""Registers ${docstring(name)} with Daydream Scope."""

from scope.core.plugins.hookspecs import hookimpl


@hookimpl
def register_pipelines(register):
    from .pipeline import ${className(id)}Pipeline

    register(${className(id)}Pipeline)
`;
}

/** `pyproject.toml`: one entry point, the package that hatchling is to take whole, and what Scope does not bring itself. */
export function projectText({ id, description, version }: ScopeSource): string {
  const name = packageName(id);
  const distribution = name.replaceAll('_', '-');
  // Python's versions have other forms for what follows the numbers.
  const numbers = /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '0.0.0';
  return `[project]
name = ${pythonText(distribution)}
version = ${pythonText(numbers)}
description = ${pythonText(oneLine(description))}
readme = "README.md"
requires-python = ">=3.12"
dependencies = ["onnxruntime>=1.17"]

[project.entry-points."scope"]
${name} = ${pythonText(name)}

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = [${pythonText(`src/${name}`)}]
`;
}

/** `README.md`: what the package does, how it is installed, its controls, and what was decided when it was exported. */
export function readmeText(source: ScopeSource, models: readonly { readonly file: string; readonly sha256: string }[]): string {
  const { id, name, description, version, runtime, open, fixed } = source;
  const controls = [...runtime, ...open].sort((a, b) => a.order - b.order);
  const lines = [
    `# ${oneLine(name)} for Daydream Scope`,
    '',
    `${oneLine(description)}. Version ${version}, pipeline \`${id}\`, written by Camera Lab ${productVersion}.`,
    '',
    'Install it in Scope under Settings, Plugins, by the path of this folder.',
    '',
    '## Frames',
    '',
    ...framesOf(source).map((sentence) => `- ${sentence}`),
    ...(controls.length > 0 ? ['', '## Controls', '', ...controlTable(controls)] : []),
    ...(open.length > 0
      ? ['', 'Controls of loading are read when the pipeline is loaded: a model is kept for each of their values.']
      : []),
    ...(fixed.length > 0 ? ['', '## Fixed at export', '', fixedReason, '', ...fixedTable(fixed)] : []),
    '',
    '## Models',
    '',
    '| file | SHA-256 |',
    '|---|---|',
    ...models.map(({ file, sha256 }) => `| \`${file}\` | \`${sha256}\` |`),
    '',
  ];
  return lines.join('\n');
}

const fixedReason = 'These shape the model, so that another value needs another export.';

function framesOf({ graphs, sizeMultiple, inputSize, remarks }: ScopeSource): string[] {
  const sizes = [...new Set(graphs.flatMap(({ size }) => (size ? [`${size.width}x${size.height}`] : [])))];
  const cut = sizeMultiple > 1 ? `Rows and columns are cut to a multiple of ${sizeMultiple}.` : undefined;
  const memory =
    inputSize > 1
      ? `Every frame is made from itself and the ${inputSize - 1} before it, which are remembered; before the first one there is only itself.`
      : undefined;
  const taken =
    sizes.length > 0 ? `Only frames of ${sizes.join(', ')} are taken; others are refused.` : 'Frames may have any size.';
  return [taken, cut, memory, ...remarks].filter((sentence) => sentence !== undefined);
}

function cell(text: string): string {
  return oneLine(text).replaceAll('|', '\\|');
}

function controlTable(parameters: readonly ExportParameter[]): string[] {
  const rows = parameters.map(({ name, label, unit = '', kind, options, control, minimum, maximum, defaultValue, help }) => {
    const range = options
      ? options.map(({ value }) => value).join(', ')
      : control === 'toggle'
        ? 'on, off'
        : `${minimum} to ${maximum}`;
    const acts = kind === 'load-time' ? 'at loading' : 'at once';
    const cells = [`\`${name}\``, label, range, unit, String(defaultValue), acts, help];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return ['| name | label | range | unit | default | acts | |', '|---|---|---|---|---|---|---|', ...rows];
}

function fixedTable(parameters: readonly ExportParameter[]): string[] {
  const rows = parameters.map(({ name, label, unit = '', defaultValue }) => {
    return `| ${[`\`${name}\``, label, String(defaultValue), unit].map(cell).join(' | ')} |`;
  });
  return ['| name | label | value | unit |', '|---|---|---|---|', ...rows];
}
