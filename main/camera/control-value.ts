import type { ControlDescription, ControlValue } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';

/** Largest unsigned value of a bitmask: the kernel's masks have 32 bits. */
const largestBitmask = 0xffff_ffff;

/** The described control, or an InputError that lists the ids there are. */
export function controlOf(controls: readonly ControlDescription[], id: string): ControlDescription {
  const control = controls.find((candidate) => candidate.id === id);
  if (control !== undefined) return control;
  const known = controls.map((candidate) => candidate.id).join(', ') || 'none';
  throw new InputError('camera.unknown-control', `Expected a control of this camera (${known}) but received ${id}`);
}

/** Refuses a set that may not be written; see {@link expectWritable}. */
export function writableControls(controls: readonly ControlDescription[], values: ReadonlyMap<string, ControlValue>): void {
  for (const [id, value] of values) expectWritable(controlOf(controls, id), value);
}

/**
 * Refuses a value that may not be written. Nothing is clamped: a read-only control, a value of another kind, out of range or
 * between whole numbers is refused with an InputError that names the control and its range.
 */
export function expectWritable(control: ControlDescription, value: ControlValue): void {
  if (control.readOnly) {
    throw new InputError('camera.read-only-control', `Expected a control that can be written but ${control.id} is read-only`);
  }
  if (acceptable(control, value)) return;
  throw new InputError(
    'camera.control-range',
    `Expected ${describeRange(control)} for ${control.id} but received ${describeValue(value)}`,
    'Choose a value in the range.',
  );
}

/** True for values that mean the same to a device, whatever objects hold them. */
export function sameValue(left: ControlValue, right: ControlValue): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return left === right;
  return left.length === right.length && left.every((element, index) => element === right[index]);
}

/** What may be written to a control, in words, for example `a whole number from 1 to 8`. */
export function describeRange(control: ControlDescription): string {
  const { type, minimum, maximum, exactRange } = control;
  const unit = control.unit === undefined ? '' : ` ${control.unit}`;
  switch (type) {
    case 'menu': {
      const choices = (control.options ?? []).map(({ value, label }) => `${value} (${label})`).join(', ');
      return `one of ${choices || 'no choices'}`;
    }
    case 'bitmask':
      return `bits within 0x${bitsOf(control).toString(16)}`;
    case 'text':
      return `a text of ${minimum} to ${maximum} characters`;
    case 'integer64':
      return `a whole number from ${exactRange?.minimum ?? minimum} to ${exactRange?.maximum ?? maximum}${unit} as text`;
    case 'area':
      return `a width and a height from ${minimum} to ${maximum}`;
    case 'array':
    case 'bytes':
      return `${elementCount(control) ?? 'an array of'} whole numbers from ${minimum} to ${maximum}`;
    default:
      return `${type === 'number' ? 'a number' : 'a whole number'} from ${minimum} to ${maximum}${unit}`;
  }
}

function acceptable(control: ControlDescription, value: ControlValue): boolean {
  const { type, minimum, maximum } = control;
  const within = (one: unknown): boolean => typeof one === 'number' && one >= minimum && one <= maximum;
  const whole = (one: unknown): boolean => Number.isInteger(one) && within(one);
  switch (type) {
    case 'number':
      return within(value);
    case 'menu':
      return (control.options ?? []).some((option) => option.value === value);
    case 'button':
      return value === 1;
    case 'bitmask':
      return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= largestBitmask && isWithinMask(control, value);
    case 'text':
      return typeof value === 'string' && value.length >= minimum && value.length <= maximum;
    case 'integer64':
      return typeof value === 'string' && isWithinExactRange(control, value);
    case 'area':
      return Array.isArray(value) && value.length === 2 && value.every(whole);
    case 'array':
    case 'bytes':
      return Array.isArray(value) && value.length === (elementCount(control) ?? value.length) && value.every(whole);
    default:
      return whole(value);
  }
}

function bitsOf({ maximum }: ControlDescription): bigint {
  return BigInt(maximum);
}

function isWithinMask(control: ControlDescription, value: ControlValue): boolean {
  return (BigInt(value as number) & ~bitsOf(control)) === 0n;
}

function isWithinExactRange({ exactRange, minimum, maximum }: ControlDescription, value: string): boolean {
  if (!/^-?\d{1,20}$/.test(value)) return false;
  const least = BigInt(exactRange?.minimum ?? Math.ceil(minimum));
  const most = BigInt(exactRange?.maximum ?? Math.floor(maximum));
  return BigInt(value) >= least && BigInt(value) <= most;
}

function elementCount({ dimensions }: ControlDescription): number | undefined {
  return dimensions?.reduce((product, size) => product * size, 1);
}

function describeValue(value: ControlValue): string {
  if (typeof value === 'string') return `"${value}"`;
  return Array.isArray(value) ? `[${value.slice(0, 8).join(', ')}${value.length > 8 ? ', …' : ''}]` : String(value);
}
