import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder of real RAW files: CAMERA_LAB_DATA, or `shared/data` beside the project. */
export const realDataFolder = resolve(process.env['CAMERA_LAB_DATA'] ?? join(import.meta.dirname, '../../../shared/data'));

/** Whether the folder is there. Where it is not, the test file that asks says so. */
export const hasRealData = existsSync(realDataFolder);

/** The path of one real file. */
export function realFile(name: string): string {
  return join(realDataFolder, name);
}
