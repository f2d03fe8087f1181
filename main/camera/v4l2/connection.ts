import type { DeviceListeners } from '../../../native/v4l2-camera/index.ts';
import { InputError } from '../../base/errors.ts';
import { DeviceControls } from './device-controls.ts';
import type { V4l2Device, V4l2Face } from './device-face.ts';
import { deviceErrorFrom } from './v4l2-errors.ts';
import { modesOf, rateOf, type V4l2Mode } from './v4l2-modes.ts';

/** A device that is open, with what it can do. */
export interface Connection {
  readonly device: V4l2Device;
  readonly controls: DeviceControls;
  modes: readonly V4l2Mode[];
}

/** Why a device without a mosaic cannot be shown, and what can be done with it. */
export function noMosaicReason(path: string, fourccs: readonly string[]): string {
  const formats = fourccs.length === 0 ? 'no format at all' : `${fourccs.join(', ')} and no Bayer mosaic`;
  return `It gives ${formats}, which leaves nothing to develop; store its frames with \`lab capture ${path}\` instead.`;
}

/** Whether frames come from that input; a device that lists none has but one. */
export async function isSelected(device: V4l2Device, input: number): Promise<boolean> {
  const inputs = await device.inputs();
  return inputs.length === 0 || inputs.some(({ index, selected }) => selected && index === input);
}

/** Opens a device and asks for modes and controls. Rejects with an InputError where it has no mosaic; nothing stays open then. */
export async function connect(
  face: V4l2Face,
  path: string,
  name: string,
  listeners: Omit<DeviceListeners, 'onControlChange'>,
): Promise<Connection> {
  let controls: DeviceControls | undefined;
  const device = await face
    .openDevice(path, { ...listeners, onControlChange: (change) => controls?.note(change) })
    .catch((thrown: unknown) => {
      throw deviceErrorFrom(thrown, name);
    });
  try {
    controls = new DeviceControls(device, name);
    const formats = await device.formats();
    const modes = modesOf(formats);
    if (modes.length === 0) {
      const reason = noMosaicReason(
        path,
        formats.map(({ fourcc }) => fourcc),
      );
      throw new InputError('camera.unavailable', `Expected a camera that gives mosaics but received ${name}`, reason);
    }
    await controls.load();
    return { device, controls, modes };
  } catch (thrown) {
    await device.close();
    throw deviceErrorFrom(thrown, name);
  }
}

/**
 * Puts a device into a mode. Rejects with an InputError that names what the driver chose where that is another format; a rate
 * that the driver adjusted is only returned, frames per second.
 */
export async function applyMode(device: V4l2Device, mode: V4l2Mode, name: string): Promise<number> {
  const { width, height, fourcc, interval } = mode;
  const format = await device.setFormat({ width, height, fourcc });
  if (format.width !== width || format.height !== height || format.fourcc !== fourcc) {
    const chosen = `${format.width}x${format.height} ${format.fourcc}`;
    const action = 'Choose another mode; other settings of the device may rule this one out.';
    throw new InputError('camera.format-refused', `Expected ${mode.id} but the driver of ${name} chose ${chosen}`, action);
  }
  if (interval === undefined) return mode.framesPerSecond;
  const chosen = await device.setFrameInterval(interval);
  return chosen === undefined ? mode.framesPerSecond : rateOf(chosen);
}
