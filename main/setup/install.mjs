import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { runQuietly } from './child.mjs';
import { pinnedNode, projectRoot, requireWritable, SetupError, say } from './host.mjs';

/**
 * Names the installed tree: what the lock file asks for, and for which machine.
 *
 * @param {string} root
 * @returns {string}
 */
function wantedTree(root) {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`;
}

/**
 * @param {string} file
 * @returns {string | undefined}
 */
function textOf(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

/**
 * Whether the tree was installed by hand from this very lock file: npm writes its own record last.
 *
 * @param {string} root
 * @returns {boolean}
 */
function npmRecordIsCurrent(root) {
  const record = path.join(root, 'node_modules', '.package-lock.json');
  if (!fs.existsSync(record)) return false;
  return fs.statSync(record).mtimeMs >= fs.statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

/**
 * npm as a program and its first arguments. The npm that started us is preferred, on the Node that it runs on: the
 * pinned Node is about to be replaced.
 *
 * @returns {{ program: string, args: string[] }}
 */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) {
    return { program: process.env.npm_node_execpath ?? process.execPath, args: [script] };
  }
  return { program: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] };
}

/**
 * @param {string} output what npm said
 * @returns {string} one sentence: what went wrong and what to do
 */
function explainFailure(output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT/.test(output)) {
    return 'The packages could not be downloaded: the npm registry cannot be reached. Check the network and npm\'s proxy setting ("npm config get proxy"), then run the same command again.';
  }
  if (/ENOSPC/.test(output)) return 'The packages could not be installed: the disk is full. Free about 2 GB and run again.';
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return 'The packages could not be installed: a file may not be written (see above). Make the project folder yours and run again.';
  }
  return 'The packages could not be installed (npm\'s own words are above). Run "npm ci" to try by hand.';
}

/**
 * Runs npm quietly; throws a `SetupError` with the cause and the fix, npm's own words above it, when it fails.
 *
 * @param {string} root
 * @param {readonly string[]} args
 * @returns {Promise<void>}
 */
async function runNpm(root, args) {
  const npm = npmCommand();
  const outcome = await runQuietly(npm.program, [...npm.args, ...args, '--loglevel=error', '--no-fund', '--no-audit'], {
    cwd: root,
    env: process.env,
  });
  if (outcome.exitCode === 0) return;
  say(outcome.output.trimEnd());
  throw new SetupError(explainFailure(outcome.output));
}

/**
 * Installs the packages where they are missing or where the lock file has changed since. Throws a `SetupError` with the
 * cause and the fix when that fails. Costs a few milliseconds when nothing is to do.
 *
 * No package runs a script of its own, because several of them would build or download what the lab does not need; the
 * one exception puts the pinned Node in its place.
 *
 * @param {string} [root] the project's root folder
 * @returns {Promise<void>}
 */
export async function ensureInstalled(root = projectRoot) {
  const stamp = path.join(root, 'node_modules', '.camera-lab-installed');
  const wanted = wantedTree(root);
  const installed = textOf(stamp);
  const isCurrent = installed === wanted || (installed === undefined && npmRecordIsCurrent(root));
  if (isCurrent && fs.existsSync(pinnedNode(root))) return;
  requireWritable(root, 'The packages have to be installed');
  say('Installing packages, about a minute …');
  if (!isCurrent) await runNpm(root, ['ci', '--include=dev', '--include=optional', '--ignore-scripts']);
  await runNpm(root, ['rebuild', 'node', '--ignore-scripts=false']);
  if (!fs.existsSync(pinnedNode(root))) {
    throw new SetupError(
      'The pinned Node could not be installed. Remove the folder node_modules and run the same command again.',
    );
  }
  fs.writeFileSync(stamp, wanted);
}
