import type { ParameterValue } from '../../../preload/contract.ts';
import type { ExportParameter } from '../export-parameter.ts';

/** A text as a Python literal: JSON's escapes are Python's too. */
export function pythonText(text: string): string {
  return JSON.stringify(text);
}

/** A value as a Python literal; whole numbers get a decimal point where the parameter takes fractions. */
export function pythonValue(value: ParameterValue, integer = false): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return pythonText(value);
  const text = String(value);
  return integer || /[.e]/.test(text) ? text : `${text}.0`;
}

/** A parameter's default as a Python literal. */
export function pythonDefault({ defaultValue, integer }: ExportParameter): string {
  return pythonValue(defaultValue, integer);
}

/** A tuple of Python literals, with the comma that a single one needs. */
export function pythonTuple(literals: readonly string[]): string {
  return literals.length === 1 ? `(${literals[0]},)` : `(${literals.join(', ')})`;
}

/** Text between the quotes of a docstring, where neither quotes nor backslashes may stand as they are. */
export function docstring(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll(/\s+/g, ' ').trim();
}

/** Text of a comment, on one line whatever it holds. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** The Python package of a processor's id: a name that no module of anybody else has. */
export function packageName(id: string): string {
  return `camera_lab_${id.replaceAll('-', '_')}`;
}

/** The stem of the classes of a processor: unsharp-mask is UnsharpMask. */
export function className(id: string): string {
  const words = id.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return words.join('');
}

/** Plain data as a Python literal: a line for every entry of a record, indented by as many spaces as `indent`, and one for everything else. */
export function pythonData(value: unknown, indent: number): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'None' : pythonValue(value as ParameterValue, true);
  if (Array.isArray(value)) return `[${value.map((element) => pythonData(element, indent)).join(', ')}]`;
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const inner = ' '.repeat(indent + 4);
  const lines = entries.map(([key, entry]) => `${inner}${pythonText(key)}: ${pythonData(entry, indent + 4)},`);
  return ['{', ...lines, `${' '.repeat(indent)}}`].join('\n');
}
