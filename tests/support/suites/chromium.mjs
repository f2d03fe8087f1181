import fs from 'node:fs';
import path from 'node:path';

const names = ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser'];

/**
 * The Chromium that the system has: `CAMERA_LAB_CHROMIUM`, or the first known name on PATH.
 *
 * @param {Readonly<NodeJS.ProcessEnv>} [env]
 * @returns {string | undefined} absolute path; `undefined` where Playwright's own has to do
 */
export function systemChromium(env = process.env) {
  if (env.CAMERA_LAB_CHROMIUM) return env.CAMERA_LAB_CHROMIUM;
  const folders = ['/usr/bin', ...(env.PATH ?? '').split(path.delimiter)];
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => fs.existsSync(file));
}
