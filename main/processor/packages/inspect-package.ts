import { createHash } from 'node:crypto';
import type { CodeFile, PackageInspection } from '../../../preload/contract.ts';
import { textFile } from '../code-file.ts';
import type { PackageFiles } from './package-files.ts';
import type { TrustedContent } from './package-settings.ts';

/** SHA-256 of every file of a package, hexadecimal, by path. */
export function fileHashes({ files }: PackageFiles): Record<string, string> {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]));
}

/** A package's files for whoever is to trust them, each with how it differs from what was trusted last; files that are gone come last. */
export function inspectPackage(files: PackageFiles, last: TrustedContent | undefined): PackageInspection {
  const hashes = fileHashes(files);
  const before = last?.files;
  const present = [...files.files].map(([path, bytes]): CodeFile => {
    const change = before === undefined || before[path] === hashes[path] ? undefined : path in before ? 'changed' : 'added';
    return { ...textFile(path, bytes), ...(change ? { change } : {}) };
  });
  const gone = Object.keys(before ?? {}).filter((path) => !files.files.has(path));
  return {
    folder: files.folder,
    hash: files.hash,
    ...(last ? { trustedAt: last.trustedAt } : {}),
    isCompared: before !== undefined,
    files: [...present, ...gone.map((path): CodeFile => ({ path, bytes: 0, change: 'removed' }))],
  };
}
