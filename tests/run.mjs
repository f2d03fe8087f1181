/** `npm test`: installs what is missing, runs every suite to its end and says in the last line what they came to. */
import { ensureAddonOrSay } from '../main/setup/addon.mjs';
import { buildBundle } from '../main/setup/bundle.mjs';
import { runEntry, SetupError, say } from '../main/setup/host.mjs';
import { ensureInstalled } from '../main/setup/install.mjs';
import {
  runInChromium,
  runInElectron,
  runLint,
  runOnDriver,
  runScript,
  runVitest,
  summaryOfStep,
} from './support/suites/suites.mjs';

/** @typedef {import('./support/suites/vitest-summary.ts').SuiteSummary} SuiteSummary */

/**
 * Builds the lab; a build that fails is one failure and leaves the suites after it to say what they cannot find.
 *
 * @returns {Promise<SuiteSummary>}
 */
async function runBuild() {
  try {
    await buildBundle();
    return summaryOfStep(0);
  } catch (thrown) {
    if (!(thrown instanceof SetupError)) throw thrown;
    say(thrown.message);
    return summaryOfStep(1);
  }
}

/** @type {readonly (readonly [heading: string, run: () => Promise<SuiteSummary>])[]} */
const suites = [
  ['Lint', runLint],
  ['Types', () => runScript('tests/support/typecheck.ts')],
  ['Build', runBuild],
  ['Unit, flow and golden tests, Electron shell against its typed double', runVitest],
  ['The camera addon on a real kernel driver', runOnDriver],
  ['The lab in Chromium', runInChromium],
  ['The lab in Electron', runInElectron],
];

await runEntry(async () => {
  await ensureInstalled();
  await ensureAddonOrSay();
  /** @type {{ heading: string, summary: SuiteSummary }[]} */
  const done = [];
  for (const [heading, run] of suites) {
    say(`\n== ${heading}`);
    done.push({ heading, summary: await run() });
  }
  say('\n== Total');
  for (const { heading, summary } of done) say(`${heading}: ${summary.passed} passed, ${summary.failed} failed`);
  for (const { name, reason } of done.flatMap(({ summary }) => summary.skipped)) say(`skipped: ${name} (${reason})`);
  const passed = done.reduce((sum, { summary }) => sum + summary.passed, 0);
  const failed = done.reduce((sum, { summary }) => sum + summary.failed, 0);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
});
