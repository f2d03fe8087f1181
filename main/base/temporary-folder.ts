import { createHash } from 'node:crypto';
import { readlinkSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Those of this process that are still there. */
const folders = new Set<string>();
/** How many ask that signals remove them. */
let guards = 0;

/**
 * Tells processes apart with {@link process.pid}: containers may share the folder of temporary files, but not their numbers of processes.
 */
const pidSpace = createHash('sha256').update(`${hostname()} ${linuxPidNamespace()}`).digest('hex').slice(0, 8);

/**
 * A new folder whose name begins with `name`; remove it by {@link removeTemporaryFolder}. Those of the same name whose process has ended
 * without doing so, as one that was killed does, are removed first; never one of a process that still runs.
 */
export async function makeTemporaryFolder(name: string): Promise<string> {
  await removeAbandoned(name);
  const folder = await mkdtemp(join(tmpdir(), `${name}-${pidSpace}-${process.pid}-`));
  folders.add(folder);
  return folder;
}

/** Removes a folder of {@link makeTemporaryFolder} with all that is in it. */
export async function removeTemporaryFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  folders.delete(folder);
}

/**
 * Removes the temporary folders of this process where Ctrl-C or a signal ends it while `use` runs; the process ends of that signal. Where
 * somebody else hears the signal, who then ends in order, they are left to whoever made them.
 */
export async function guardingTemporaryFolders<T>(use: () => Promise<T>): Promise<T> {
  if (guards++ === 0) for (const signal of endings) process.on(signal, end);
  try {
    return await use();
  } finally {
    if (--guards === 0) for (const signal of endings) process.off(signal, end);
  }
}

/** A new folder for as long as `use` takes; `name` is what its own begins with. It is removed whatever happens, a signal too. */
export function withTemporaryFolder<T>(name: string, use: (folder: string) => Promise<T>): Promise<T> {
  return guardingTemporaryFolders(async () => {
    const folder = await makeTemporaryFolder(name);
    try {
      return await use(folder);
    } finally {
      await removeTemporaryFolder(folder);
    }
  });
}

function end(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  process.off(signal, end);
  process.kill(process.pid, signal);
}

async function removeAbandoned(name: string): Promise<void> {
  const start = `${name}-${pidSpace}-`;
  const names = await readdir(tmpdir()).catch((): string[] => []);
  const abandoned = names.filter((found) => {
    const [, pid] = (found.startsWith(start) && /^(\d+)-\w{6}$/.exec(found.slice(start.length))) || [];
    return pid !== undefined && hasEnded(Number(pid));
  });
  // Where one cannot be removed, it is somebody else's, and no hindrance.
  await Promise.allSettled(abandoned.map((found) => rm(join(tmpdir(), found), { recursive: true, force: true })));
}

/** Any other answer than that there is none, such as that it is somebody else's, is one of a process that runs. */
function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Empty where the system has no such thing. */
function linuxPidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
