import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { addonPath, buildAddon, obstacleToBuild } from '../../native/v4l2-camera/build.mjs';
import { projectRoot, say } from './host.mjs';

/**
 * How the addon is made here; tests put another maker in its place.
 *
 * @typedef {object} AddonMaker
 * @property {string} sources the folder of the addon, absolute
 * @property {string} addon where the built addon lies, absolute
 * @property {() => string | undefined} obstacle why it cannot be built, one sentence with what to do
 * @property {() => Promise<unknown>} build rejects with the compiler's words
 */

/** @type {AddonMaker} */
const ownMaker = {
  sources: path.join(projectRoot, 'native', 'v4l2-camera'),
  addon: addonPath,
  obstacle: obstacleToBuild,
  build: buildAddon,
};

/**
 * A digest of everything that the addon is made from, for this machine.
 *
 * @param {AddonMaker} maker
 * @returns {string}
 */
function digestOf({ sources }) {
  const digest = createHash('sha256').update(`${process.platform}-${process.arch} ${process.env.CXX ?? ''}\0`);
  digest.update(fs.readFileSync(path.join(sources, 'build.mjs')));
  for (const folder of ['addon', 'v4l2']) {
    for (const name of fs.readdirSync(path.join(sources, folder)).sort()) {
      digest
        .update(`${folder}/${name}\0`)
        .update(fs.readFileSync(path.join(sources, folder, name)))
        .update('\0');
    }
  }
  return digest.digest('hex');
}

/**
 * @param {string} stamp
 * @param {string} text
 */
function remember(stamp, text) {
  try {
    fs.mkdirSync(path.dirname(stamp), { recursive: true });
    fs.writeFileSync(stamp, text);
  } catch {
    // The project belongs to somebody else: the next start tries again.
  }
}

/**
 * @param {unknown} thrown what the build rejected with
 * @returns {string} its one line that says most: the first that the compiler calls an error
 */
function firstError(thrown) {
  const lines = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /\berror\b/.test(line)) ?? lines[0] ?? 'no reason given').trim();
}

/**
 * Builds the addon for V4L2 cameras where its sources have changed. Never rejects: the lab runs without. A build that failed is
 * not tried again until the sources change.
 *
 * @param {AddonMaker} [maker]
 * @returns {Promise<string | undefined>} why there is no addon, one sentence without its full stop; `undefined` when it is there
 */
export async function ensureAddon(maker = ownMaker) {
  const stamp = path.join(path.dirname(maker.addon), '.camera-lab-built');
  try {
    const digest = digestOf(maker);
    const known = fs.existsSync(stamp) ? fs.readFileSync(stamp, 'utf8') : '';
    if (known === digest && fs.existsSync(maker.addon)) return undefined;
    const obstacle = maker.obstacle();
    if (obstacle !== undefined) return obstacle;
    if (known === `failed ${digest}`)
      return 'its build failed before; "node native/v4l2-camera/build.mjs" tries again and says why';
    say('Building the addon for V4L2 cameras …');
    try {
      await maker.build();
    } catch (thrown) {
      remember(stamp, `failed ${digest}`);
      throw thrown;
    }
    remember(stamp, digest);
    return undefined;
  } catch (thrown) {
    return `its build failed (${firstError(thrown)})`;
  }
}

/**
 * As {@link ensureAddon}, and says in one line why there is none.
 *
 * @param {AddonMaker} [maker]
 * @returns {Promise<void>}
 */
export async function ensureAddonOrSay(maker = ownMaker) {
  const reason = await ensureAddon(maker);
  if (reason !== undefined) say(`No V4L2 cameras: ${reason}. Everything else works.`);
}
