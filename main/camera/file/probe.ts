import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { type FileProbe, type FolderListing, rawGeometry } from '../../../preload/contract.ts';
import { InputError } from '../../base/errors.ts';
import { decodeDng } from './dng.ts';
import { isTiff } from './foreign-format.ts';
import { readInputFile, unreadable } from './input-file.ts';
import { likelyGeometries } from './likely-geometry.ts';
import { readSidecar } from './raw-description.ts';
import { foreignFormatError } from './raw-file.ts';

const kindOfExtension: Readonly<Record<string, 'raw' | 'dng'>> = { '.raw': 'raw', '.bin': 'raw', '.dng': 'dng' };

/** What a file is and what is known of its geometry, before it is opened. Throws InputError where it can be no camera. */
export async function probeFile(path: string): Promise<FileProbe> {
  const bytes = await readInputFile(path);
  if (isTiff(bytes)) {
    const { width, height, sensor } = decodeDng(bytes, path);
    const { cfa, bits, whiteLevel, blackLevels } = sensor;
    const blackLevel = blackLevels.reduce((sum, level) => sum + level, 0) / 4;
    const geometry = { width, height, cfa, bits, packing: 'unpacked' as const, blackLevel, whiteLevel };
    return { path, kind: 'dng', bytes: bytes.length, geometry, suggestions: [] };
  }
  const foreign = foreignFormatError(path, bytes);
  if (foreign !== undefined) throw foreign;
  const sidecar = await readSidecar(path);
  const suggestions = [...likelyGeometries(path, bytes)];
  const known = sidecar === undefined ? {} : { geometry: rawGeometry.parse(sidecar) };
  return { path, kind: 'raw', bytes: bytes.length, ...known, suggestions };
}

/**
 * The folders and RAW files in a folder, folders first, each by name; hidden ones are left out. An empty path is the home folder. With
 * `fileTypes`, files of these endings instead of RAW ones; all, where there are none.
 */
export async function browseFolder(path: string, fileTypes?: readonly string[]): Promise<FolderListing> {
  const folder = path === '' ? homedir() : resolve(path);
  const kindOf = fileTypes === undefined ? cameraKindOf : anyKindOf(fileTypes);
  const entries = (await Promise.all((await namesIn(folder)).map((name) => entryOf(folder, name, kindOf)))).filter(
    (entry) => entry !== undefined,
  );
  entries.sort((a, b) => Number(b.kind === 'folder') - Number(a.kind === 'folder') || a.name.localeCompare(b.name));
  const parent = dirname(folder);
  return { path: folder, ...(parent === folder ? {} : { parent }), entries };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.'));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOTDIR') throw unreadable(folder, thrown);
    throw new InputError(
      'file.not-folder',
      `Expected a folder but ${folder} is a file`,
      'Choose the folder that holds it.',
      thrown,
    );
  }
}

type KindOf = (name: string) => 'raw' | 'dng' | 'file' | undefined;

const cameraKindOf: KindOf = (name) => kindOfExtension[extname(name).toLowerCase()];

function anyKindOf(fileTypes: readonly string[]): KindOf {
  const endings = fileTypes.map((type) => `.${type.toLowerCase()}`);
  return (name) => (endings.length === 0 || endings.includes(extname(name).toLowerCase()) ? 'file' : undefined);
}

async function entryOf(folder: string, name: string, kindOf: KindOf): Promise<FolderListing['entries'][number] | undefined> {
  const path = join(folder, name);
  // A link to nowhere, or an entry that vanished since the folder was read, is simply not offered.
  const status = await stat(path).catch(() => undefined);
  if (status?.isDirectory()) return { name, path, kind: 'folder', bytes: 0 };
  const kind = kindOf(name);
  return status?.isFile() && kind !== undefined ? { name, path, kind, bytes: status.size } : undefined;
}
