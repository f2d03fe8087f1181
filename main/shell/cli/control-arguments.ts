import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { InputError, shownText } from '../../base/errors.ts';
import { describeRange, expectWritable } from '../../camera/control-value.ts';
import { decimalNumber } from './decimal.ts';

/** Values by control id from `--set name=value` arguments; of equal names the last one counts. Refuses what the control would. */
export function controlValuesFrom(
  controls: readonly ControlDescription[],
  entries: readonly string[],
): Readonly<Record<string, ControlValue>> {
  const values = entries.map((entry) => {
    const [, name = '', text = ''] = /^([^=]+)=(.*)$/s.exec(entry) ?? [];
    if (name === '') throw new InputError('cli.control', `Expected name=value for --set but received ${shownText(entry)}`);
    const control = controlNamed(controls, name.trim());
    const value = controlValueFrom(control, text.trim());
    expectWritable(control, value);
    return [control.id, value] as const;
  });
  return Object.fromEntries(values);
}

/** The control of that id, or of that label whatever its case. Throws InputError that lists the ids. */
export function controlNamed(controls: readonly ControlDescription[], name: string): ControlDescription {
  const exact = controls.find(({ id }) => id === name);
  const labelled = controls.filter(({ label }) => label.toLowerCase() === name.toLowerCase());
  const control = exact ?? (labelled.length === 1 ? labelled[0] : undefined);
  if (control !== undefined) return control;
  const known = controls.map(({ id }) => id).join(', ') || 'none';
  throw new InputError('cli.control', `Expected the name of a control but received ${shownText(name)}`, `There is ${known}.`);
}

/** How a control's value is written on the command line. */
export function controlText(control: ControlDescription, value: ControlValue): string {
  switch (control.type) {
    case 'bitmask':
      return `0x${Number(value).toString(16)}`;
    case 'boolean':
      return value === 1 ? 'on' : 'off';
    case 'menu': {
      const label = control.options?.find((option) => option.value === value)?.label;
      return label === undefined ? String(value) : `${value} (${label})`;
    }
    case 'area':
      return Array.isArray(value) ? value.join('x') : String(value);
    default:
      return Array.isArray(value) ? value.join(',') : String(value);
  }
}

function controlValueFrom(control: ControlDescription, text: string): ControlValue {
  const value = typedValue(control, text);
  if (value !== undefined) return value;
  throw new InputError('cli.control', `Expected ${describeRange(control)} for ${control.id} but received ${text || 'nothing'}`);
}

function typedValue(control: ControlDescription, text: string): ControlValue | undefined {
  switch (control.type) {
    case 'text':
    case 'integer64':
      return text;
    case 'boolean':
      return { on: 1, true: 1, 1: 1, off: 0, false: 0, 0: 0 }[text.toLowerCase()];
    case 'menu':
      return control.options?.find(({ label }) => label.toLowerCase() === text.toLowerCase())?.value ?? decimalNumber(text);
    case 'bitmask':
      return /^0x[0-9a-f]{1,8}$/i.test(text) ? Number(text) : decimalNumber(text);
    case 'area':
      return numbersIn(text.split(/[x,]/));
    case 'array':
    case 'bytes':
      return text === '' ? [] : numbersIn(text.split(','));
    default:
      return decimalNumber(text);
  }
}

function numbersIn(texts: readonly string[]): number[] | undefined {
  const numbers = texts.map((text) => decimalNumber(text));
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}
