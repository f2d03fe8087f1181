import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import type { NumberRange } from '../../controls/number-text.ts';
import { formatNumber } from '../../controls/number-text.ts';
import { sameValue } from '../../store/same-value.ts';
import { maskText } from './control-text.ts';

/** A mask of at most this many bits is shown bit by bit. */
const mostBitToggles = 8;
/** Elements of an array that a line of text names before it breaks off. */
const elementsInText = 6;

/** The range of a control's number, or of one element of its array, for entries and sliders. */
export function numberRange({ type, minimum, maximum, step, unit }: ControlDescription): NumberRange {
  return { minimum, maximum, step: step > 0 ? step : undefined, integer: type !== 'number', unit };
}

/** The elements of an array's value, bytes or area; a number stands for as many equal ones. */
export function elementsOf(control: ControlDescription, value: ControlValue): readonly number[] {
  if (Array.isArray(value)) return value;
  return Array.from({ length: elementCount(control) ?? 0 }, () => Number(value));
}

/** How many elements the control's value has; undefined where the device does not say. */
export function elementCount({ type, dimensions }: ControlDescription): number | undefined {
  if (type === 'area') return 2;
  return dimensions === undefined || dimensions.length === 0
    ? undefined
    : dimensions.reduce((product, size) => product * size, 1);
}

/** The shape of an array in one line: `[8 × 16] 128 values`. */
export function arraySummary(control: ControlDescription): string {
  const count = elementsOf(control, control.value).length;
  const noun = control.type === 'bytes' ? 'byte' : 'value';
  const shape = (control.dimensions?.length ?? 0) > 1 ? `[${control.dimensions?.join(' × ')}] ` : '';
  return `${shape}${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A value of the control as a person reads it, with its unit. */
export function valueText(control: ControlDescription, value: ControlValue): string {
  const unit = control.unit === undefined ? '' : ` ${control.unit}`;
  switch (control.type) {
    case 'boolean':
      return value === 0 ? 'Off' : 'On';
    case 'menu':
      return control.options?.find((option) => option.value === value)?.label ?? String(value);
    case 'bitmask':
      return maskText(Number(value));
    case 'area':
      return `${elementsOf(control, value).join(' × ')}${unit}`;
    case 'array':
    case 'bytes': {
      const elements = elementsOf(control, value);
      return `${elements.slice(0, elementsInText).join(', ')}${elements.length > elementsInText ? ', …' : ''}`;
    }
    case 'integer':
    case 'number':
      return `${typeof value === 'number' ? formatNumber(value, numberRange(control)) : String(value)}${unit}`;
    default:
      return `${String(value)}${unit}`;
  }
}

/** What may be written, in one line; undefined for kinds that say it themselves. */
export function rangeFact(control: ControlDescription): string | undefined {
  const { type, minimum, maximum, step, exactRange, unit } = control;
  const suffix = unit === undefined ? '' : ` ${unit}`;
  switch (type) {
    case 'integer64':
      return `${exactRange?.minimum ?? minimum} to ${exactRange?.maximum ?? maximum}${suffix}`;
    case 'text':
      return `${minimum} to ${maximum} characters`;
    case 'bitmask':
      return `bits within ${maskText(maximum)}`;
    case 'boolean':
    case 'menu':
    case 'button':
      return undefined;
    default:
      return `${minimum} to ${maximum}${suffix}${step > 0 && step !== 1 ? ` in steps of ${step}` : ''}`;
  }
}

/** Whether the value is another than the device's default. Buttons and other acts, and what nobody can write, are never modified. */
export function isModified(control: ControlDescription, value: ControlValue): boolean {
  if (control.type === 'button' || control.momentary || control.readOnly) return false;
  const { defaultValue } = control;
  const spread = Array.isArray(value) && !Array.isArray(defaultValue) && defaultValue !== '';
  return !sameValue(value, spread ? [...elementsOf(control, defaultValue)] : defaultValue);
}

/** The bits of a mask that can be set, lowest first, with their names; undefined where they are too many to show. */
export function maskBits({
  maximum,
  options,
}: ControlDescription): { readonly bit: number; readonly label: string }[] | undefined {
  const positions = Array.from({ length: 32 }, (_, position) => position);
  const bits = positions.filter((position) => Math.floor(maximum / 2 ** position) % 2 === 1);
  if (bits.length === 0 || bits.length > mostBitToggles) return undefined;
  return bits.map((position) => {
    const bit = 2 ** position;
    return { bit, label: options?.find(({ value }) => value === bit)?.label ?? `Bit ${position}` };
  });
}

/** What is unusual about a control now, each in one sentence that also says what it means for the user. */
export function stateNotes(control: ControlDescription): string[] {
  const { readOnly, inactive, volatile: live, momentary, grabbed, drifted, desired, effectiveAtSequence } = control;
  return [
    ...(readOnly ? ['Read-only: the device tells it and takes no other value.'] : []),
    ...(grabbed ? ['Locked by the device for now, usually while it streams.'] : []),
    ...(inactive ? ['Inactive: another control overrides it now, such as an automatic mode. A value is kept until then.'] : []),
    ...(live ? ['Volatile: the device changes it by itself.'] : []),
    ...(momentary ? ['Momentary: each write does something, and the device keeps nothing of it.'] : []),
    ...(drifted && desired !== undefined ? [`${driftText(control, desired)}. Another program or the device changed it.`] : []),
    ...(effectiveAtSequence === undefined ? [] : [`In effect from frame ${effectiveAtSequence} at the earliest.`]),
  ];
}

/** What was asked of a control and what the device holds instead. */
export function driftText(control: ControlDescription, desired: ControlValue): string {
  return `Asked ${valueText(control, desired)}, device holds ${valueText(control, control.value)}`;
}
