import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { runQuietly } from './child.mjs';
import { pinnedEnvironment, pinnedNode, projectRoot, requireWritable, SetupError, say } from './host.mjs';

const sources = [
  ...['main', 'preload', 'renderer', 'resources', 'electron.vite.config.ts', 'package-lock.json', 'tsconfig.json'],
  ...['native/v4l2-camera/face', 'native/v4l2-camera/index.ts', 'native/v4l2-camera/build.mjs'],
];
/** Where the addon lies below the project, and below `out/`: the bundle looks upwards from itself for this very path. */
const addon = path.join('native', 'v4l2-camera', 'build', 'v4l2-camera.node');

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
 * Puts the addon, where there is one, beside the bundle, so that `out/` is complete wherever it is shipped to. A copy that is
 * equal is left alone, because a running lab may have it loaded; a new one takes its place in one step.
 *
 * @param {string} root
 */
function shipAddon(root) {
  const built = path.join(root, addon);
  const shipped = path.join(root, 'out', addon);
  if (!fs.existsSync(built)) {
    if (fs.existsSync(shipped)) fs.rmSync(shipped);
    return;
  }
  if (fs.existsSync(shipped) && fs.readFileSync(shipped).equals(fs.readFileSync(built))) return;
  requireWritable(path.join(root, 'out'), 'The addon has to be put beside the lab');
  fs.mkdirSync(path.dirname(shipped), { recursive: true });
  const unfinished = `${shipped}.${process.pid}`;
  fs.copyFileSync(built, unfinished);
  fs.renameSync(unfinished, shipped);
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
  shipAddon(root);
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
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === digestOfSources(root)) {
    shipAddon(root);
    return;
  }
  say('Building the lab …');
  await buildBundle(root);
}
