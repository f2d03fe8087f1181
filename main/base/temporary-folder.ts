import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A new folder for as long as `use` takes; `name` is what its own begins with. It is removed whatever happens, also where Ctrl-C or a
 * signal ends the process meanwhile: where somebody else hears that signal, who then ends in order, it is left to `use`.
 */
export async function withTemporaryFolder<T>(name: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const end = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) return;
    rmSync(folder, { recursive: true, force: true });
    process.off(signal, end);
    process.kill(process.pid, signal);
  };
  for (const signal of endings) process.on(signal, end);
  try {
    return await use(folder);
  } finally {
    for (const signal of endings) process.off(signal, end);
    await rm(folder, { recursive: true, force: true });
  }
}
