import { unwatchFile, watch, watchFile as watchStat } from 'node:fs';

/** Calls `onChange` after what is at a path has changed. Returns what ends it; undefined where it cannot be watched now. */
export type Watch = (path: string, onChange: () => void) => (() => void) | undefined;

/** Watches a folder, with everything below it, by the operating system's notices. */
export const watchFolder: Watch = (folder, onChange) => {
  try {
    const watcher = watch(folder, { recursive: true, persistent: false }, onChange);
    // A folder that is deleted ends its watch; what was in it is then missed by the next round.
    watcher.on('error', onChange);
    return () => watcher.close();
  } catch {
    return undefined;
  }
};

/** How often a watched file is looked at. */
const lookMillis = 500;

/** Watches one file by looking at it, which need not be there yet: the folder that it lies in may be one that is written to all the time. */
export const watchFile: Watch = (path, onChange) => {
  watchStat(path, { interval: lookMillis, persistent: false }, onChange);
  return () => unwatchFile(path, onChange);
};
