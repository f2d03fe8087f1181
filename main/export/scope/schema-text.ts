import { productVersion } from '../../base/product.ts';
import type { ExportParameter } from '../export-parameter.ts';
import { className, docstring, pythonData, pythonDefault, pythonText, pythonValue } from './python-text.ts';
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
    ...pydanticImport(fixed.length > 0, parameters.length > 0),
    ...importsOf(source, parameters),
    ...(parameters.length > 0 ? labField : []),
    '',
    '',
    `class ${className(source.id)}Config(BasePipelineConfig):`,
    `    """Controls of ${docstring(name)}."""`,
    '',
    ...metadataOf(source),
    ...(fixed.length > 0 ? ['', ...fixedConfig(source)] : []),
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

function pydanticImport(hasFixed: boolean, hasFields: boolean): string[] {
  const names = [...(hasFixed ? ['ConfigDict'] : []), ...(hasFields ? ['Field'] : [])];
  return names.length > 0 ? [`from pydantic import ${names.join(', ')}`] : [];
}

/** Scope shows the properties of the schema and leaves what stands beside them alone, which is where the lab finds these again. */
function fixedConfig({ fixed, processorId }: ScopeSource): string[] {
  const origin = processorId === undefined ? {} : { processor: processorId };
  const lab = { ...origin, fixed: Object.fromEntries(fixed.map((parameter) => [parameter.name, fixedProperty(parameter)])) };
  return [
    '    # Part of the model, with the values that it was exported with; no control of Scope.',
    `    model_config = ConfigDict(json_schema_extra=${pythonData({ camera_lab: lab }, 4)})`,
  ];
}

/** What pydantic would make of the parameter, were it a field. */
function fixedProperty(parameter: ExportParameter): object {
  const { control, integer, options, minimum, maximum, multipleOf, defaultValue, help, order, label } = parameter;
  const isText = typeof defaultValue === 'string';
  const type = control === 'toggle' ? 'boolean' : isText ? 'string' : integer ? 'integer' : 'number';
  return {
    type,
    default: defaultValue,
    ...(options ? { enum: options.map(({ value }) => value) } : {}),
    ...(minimum === undefined || options ? {} : { minimum }),
    ...(maximum === undefined || options ? {} : { maximum }),
    ...(multipleOf === undefined ? {} : { multipleOf }),
    description: help,
    ui: { order, label, is_load_param: true },
    camera_lab: labFacts(parameter),
  };
}

/** What a control needs in the lab and Scope has no place for. */
function labFacts(parameter: ExportParameter): Record<string, unknown> {
  const { label, unit, category, step, control, options, component, fileTypes } = parameter;
  return {
    category,
    ...(unit === undefined ? {} : { name: label, unit }),
    ...(control === 'slider' && step !== undefined ? { step } : {}),
    ...(options ? { option_labels: options.map((option) => option.label) } : {}),
    ...(component === undefined ? {} : { component }),
    ...(fileTypes === undefined ? {} : { file_types: fileTypes }),
  };
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
function placeOf(parameter: ExportParameter): string[] {
  const { order, label, unit, kind, integer } = parameter;
  const facts = Object.entries(labFacts(parameter)).map(([key, value]) => {
    return `${key}=${typeof value === 'number' ? pythonValue(value, integer) : pythonData(value, 0)}`;
  });
  return [
    `order=${order}`,
    `label=${pythonText(unit === undefined ? label : `${label} (${unit})`)}`,
    ...(kind === 'load-time' ? ['is_load_param=True'] : []),
    ...facts,
  ];
}
