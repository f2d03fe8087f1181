import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { runQuietly } from './child.mjs';
import { pinnedEnvironment, pinnedNode, projectRoot, requireWritable, SetupError, say } from './host.mjs';

const sources = ['main', 'preload', 'renderer', 'resources', 'electron.vite.config.ts', 'package-lock.json', 'tsconfig.json'];

/**
 * @param {string} file a file or folder that exists
 * @returns {string[]} the files in it, in a fixed order
 */
function filesBelow(file) {
  if (!fs.statSync(file).isDirectory()) return [file];
  const names = fs.readdirSync(file).sort();
  return names.flatMap((name) => filesBelow(path.join(file, name)));
}

/**
 * A digest of everything that the bundle is made from.
 *
 * @param {string} root
 * @returns {string}
 */
function digestOfSources(root) {
  const digest = createHash('sha256');
  for (const source of sources.map((name) => path.join(root, name)).filter((file) => fs.existsSync(file))) {
    for (const file of filesBelow(source)) {
      digest
        .update(`${path.relative(root, file)}\0`)
        .update(fs.readFileSync(file))
        .update('\0');
    }
  }
  return `${digest.digest('hex')}\n`;
}

/**
 * Builds `out/main`, `out/preload` and `out/renderer`. Throws a `SetupError` with the bundler's words above it when the
 * sources do not build.
 *
 * @param {string} [root] the project's root folder
 * @returns {Promise<void>}
 */
export async function buildBundle(root = projectRoot) {
  const stamp = path.join(root, 'out', '.camera-lab-built');
  const digest = digestOfSources(root);
  requireWritable(fs.existsSync(path.dirname(stamp)) ? path.dirname(stamp) : root, 'The lab has to be built');
  fs.rmSync(stamp, { force: true });
  const bundler = path.join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const outcome = await runQuietly(pinnedNode(root), [bundler, 'build', '--logLevel', 'warn'], {
    cwd: root,
    env: pinnedEnvironment(root),
  });
  if (outcome.exitCode !== 0) {
    say(outcome.output.trimEnd());
    throw new SetupError('The lab could not be built (the bundler\'s own words are above). Run "npm run typecheck" for more.');
  }
  fs.writeFileSync(stamp, digest);
}

/**
 * Builds the lab unless `out/` was already built from these very sources.
 *
 * @param {string} [root] the project's root folder
 * @returns {Promise<void>}
 */
export async function ensureBuilt(root = projectRoot) {
  const stamp = path.join(root, 'out', '.camera-lab-built');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === digestOfSources(root)) return;
  say('Building the lab …');
  await buildBundle(root);
}
