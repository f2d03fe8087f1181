import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SourceEntry } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import type { Camera } from './camera.ts';
import { openFileCamera } from './file/file-camera.ts';
import type { RawDescription } from './file/raw-description.ts';
import { openSimulator, simulatorId } from './simulator/simulator-camera.ts';

const sysfsFolder = '/sys/class/video4linux';
const captureReason =
  'Live capture needs the v4l2-camera addon, which this version does not have yet; record a RAW file and open that.';

/** Which camera to open: an id from {@link listSources}, `file:<path>`, or a file whose geometry the user gave. */
export type CameraChoice = string | { readonly path: string; readonly geometry?: RawDescription };

/**
 * Every source of this machine, the simulator first. V4L2 devices are found in sysfs and shown with the reason why they cannot
 * be opened; a machine without V4L2 has none. Files are not listed: they are opened by their path.
 */
export async function listSources(v4l2Folder: string = sysfsFolder): Promise<readonly SourceEntry[]> {
  const detail = 'Colour chart and moving targets behind a model of a 10-bit sensor';
  const simulator: SourceEntry = { id: simulatorId, kind: 'simulator', name: 'Sensor simulator', detail, available: true };
  const names = await readdir(v4l2Folder).catch(() => []);
  const devices = names.filter((name) => /^video\d+$/.test(name));
  devices.sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
  return [simulator, ...(await Promise.all(devices.map((device) => v4l2Entry(v4l2Folder, device))))];
}

/** Opens a source. Throws InputError for one that is unknown, unavailable or not readable. */
export async function openCamera(choice: CameraChoice): Promise<Camera> {
  if (typeof choice !== 'string') return await openFileCamera(choice.path, choice.geometry);
  if (choice === simulatorId) return openSimulator();
  if (choice.startsWith('file:')) return await openFileCamera(choice.slice('file:'.length));
  const entry = (await listSources()).find((source) => source.id === choice);
  if (entry !== undefined) {
    throw new InputError('camera.unavailable', `Expected a source that can be opened but ${entry.name} cannot`, entry.reason);
  }
  const action = 'List the sources and choose one of them.';
  throw new InputError('camera.unknown-source', `Expected a source of this machine but received ${choice}`, action);
}

/** The bus path names the socket and not the order of plugging in, so it is the device's stable identity. */
async function v4l2Entry(folder: string, device: string): Promise<SourceEntry> {
  const text = async (file: string, fallback: string): Promise<string> =>
    (await readFile(join(folder, device, file), 'utf8').catch(() => fallback)).trim();
  const busPath = await realpath(join(folder, device, 'device')).then(basename, () => device);
  const name = await text('name', device);
  const index = await text('index', '0');
  const detail = `/dev/${device} on ${busPath}`;
  return { id: `v4l2:${busPath}#${index}`, kind: 'v4l2', name, detail, available: false, reason: captureReason };
}
