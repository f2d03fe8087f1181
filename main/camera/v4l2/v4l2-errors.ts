import { V4l2Error } from '../../../native/v4l2-camera/index.ts';
import { type ErrorRecord, errorRecordFrom, InputError, ResourceError } from '../../base/errors.ts';
import { unpluggedCode } from '../camera.ts';

/** Codes of the addon for what a user can mend by asking for something else. */
const refusals = ['v4l2.argument', 'v4l2.invalid', 'v4l2.out-of-range', 'v4l2.unsupported', 'v4l2.permission', 'v4l2.busy'];

const actions: Readonly<Record<string, string>> = {
  'v4l2.busy': 'End the program that holds it, then try again.',
  'v4l2.no-space': 'Choose a smaller mode or a lower rate, or another USB port.',
  'v4l2.stalled': 'Check cable and power, then start again.',
};

/** That a camera is away, as data and as an error. */
export function unplugged(deviceName: string, cause?: unknown): ResourceError {
  const action = 'Plug it in again; the lab then goes on by itself.';
  return new ResourceError(unpluggedCode, `${deviceName} was unplugged`, action, cause);
}

/** Whether it says that the device is gone. */
export function meansUnplugged(thrown: unknown): boolean {
  return thrown instanceof V4l2Error && thrown.code === 'v4l2.unplugged';
}

/** The lab's error for what a device refused or failed at; what is no error of the addon stays as it is. */
export function deviceErrorFrom(thrown: unknown, deviceName: string): unknown {
  if (!(thrown instanceof V4l2Error)) return thrown;
  if (meansUnplugged(thrown)) return unplugged(deviceName, thrown);
  return new ResourceError(thrown.code as `v4l2.${string}`, `${deviceName}: ${thrown.message}`, actions[thrown.code], thrown);
}

/**
 * The lab's error for a write of controls that a device refused: an InputError that names the control where it is about one,
 * a ResourceError where the device itself failed.
 */
export function controlErrorFrom(thrown: unknown, deviceName: string, controlIds: ReadonlyMap<number, string>): unknown {
  if (!(thrown instanceof V4l2Error) || !refusals.includes(thrown.code)) return deviceErrorFrom(thrown, deviceName);
  const known = thrown.control === undefined ? undefined : controlIds.get(thrown.control);
  const named = known ?? [...controlIds.values()].join(', ');
  const message = `Expected a value that ${deviceName} takes for ${named} but it was refused: ${thrown.message}`;
  const isBusy = thrown.code === 'v4l2.busy';
  const action = isBusy ? 'Stop the stream or the program that holds it, then try again.' : 'Choose another value.';
  return new InputError('camera.control-refused', message, action, thrown);
}

/** The record of what ended a stream by itself. */
export function streamFailure(error: unknown, deviceName: string): ErrorRecord {
  return errorRecordFrom(deviceErrorFrom(error, deviceName));
}
