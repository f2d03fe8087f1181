import { productVersion } from '../../base/product.ts';
import type { ExportParameter } from '../export-parameter.ts';
import { className, docstring, oneLine, pythonDefault, pythonText, pythonValue } from './python-text.ts';
import type { ScopeSource } from './scope-source.ts';

/** `schema.py`: what Scope knows of the pipeline and which controls it shows. */
export function schemaText(source: ScopeSource): string {
  const { name, description, fixed } = source;
  const parameters = [...source.runtime, ...source.open].sort((a, b) => a.order - b.order);
  const needsChoice = parameters.some(({ options }) => options);
  const lines = [
    `"""${docstring(`${name}: ${description}`)}.`,
    '',
    `Written by Camera Lab ${productVersion}.`,
    '"""',
    '',
    ...(needsChoice ? ['from typing import Literal', ''] : []),
    ...(parameters.length > 0 ? ['from pydantic import Field'] : []),
    ...importsOf(source, parameters),
    ...(parameters.length > 0 ? labField : []),
    '',
    '',
    `class ${className(source.id)}Config(BasePipelineConfig):`,
    `    """Controls of ${docstring(name)}."""`,
    '',
    ...metadataOf(source),
    ...(fixed.length > 0 ? ['', ...fixedComment(fixed)] : []),
    ...parameters.flatMap((parameter) => ['', ...fieldOf(parameter)]),
    '',
  ];
  return lines.join('\n');
}

function importsOf({ usage }: ScopeSource, parameters: readonly ExportParameter[]): string[] {
  const names = ['BasePipelineConfig', 'ModeDefaults'];
  if (usageNames(usage).length > 0) names.push('UsageType');
  if (parameters.length > 0) names.push('ui_field_config');
  return ['from scope.core.pipelines.base_schema import (', ...names.map((name) => `    ${name},`), ')'];
}

/** The helper of every field. Scope reads `ui`; what stands beside it is for whoever imports the schema into the lab again. */
const labField = [
  '',
  '',
  'def lab_field(*, order: int, label: str, is_load_param: bool = False, **lab) -> dict:',
  '    """Where and how Scope shows a control; what Scope has no place for is kept beside it."""',
  '    ui = ui_field_config(order=order, label=label, is_load_param=is_load_param)',
  '    return {**ui, "camera_lab": lab}',
];

/** Scope's usages; the main place needs none. */
function usageNames(usage: readonly string[]): string[] {
  return usage.filter((place) => place !== 'main').map((place) => `UsageType.${place.toUpperCase()}`);
}

function metadataOf({ id, name, description, version, docs, usage, modes }: ScopeSource): string[] {
  const offered = modes.map((mode, index) => `${pythonText(mode)}: ModeDefaults(${index === 0 ? 'default=True' : ''})`);
  return [
    '    # Without annotations: one would make a setting of the user out of what identifies the pipeline.',
    `    pipeline_id = ${pythonText(id)}`,
    `    pipeline_name = ${pythonText(name)}`,
    `    pipeline_description = ${pythonText(description)}`,
    `    pipeline_version = ${pythonText(version)}`,
    ...(docs === undefined ? [] : [`    docs_url = ${pythonText(docs)}`]),
    '    supports_prompts = False',
    `    usage = [${usageNames(usage).join(', ')}]`,
    `    modes = {${offered.join(', ')}}`,
  ];
}

function fixedComment(fixed: readonly ExportParameter[]): string[] {
  const lines = fixed.map(({ name, label, unit, defaultValue, integer }) => {
    return `    #   ${name} = ${pythonValue(defaultValue, integer)} (${oneLine(label)}${unit === undefined ? '' : `, ${oneLine(unit)}`})`;
  });
  return ['    # Part of the model, with the values that it was exported with:', ...lines];
}

function fieldOf(parameter: ExportParameter): string[] {
  const { name, integer, minimum, maximum, multipleOf, help, options, control } = parameter;
  const isNumber = !options && (control === 'slider' || control === 'number');
  const limit = (key: string, value: number | undefined): string[] =>
    isNumber && value !== undefined ? [`        ${key}=${pythonValue(value, integer)},`] : [];
  return [
    `    ${name}: ${typeOf(parameter)} = Field(`,
    `        default=${pythonDefault(parameter)},`,
    ...limit('ge', minimum),
    ...limit('le', maximum),
    ...limit('multiple_of', multipleOf),
    `        description=${pythonText(help)},`,
    '        json_schema_extra=lab_field(',
    ...placeOf(parameter).map((line) => `            ${line},`),
    '        ),',
    '    )',
  ];
}

function typeOf({ options, control, integer }: ExportParameter): string {
  if (options) return `Literal[${options.map(({ value }) => pythonValue(value, true)).join(', ')}]`;
  if (control === 'toggle') return 'bool';
  return control === 'text' ? 'str' : integer ? 'int' : 'float';
}

/** Scope has no units: a label that shows one stands in for the lab's own, which is kept. */
function placeOf({ order, label, unit, category, kind, step, control, integer, options }: ExportParameter): string[] {
  return [
    `order=${order}`,
    `label=${pythonText(unit === undefined ? label : `${label} (${unit})`)}`,
    ...(kind === 'load-time' ? ['is_load_param=True'] : []),
    `category=${pythonText(category)}`,
    ...(unit === undefined ? [] : [`name=${pythonText(label)}`, `unit=${pythonText(unit)}`]),
    ...(control === 'slider' && step !== undefined ? [`step=${pythonValue(step, integer)}`] : []),
    ...(options ? [`option_labels=[${options.map((option) => pythonText(option.label)).join(', ')}]`] : []),
  ];
}
