import fs from 'node:fs';
import path from 'node:path';
import { runQuietly } from './child.mjs';
import { pinnedEnvironment, pinnedNode, projectRoot, say } from './host.mjs';

const downloadTimeoutMillis = 60_000;
const retryAfterMillis = 24 * 60 * 60 * 1000;

/**
 * @typedef {{ readonly platform: NodeJS.Platform, readonly env: Readonly<NodeJS.ProcessEnv>, readonly userId: number | undefined }} Host
 * @typedef {{ readonly program: string } | { readonly reason: string }} ElectronFinding
 */

/**
 * The Electron program where it has been downloaded.
 *
 * @param {string} [root] the project's root folder
 * @returns {string | undefined} absolute path of a file that exists
 */
export function electronProgram(root = projectRoot) {
  const folder = path.join(root, 'node_modules', 'electron');
  const pathFile = path.join(folder, 'path.txt');
  if (!fs.existsSync(pathFile)) return undefined;
  const distribution = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, 'dist');
  const program = path.join(distribution, fs.readFileSync(pathFile, 'utf8'));
  return fs.existsSync(program) ? program : undefined;
}

/**
 * Why a window cannot be opened on this machine, whatever is installed.
 *
 * @param {Host} [host]
 * @returns {string | undefined} one clause without a full stop; `undefined` where a window can be opened
 */
export function reasonAgainstWindow(host = { platform: process.platform, env: process.env, userId: process.getuid?.() }) {
  if (host.platform !== 'linux') return undefined;
  if (!host.env.DISPLAY && !host.env.WAYLAND_DISPLAY) return 'there is no display (DISPLAY and WAYLAND_DISPLAY are unset)';
  if (host.userId === 0) return "Chromium's sandbox does not run as root; start the lab as an ordinary user to get its window";
  return undefined;
}

/**
 * @param {string} failure
 * @param {string} output
 */
function remember(failure, output) {
  try {
    fs.mkdirSync(path.dirname(failure), { recursive: true });
    fs.writeFileSync(failure, output);
  } catch {
    // The project belongs to somebody else: the next start tries the download again.
  }
}

/**
 * Tries to download Electron once; a failure is remembered for a day, so that the next start does not wait for it again.
 *
 * @param {string} root
 * @returns {Promise<string | undefined>} why there is no Electron, or `undefined` when it is there now
 */
async function download(root) {
  const byHand = '"npx install-electron" tries again';
  const failure = path.join(root, 'node_modules', '.cache', 'camera-lab', 'electron-download-failed');
  if (fs.existsSync(failure) && Date.now() - fs.statSync(failure).mtimeMs < retryAfterMillis) {
    return `its download failed less than a day ago; ${byHand}`;
  }
  say('Downloading Electron, at most a minute …');
  const outcome = await runQuietly(pinnedNode(root), [path.join(root, 'node_modules', 'electron', 'install.js')], {
    cwd: root,
    env: pinnedEnvironment(root),
    timeoutMillis: downloadTimeoutMillis,
  });
  if (outcome.exitCode === 0 && electronProgram(root) !== undefined) return undefined;
  remember(failure, outcome.output);
  const why = outcome.timedOut ? `took longer than ${downloadTimeoutMillis / 1000} s` : 'failed';
  return `its download ${why}; ${byHand}`;
}

/**
 * An Electron that starts here, downloaded when need be, or the reason why there is none.
 *
 * @param {string} [root] the project's root folder
 * @returns {Promise<ElectronFinding>}
 */
export async function findElectron(root = projectRoot) {
  const against = reasonAgainstWindow();
  if (against !== undefined) return { reason: against };
  if (electronProgram(root) === undefined) {
    const failed = await download(root);
    if (failed !== undefined) return { reason: failed };
  }
  const program = /** @type {string} */ (electronProgram(root));
  // Missing system libraries show here, before a window is promised.
  const probe = await runQuietly(program, ['--version'], { cwd: root, env: process.env, timeoutMillis: 10_000 });
  if (probe.exitCode !== 0) return { reason: `it does not start (${probe.output.trim().split('\n')[0]})` };
  return { program };
}
