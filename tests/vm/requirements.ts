import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** What a guest needs of the host, each program with the Debian package that brings it. */
const programsOfGuest = [
  { program: 'qemu-system-x86_64', debianPackage: 'qemu-system-x86' },
  { program: 'busybox', debianPackage: 'busybox-static' },
  { program: 'v4l2-ctl', debianPackage: 'v4l-utils' },
  { program: 'dpkg-deb', debianPackage: 'dpkg' },
  { program: 'apt-get', debianPackage: 'apt' },
  { program: 'xz', debianPackage: 'xz-utils' },
] as const;

/** Where system programs lie although a user's PATH may leave these folders out. */
const systemFolders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Finds a program on PATH or in the system's folders; `undefined` where there is none. Returns an absolute path. */
export function findProgram(name: string, searchPath = process.env.PATH ?? ''): string | undefined {
  const folders = [...searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder)), ...systemFolders];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

/** As {@link findProgram}, for a program that {@link obstacleToGuest} has found; throws where it is gone meanwhile. */
export function requireProgram(name: string): string {
  const found = findProgram(name);
  if (found === undefined) throw new Error(`Expected the program ${name} on PATH but found none`);
  return found;
}

/** Why no guest can run on this machine, in one sentence with what to install; `undefined` when one can. */
export function obstacleToGuest(searchPath = process.env.PATH ?? ''): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `the guest runs the programs of an x86-64 Linux host, and this is ${process.platform} on ${process.arch}`;
  }
  const missing = programsOfGuest.filter(({ program }) => findProgram(program, searchPath) === undefined);
  if (missing.length === 0) return undefined;
  const programs = missing.map(({ program }) => program).join(', ');
  const packages = missing.map(({ debianPackage }) => debianPackage).join(' ');
  return `the host lacks ${programs} (Debian: sudo apt-get install --no-install-recommends ${packages})`;
}
