/**
 * What the set-up knows of the machine it runs on. Plain JavaScript without packages, because it runs on whatever Node
 * the user has, before anything is installed.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestHostNode = 20;

/** The project's root folder, absolute. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** A failure of the set-up that the user can act on: the message is the one sentence that is printed. */
export class SetupError extends Error {}

/**
 * The pinned Node that everything but the set-up runs on.
 *
 * @param {string} root the project's root folder
 * @returns {string} absolute path; the file exists once the packages are installed
 */
export function pinnedNode(root) {
  return path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * The environment for everything started on the pinned Node: `node` and the packages' programs come first on PATH.
 *
 * @param {string} root the project's root folder
 * @param {Readonly<NodeJS.ProcessEnv>} [env] what to start from
 * @returns {NodeJS.ProcessEnv}
 */
export function pinnedEnvironment(root, env = process.env) {
  const binaries = path.join(root, 'node_modules', '.bin');
  return { ...env, PATH: [binaries, env.PATH ?? ''].join(path.delimiter) };
}

/**
 * Throws a {@link SetupError} unless this Node can run the set-up.
 *
 * @param {string} [version] as `process.versions.node` has it
 */
export function requireHostNode(version = process.versions.node) {
  if (Number.parseInt(version, 10) >= oldestHostNode) return;
  throw new SetupError(
    `Expected Node ${oldestHostNode} or newer but received ${version}. Install a current Node and run the same command again.`,
  );
}

/**
 * Throws a {@link SetupError} unless files can be made in `folder`.
 *
 * @param {string} folder
 * @param {string} need what the files are for, the beginning of the sentence
 */
export function requireWritable(folder, need) {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
  } catch {
    throw new SetupError(
      `${need}, but ${folder} may not be written. Copy the project to a folder of yours and run the same command there.`,
    );
  }
}

/**
 * Writes one line for the user. It goes to stderr, so that stdout carries only what the command itself has to say.
 *
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs an entry: its number becomes the exit code, a {@link SetupError} one sentence and exit code 1.
 *
 * @param {() => Promise<number>} entry
 * @returns {Promise<void>}
 */
export async function runEntry(entry) {
  try {
    requireHostNode();
    process.exitCode = await entry();
  } catch (thrown) {
    if (!(thrown instanceof SetupError)) throw thrown;
    say(thrown.message);
    process.exitCode = 1;
  }
}
