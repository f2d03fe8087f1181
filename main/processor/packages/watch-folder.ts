import { watch } from 'node:fs';

/** Calls `onChange` after anything below a folder has changed. Returns what ends it; undefined where the folder cannot be watched now. */
export type WatchFolder = (folder: string, onChange: () => void) => (() => void) | undefined;

/** Watches by the operating system's notices. */
export const watchFolder: WatchFolder = (folder, onChange) => {
  try {
    const watcher = watch(folder, { recursive: true, persistent: false }, onChange);
    // A folder that is deleted ends its watch; what was in it is then missed by the next round.
    watcher.on('error', onChange);
    return () => watcher.close();
  } catch {
    return undefined;
  }
};
