import { statfs } from 'node:fs/promises';

/** Bytes that may still be written below a folder; undefined where that cannot be told, for example while the folder does not exist. */
export async function freeDiskBytes(folder: string): Promise<number | undefined> {
  try {
    const { blocks, bavail, bsize } = await statfs(folder);
    // A file system without blocks, such as /proc, does not say what is free: that is not the same as nothing.
    return blocks === 0 ? undefined : bavail * bsize;
  } catch {
    return undefined;
  }
}
