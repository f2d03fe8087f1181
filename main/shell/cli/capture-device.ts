import { constants } from 'node:os';
import { type DeviceListeners, type DeviceSummary, type Format, V4l2Error } from '../../../native/v4l2-camera/index.ts';
import { InputError, ResourceError, shownText } from '../../base/errors.ts';
import type { V4l2Device, V4l2Face } from '../../camera/v4l2/device-face.ts';
import { pixelFormatNamed } from '../../frame/pixel-format.ts';

/** What a capture asks of a device. What is left out stays as the device has it. */
export interface WantedFormat {
  /** Four-character code, or the name in the lab's format table. */
  readonly format?: string;
  /** `WIDTHxHEIGHT`. */
  readonly size?: string;
  readonly fps?: number;
}

const noCameraCodes = ['v4l2.not-found', 'v4l2.not-a-v4l2-device', 'v4l2.not-a-capture-device'];

/** Error numbers of a path that can be no device, whatever is connected: a folder, a path below a file, a loop of links. */
const noDeviceErrnos: readonly number[] = [constants.errno.EISDIR, constants.errno.ENOTDIR, constants.errno.ELOOP];

function isNoCamera({ code, errno }: V4l2Error): boolean {
  return noCameraCodes.includes(code) || noDeviceErrnos.includes(errno);
}

/** A rate that is off by no more is the one that was asked for: drivers state 29.97 in several ways. */
const rateTolerance = 0.005;

/** The device of that path, identity or unique name. Throws InputError that lists what there is. */
export async function findDevice(face: V4l2Face, text: string): Promise<Pick<DeviceSummary, 'path' | 'name' | 'identity'>> {
  const obstacle = face.obstacle();
  if (obstacle !== undefined) {
    throw new ResourceError('v4l2.unavailable', obstacle, '`lab doctor` says what is missing.');
  }
  const devices = await face.listDevices();
  const exact = devices.find(({ path, identity }) => path === text || identity === text || `v4l2:${identity}` === text);
  if (exact !== undefined) return exact;
  // A link to a device, or one that cannot be listed: opening it says what it is.
  if (text.startsWith('/')) return { path: text, name: text, identity: text };
  const named = devices.filter(({ name }) => name === text);
  if (named.length === 1) return named[0] as DeviceSummary;
  const listed = (named.length > 1 ? named : devices).map(({ path, name }) => `${path} (${name})`).join(', ');
  throw named.length > 1
    ? new InputError(
        'capture.ambiguous-device',
        `Expected the name of one device but ${text} is several`,
        `Choose by path: ${listed}.`,
      )
    : new InputError(
        'capture.unknown-device',
        `Expected a V4L2 device but received ${shownText(text)}`,
        listed === '' ? 'Connect a camera.' : `There is ${listed}.`,
      );
}

/** Opens it. Throws InputError for a path that is no camera, which is the user's to mend. */
export async function openChosen(face: V4l2Face, path: string, listeners: DeviceListeners): Promise<V4l2Device> {
  try {
    return await face.openDevice(path, listeners);
  } catch (thrown) {
    if (!(thrown instanceof V4l2Error) || !isNoCamera(thrown)) throw thrown;
    const why = thrown.message.replace(` on ${path}`, '');
    throw new InputError('capture.no-camera', `Expected a V4L2 camera but received ${path}: ${why}`, undefined, thrown);
  }
}

/** Sets format, size and rate. Throws InputError where the driver chooses anything else than what was asked for. */
export async function configureDevice(device: V4l2Device, wanted: WantedFormat): Promise<Format> {
  const format = await chosenFormat(device, wanted);
  if (wanted.fps !== undefined) await setRate(device, wanted.fps);
  return format;
}

async function chosenFormat(device: V4l2Device, wanted: WantedFormat): Promise<Format> {
  const current = await device.format();
  const fourcc = wanted.format === undefined ? current.fourcc : await knownFourcc(device, wanted.format);
  const { width, height } = wanted.size === undefined ? current : sizeIn(wanted.size);
  const chosen = await device.setFormat({ width, height, fourcc });
  if (chosen.width === width && chosen.height === height && chosen.fourcc === fourcc) return chosen;
  throw new InputError(
    'capture.format',
    `Expected ${width}x${height} ${fourcc.trim()} of ${device.path} but its driver chose ${chosen.width}x${chosen.height} ${chosen.fourcc.trim()}`,
    'Choose a size that it has for the format.',
  );
}

async function knownFourcc(device: V4l2Device, text: string): Promise<string> {
  const fourccs = (await device.formats()).map(({ fourcc }) => fourcc);
  const wanted = [text, text.padEnd(4), pixelFormatNamed(text)?.fourcc];
  const known = fourccs.find((fourcc) => wanted.includes(fourcc));
  if (known !== undefined) return known;
  const listed = fourccs.map((fourcc) => fourcc.trim()).join(', ');
  throw new InputError(
    'capture.format',
    `Expected a format of ${device.path} for --format but received ${text}`,
    `It has ${listed}.`,
  );
}

/** The size of `WIDTHxHEIGHT`. Throws InputError for any other text. */
export function sizeIn(text: string): { width: number; height: number } {
  const [, width, height] = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(text) ?? [];
  if (width !== undefined && height !== undefined) return { width: Number(width), height: Number(height) };
  throw new InputError('capture.size', `Expected WIDTHxHEIGHT for --size but received ${text}`, 'For example 1920x1080.');
}

async function setRate(device: V4l2Device, fps: number): Promise<void> {
  const interval = Number.isInteger(fps)
    ? { numerator: 1, denominator: fps }
    : { numerator: 1000, denominator: Math.max(1, Math.round(fps * 1000)) };
  const chosen = await device.setFrameInterval(interval);
  const rate = chosen === undefined ? undefined : chosen.denominator / chosen.numerator;
  if (rate !== undefined && Math.abs(rate - fps) <= fps * rateTolerance) return;
  const received = rate === undefined ? 'its driver has no rate to set' : `its driver chose ${Number(rate.toFixed(3))}`;
  throw new InputError(
    'capture.fps',
    `Expected ${fps} frames per second of ${device.path} but ${received}`,
    'Choose another rate, or leave --fps out.',
  );
}
