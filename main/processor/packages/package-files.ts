import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { manifestName, type PackageManifest, parseManifest } from './manifest.ts';

/** Most bytes of all files of a package together. */
export const largestPackageBytes = 512 * 2 ** 20;

const mostFiles = 1000;

/** A package as it lay on disk at one moment. What is hashed is what is run. */
export interface PackageFiles {
  readonly folder: string;
  readonly manifest: PackageManifest;
  /** Contents by path below the folder, with forward slashes, in order. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** SHA-256 over all paths and contents, hexadecimal. */
  readonly hash: string;
}

/**
 * Reads a package's folder whole: every file but hidden ones and `node_modules`. Throws InputError for a folder without manifest, for
 * links (they could lead anywhere after they were hashed) and for more than {@link largestPackageBytes}.
 */
export async function readPackage(folder: string): Promise<PackageFiles> {
  const files = new Map<string, Uint8Array>();
  await collect(folder, '', files, { bytes: 0 });
  const manifest = files.get(manifestName);
  if (!manifest) {
    const message = `Expected a folder with a ${manifestName} but received ${folder}`;
    throw new InputError('package.no-manifest', message, 'Make one with `lab new-processor`.');
  }
  const hash = createHash('sha256');
  for (const [path, bytes] of files) hash.update(`${Buffer.byteLength(path)}:${path}:${bytes.length}:`).update(bytes);
  const parsed = parseManifest(new TextDecoder().decode(manifest), folder);
  return { folder, manifest: parsed, files, hash: hash.digest('hex') };
}

async function collect(folder: string, below: string, files: Map<string, Uint8Array>, total: { bytes: number }): Promise<void> {
  const names = await namesIn(join(folder, below));
  for (const name of names.filter((one) => !one.startsWith('.') && one !== 'node_modules').sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const status = await lstat(join(folder, path));
    if (status.isDirectory()) {
      await collect(folder, path, files, total);
      continue;
    }
    if (!status.isFile())
      throw new InputError('package.link', `Expected files and folders in ${folder} but received the link ${path}`);
    total.bytes += status.size;
    if (total.bytes > largestPackageBytes || files.size >= mostFiles) {
      const limit = `${mostFiles} files of ${largestPackageBytes / 2 ** 20} MiB together`;
      throw new InputError('package.too-large', `Expected at most ${limit} in ${folder} but received more`);
    }
    files.set(path, await readFile(join(folder, path)));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new InputError('package.no-folder', `Expected a folder that can be read but received ${folder}`, undefined, cause);
  }
}
