import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The two folders in which Linux shows its video devices; tests hand in folders of their own. */
export interface VideoFolders {
  /** One folder a device with its `name`, usually `/sys/class/video4linux`. */
  readonly classFolder: string;
  /** The device nodes, usually `/dev`. */
  readonly deviceFolder: string;
}

const systemFolders: VideoFolders = { classFolder: '/sys/class/video4linux', deviceFolder: '/dev' };

function mayUse(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The capture nodes of the kernel's test driver vivid that this process may open, as paths in the order of their numbers. */
export function vividCaptureNodes({ classFolder, deviceFolder }: VideoFolders = systemFolders): readonly string[] {
  if (!existsSync(classFolder)) return [];
  const nodes = readdirSync(classFolder).filter((name) => {
    const nameFile = path.join(classFolder, name, 'name');
    return /^video\d+$/.test(name) && existsSync(nameFile) && /^vivid-\d+-vid-cap$/.test(readFileSync(nameFile, 'utf8').trim());
  });
  nodes.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return nodes.map((name) => path.join(deviceFolder, name)).filter(mayUse);
}
