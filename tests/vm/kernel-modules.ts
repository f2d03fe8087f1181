import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { requireProgram } from './requirements.ts';

/** One kernel module, ready for `insmod`. */
export interface KernelModule {
  /** With underscores, as the kernel writes it. */
  readonly name: string;
  /** The uncompressed ELF file. */
  readonly content: Buffer;
}

/** The kernel takes dashes and underscores for the same. */
function normalised(name: string): string {
  return name.replaceAll('-', '_');
}

function modulePaths(modulesFolder: string): ReadonlyMap<string, string> {
  const files = readdirSync(modulesFolder, { recursive: true, encoding: 'utf8' });
  const found = new Map<string, string>();
  for (const file of files) {
    const match = /^(.+)\.ko(\.xz|\.zst|\.gz)?$/.exec(path.basename(file));
    if (match?.[1] !== undefined) found.set(normalised(match[1]), path.join(modulesFolder, file));
  }
  return found;
}

function builtInModules(modulesFolder: string): ReadonlySet<string> {
  const lines = readFileSync(path.join(modulesFolder, 'modules.builtin'), 'utf8').split('\n');
  return new Set(lines.map((line) => normalised(path.basename(line, '.ko'))));
}

function readModule(file: string): Buffer {
  const content = readFileSync(file);
  if (file.endsWith('.gz')) return gunzipSync(content);
  if (file.endsWith('.zst')) return zstdDecompressSync(content);
  if (!file.endsWith('.xz')) return content;
  return execFileSync(requireProgram('xz'), ['--decompress', '--stdout'], { input: content, maxBuffer: 256 * 2 ** 20 });
}

/** What the module's own information section names in `depends=`; a package that was never installed has no index of it. */
function dependenciesOf(content: Buffer): readonly string[] {
  const key = Buffer.from('\0depends=');
  const start = content.indexOf(key);
  if (start < 0) return [];
  const from = start + key.length;
  const list = content.toString('latin1', from, content.indexOf(0, from));
  return list === '' ? [] : list.split(',').map(normalised);
}

/**
 * The modules that `wanted` come to with all that they depend on, in the order of loading; what the kernel has built in is
 * left out. Throws where it has neither.
 */
export function modulesInLoadOrder(modulesFolder: string, wanted: readonly string[]): readonly KernelModule[] {
  const paths = modulePaths(modulesFolder);
  const builtIn = builtInModules(modulesFolder);
  const ordered = new Map<string, KernelModule>();
  const add = (name: string): void => {
    if (ordered.has(name) || builtIn.has(name)) return;
    const file = paths.get(name);
    if (file === undefined) throw new Error(`Expected the kernel module ${name} in ${modulesFolder} but found none`);
    const content = readModule(file);
    for (const dependency of dependenciesOf(content)) add(dependency);
    ordered.set(name, { name, content });
  };
  for (const name of wanted) add(normalised(name));
  return [...ordered.values()];
}
