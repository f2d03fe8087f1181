import type { DeviceSummary } from '../../../native/v4l2-camera/index.ts';
import type { SourceEntry } from '../../../preload/contract.ts';
import { InputError, messageOf } from '../../base/errors.ts';
import type { Camera } from '../camera.ts';
import { noMosaicReason } from './connection.ts';
import { type ControlSource, openControlSource } from './control-source.ts';
import type { V4l2Face } from './device-face.ts';
import { openV4l2Camera, v4l2SourceId } from './v4l2-camera.ts';
import { mosaicOf } from './v4l2-modes.ts';

/** Every capture device, with the reason where the lab cannot show it: busy, not permitted, without a mosaic. */
export async function listV4l2Sources(face: V4l2Face): Promise<SourceEntry[]> {
  const devices = await face.listDevices();
  return Promise.all(devices.map((device) => entryOf(face, device)));
}

/**
 * Opens a device by its source id (`v4l2:…`), its node (`/dev/video0`) or its name, where only one device has it. Undefined
 * where none fits; rejects with InputError where several do.
 */
export async function openV4l2Source(face: V4l2Face, choice: string): Promise<Camera | undefined> {
  const device = await chosenDevice(face, choice);
  return device && openV4l2Camera(device, face);
}

/** Opens a device as {@link openV4l2Source} does, but for its controls alone: it may have no mosaic, or stream elsewhere. */
export async function openV4l2ControlSource(face: V4l2Face, choice: string): Promise<ControlSource | undefined> {
  const device = await chosenDevice(face, choice);
  return device && openControlSource({ ...device, id: v4l2SourceId(device.identity) }, face);
}

async function chosenDevice(face: V4l2Face, choice: string): Promise<DeviceSummary | undefined> {
  const devices = await face.listDevices();
  const exact = devices.filter(({ identity, path }) => v4l2SourceId(identity) === choice || path === choice);
  const fitting = exact.length > 0 ? exact : devices.filter(({ name }) => name === choice);
  const [device] = fitting;
  if (device === undefined) return undefined;
  if (fitting.length > 1) {
    const ids = fitting.map(({ identity }) => v4l2SourceId(identity)).join(', ');
    throw new InputError(
      'camera.ambiguous-name',
      `Expected one camera but ${choice} names ${fitting.length}: ${ids}`,
      'Use an id.',
    );
  }
  if (device.failure !== undefined) {
    throw new InputError(
      'camera.unavailable',
      `Expected a camera that can be opened but ${nameOf(device)} cannot`,
      device.failure.message,
    );
  }
  return { ...device, name: nameOf(device) };
}

async function entryOf(face: V4l2Face, device: DeviceSummary): Promise<SourceEntry> {
  const { identity, path, busPath } = device;
  const entry = { id: v4l2SourceId(identity), kind: 'v4l2', name: nameOf(device) } as const;
  const place = busPath === '' ? path : `${path} on ${busPath}`;
  const found = device.failure?.message ?? (await formatsOrReason(face, path));
  if (typeof found === 'string') return { ...entry, detail: place, available: false, reason: found };
  return { ...entry, detail: `${place}: ${found.join(', ')}`, available: true };
}

/** The mosaic formats of a device, or why it cannot be shown. */
async function formatsOrReason(face: V4l2Face, path: string): Promise<readonly string[] | string> {
  try {
    const device = await face.openDevice(path, {});
    try {
      const fourccs = (await device.formats()).map(({ fourcc }) => fourcc);
      const mosaics = fourccs.filter((fourcc) => mosaicOf(fourcc) !== undefined);
      return mosaics.length > 0 ? mosaics : noMosaicReason(path, fourccs);
    } finally {
      await device.close();
    }
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** A device that cannot be asked may have no name. */
function nameOf({ name, path }: DeviceSummary): string {
  return name === '' ? path : name;
}
