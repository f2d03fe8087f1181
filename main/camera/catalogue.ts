import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SourceEntry } from '../../preload/contract.ts';
import { InputError, shownText } from '../base/errors.ts';
import type { AsyncCloseable } from '../base/lifetime.ts';
import type { Camera, ControlDevice } from './camera.ts';
import type { ProfileOwner } from './control/profile-store.ts';
import { openFileCamera } from './file/file-camera.ts';
import type { RawDescription } from './file/raw-description.ts';
import { scenes } from './simulator/scenes/scenes.ts';
import { openSimulator, simulatorIdOf } from './simulator/simulator-camera.ts';
import { systemFace, type V4l2Face } from './v4l2/device-face.ts';
import { listV4l2Sources, openV4l2ControlSource, openV4l2Source } from './v4l2/v4l2-sources.ts';

const sysfsFolder = '/sys/class/video4linux';

/** Which camera to open: an id from {@link listSources}, `file:<path>`, or a file whose geometry the user gave. */
export type CameraChoice = string | { readonly path: string; readonly geometry?: RawDescription };

/** What a test may put in the place of the machine's own. */
export interface CatalogueOptions {
  readonly face?: V4l2Face;
  /** Where the kernel lists video devices. */
  readonly v4l2Folder?: string;
}

/**
 * Every source of this machine, the simulator's scenes first, then the V4L2 devices, those that cannot be opened with the reason. A
 * machine without V4L2 has none. Files are not listed: they are opened by their path.
 */
export async function listSources({
  face = systemFace,
  v4l2Folder = sysfsFolder,
}: CatalogueOptions = {}): Promise<readonly SourceEntry[]> {
  const simulators = scenes.map((scene): SourceEntry => {
    return { id: simulatorIdOf(scene), kind: 'simulator', name: scene.name, detail: scene.detail, available: true };
  });
  const obstacle = face.obstacle();
  if (obstacle === undefined) return [...simulators, ...(await listV4l2Sources(face))];
  const names = await readdir(v4l2Folder).catch(() => []);
  const devices = names.filter((name) => /^video\d+$/.test(name));
  devices.sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
  return [...simulators, ...(await Promise.all(devices.map((device) => sysfsEntry(v4l2Folder, device, obstacle))))];
}

/**
 * Opens a source by its id, by a device's node or unique name, or a file. Throws InputError for one that is unknown, ambiguous,
 * unavailable or not readable, and ResourceError where a device fails.
 */
export async function openCamera(choice: CameraChoice, options: CatalogueOptions = {}): Promise<Camera> {
  if (typeof choice !== 'string') return await openFileCamera(choice.path, choice.geometry);
  const scene = scenes.find((candidate) => [simulatorIdOf(candidate), candidate.name].includes(choice));
  if (scene !== undefined) return openSimulator({ scene: scene.id });
  if (choice.startsWith('file:')) return await openFileCamera(choice.slice('file:'.length));
  const { face = systemFace } = options;
  const camera = face.obstacle() === undefined ? await openV4l2Source(face, choice) : undefined;
  if (camera !== undefined) return camera;
  const entry = (await listSources(options)).find(({ id, name, detail }) => [id, name, detail.split(' ')[0]].includes(choice));
  if (entry !== undefined) {
    throw new InputError('camera.unavailable', `Expected a source that can be opened but ${entry.name} cannot`, entry.reason);
  }
  const action = 'List the sources and choose one of them.';
  throw new InputError('camera.unknown-source', `Expected a source of this machine but received ${shownText(choice)}`, action);
}

/**
 * Opens a source, named as for {@link openCamera}, for its controls alone: also one that gives no mosaic, or that another
 * program streams from. Throws as that does.
 */
export async function openControls(
  choice: string,
  options: CatalogueOptions = {},
): Promise<ProfileOwner & ControlDevice & AsyncCloseable> {
  const { face = systemFace } = options;
  const source = face.obstacle() === undefined ? await openV4l2ControlSource(face, choice) : undefined;
  return source ?? openCamera(choice, options);
}

/** A device of a machine on which the addon cannot be used. The bus path names the socket, not the order of plugging in. */
async function sysfsEntry(folder: string, device: string, reason: string): Promise<SourceEntry> {
  const text = async (file: string, fallback: string): Promise<string> =>
    (await readFile(join(folder, device, file), 'utf8').catch(() => fallback)).trim();
  const busPath = await realpath(join(folder, device, 'device')).then(basename, () => device);
  const name = await text('name', device);
  const index = await text('index', '0');
  const detail = `/dev/${device} on ${busPath}`;
  return { id: `v4l2:${busPath}#${index}`, kind: 'v4l2', name, detail, available: false, reason };
}
