import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from './requirements.ts';

const run = promisify(execFile);

/** Debian's generic kernel; its `cloud` flavour has no media drivers. */
const metaPackage = 'linux-image-amd64';

/** A kernel unpacked into a folder, never installed. */
export interface UnpackedKernel {
  /** As in `uname -r`. */
  readonly release: string;
  /** The compressed kernel that QEMU starts. */
  readonly image: string;
  /** The folder of its modules, `lib/modules/RELEASE`. */
  readonly modulesFolder: string;
}

/** The folder that kernels are kept in between runs, outside the project; `XDG_CACHE_HOME` moves it. */
export function kernelCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'camera-lab', 'vm');
}

/**
 * Reads the kernel's own package and version out of what `apt-cache show` says of the meta package; `undefined` where the
 * text names none. `key` names the folder in the cache.
 */
export function kernelNamedBy(description: string): { readonly packageName: string; readonly key: string } | undefined {
  const match = /^Depends:.*?\b(linux-image-\d[\w.+~-]*) \(= ([\w.+~:-]+)\)/m.exec(description);
  if (match === null) return undefined;
  const [, packageName = '', version = ''] = match;
  return { packageName, key: `${packageName}_${version.replaceAll(':', '%3a')}` };
}

function unpackedAt(folder: string): UnpackedKernel | undefined {
  const boot = path.join(folder, 'boot');
  const imageName = existsSync(boot) ? readdirSync(boot).find((name) => name.startsWith('vmlinuz-')) : undefined;
  if (imageName === undefined) return undefined;
  const release = imageName.slice('vmlinuz-'.length);
  const candidates = ['lib/modules', 'usr/lib/modules'].map((modules) => path.join(folder, modules, release));
  const modulesFolder = candidates.find(existsSync);
  return modulesFolder === undefined ? undefined : { release, image: path.join(boot, imageName), modulesFolder };
}

/** The newest kernel that an earlier run has left, for a machine that cannot reach its package mirror now. */
function newestCached(cache: string): UnpackedKernel | undefined {
  const folders = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('linux-image-')) : [];
  folders.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return folders.map((name) => unpackedAt(path.join(cache, name))).find((kernel) => kernel !== undefined);
}

async function download(packageName: string, folder: string): Promise<string> {
  await run(requireProgram('apt-get'), ['download', packageName], { cwd: folder });
  const name = readdirSync(folder).find((file) => file.endsWith('.deb'));
  if (name === undefined) throw new Error(`Expected apt-get to leave the package ${packageName} but found no file`);
  return path.join(folder, name);
}

/** What a failed program wrote, its last line only: that is where apt says what went wrong. */
function lastWordsOf(thrown: unknown): string {
  const words = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr) : String(thrown);
  return words.trim().split('\n').at(-1) ?? '';
}

/**
 * Finds the kernel in the cache, else downloads and unpacks it there; needs no root and installs nothing. Resolves to a
 * reason in one sentence where there is no such kernel to be had.
 */
export async function obtainKernel(cache = kernelCacheFolder()): Promise<UnpackedKernel | { readonly reason: string }> {
  try {
    const { stdout } = await run(requireProgram('apt-cache'), ['show', '--no-all-versions', metaPackage]);
    const named = kernelNamedBy(stdout);
    if (named === undefined) throw new Error(`the package ${metaPackage} names no kernel`);
    const home = path.join(cache, named.key);
    const cached = unpackedAt(home);
    if (cached !== undefined) return cached;
    mkdirSync(cache, { recursive: true });
    const scratch = mkdtempSync(path.join(cache, '.unpacking-'));
    try {
      const archive = await download(named.packageName, scratch);
      const unpacked = path.join(scratch, 'unpacked');
      await run(requireProgram('dpkg-deb'), ['--extract', archive, unpacked]);
      // Two runs at once unpack the same: whoever comes second finds the folder full, which is as good.
      if (!existsSync(home)) renameSync(unpacked, home);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
    return unpackedAt(home) ?? { reason: `the package ${named.packageName} holds no kernel with modules` };
  } catch (thrown) {
    const older = newestCached(cache);
    if (older !== undefined) return older;
    const advice = 'the guest needs the package lists of Debian: sudo apt-get update';
    return { reason: `the kernel package ${metaPackage} cannot be had (${lastWordsOf(thrown)}; ${advice})` };
  }
}
