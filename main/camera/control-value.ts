import type { ControlDescription } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';

/**
 * The described control, if `value` may be written to it. Nothing is clamped: an unknown or read-only control, a value out of
 * range or between the steps of an integer is refused with an InputError that names the range.
 */
export function writableControl(controls: readonly ControlDescription[], id: string, value: number): ControlDescription {
  const control = controls.find((candidate) => candidate.id === id);
  if (control === undefined) {
    const known = controls.map((candidate) => candidate.id).join(', ') || 'none';
    throw new InputError('camera.unknown-control', `Expected a control of this camera (${known}) but received ${id}`);
  }
  if (control.readOnly) {
    throw new InputError('camera.read-only-control', `Expected a control that can be written but ${id} is read-only`);
  }
  const { minimum, maximum, unit } = control;
  const whole = control.type === 'number' || Number.isInteger(value);
  if (!(value >= minimum && value <= maximum) || !whole) {
    const kind = control.type === 'number' ? 'a number' : 'a whole number';
    const range = `${minimum} to ${maximum}${unit === undefined ? '' : ` ${unit}`}`;
    throw new InputError(
      'camera.control-range',
      `Expected ${kind} from ${range} for ${id} but received ${value}`,
      'Choose a value in the range.',
    );
  }
  return control;
}
