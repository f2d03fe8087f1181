import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder of real RAW files: CAMERA_LAB_DATA, or `shared/data` beside the project. */
export const realDataFolder = resolve(process.env['CAMERA_LAB_DATA'] ?? join(import.meta.dirname, '../../../shared/data'));

/** Whether the folder is there. Where it is not, the test file that asks says so. */
export const hasRealData = existsSync(realDataFolder);

/** What to say where one of these files or folders is not there, after the name of what they are; undefined where all are. */
export function absenceOf(what: string, names: readonly string[]): string | undefined {
  const missing = names.map(realFile).find((path) => !existsSync(path));
  return missing && `${what}: ${missing} is not there; set CAMERA_LAB_DATA to a folder that has it`;
}

/** The path of one real file. */
export function realFile(name: string): string {
  return join(realDataFolder, name);
}
