import fs from 'node:fs';
import path from 'node:path';
import { runInForeground, runQuietly } from '../../../main/setup/child.mjs';
import { electronProgram, reasonAgainstWindow } from '../../../main/setup/electron.mjs';
import { pinnedEnvironment, pinnedNode, projectRoot, say } from '../../../main/setup/host.mjs';
import { systemChromium } from './chromium.mjs';
import { summarisePlaywright } from './playwright-summary.mjs';

/** @typedef {import('./vitest-summary.ts').SuiteSummary} SuiteSummary */

const browserDownloadMillis = 300_000;
const results = path.join(projectRoot, 'test-results');
const playwright = path.join(projectRoot, 'node_modules', '@playwright', 'test', 'cli.js');

/**
 * @param {readonly string[]} args of the pinned Node
 * @param {NodeJS.ProcessEnv} [env] beside the usual environment
 * @returns {Promise<number>} exit code
 */
function onPinnedNode(args, env = {}) {
  return runInForeground(pinnedNode(projectRoot), args, { cwd: projectRoot, env: { ...pinnedEnvironment(projectRoot), ...env } });
}

/**
 * A step without tests of its own counts as one.
 *
 * @param {number} exitCode
 * @returns {SuiteSummary}
 */
export function summaryOfStep(exitCode) {
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: [] };
}

/**
 * What a program's own summary comes to. A program that left none, or that failed without naming a test, or that ran
 * nothing, has failed.
 *
 * @param {SuiteSummary | undefined} summary
 * @param {number} exitCode
 * @returns {SuiteSummary}
 */
export function trustworthy(summary, exitCode) {
  if (summary === undefined) return { passed: 0, failed: 1, skipped: [] };
  const ranNothing = summary.passed + summary.failed === 0;
  const hidFailure = exitCode !== 0 && summary.failed === 0;
  return ranNothing || hidFailure ? { ...summary, failed: summary.failed + 1 } : summary;
}

/**
 * @param {string} file
 * @returns {any} its JSON, or `undefined` where there is no such file
 */
function readJson(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
}

/**
 * @param {string} name
 * @returns {string} an absolute path where no file is yet
 */
function freshReport(name) {
  const file = path.join(results, `${name}.json`);
  fs.mkdirSync(results, { recursive: true });
  fs.rmSync(file, { force: true });
  return file;
}

/**
 * Runs one of the project's own check programs.
 *
 * @param {string} script path below the project's root
 * @returns {Promise<SuiteSummary>}
 */
export async function runScript(script) {
  return summaryOfStep(await onPinnedNode([path.join(projectRoot, script)]));
}

/**
 * What the lint step comes to. Its findings are a failure, but for a workflow that shows them in a step of their own and sets
 * `CAMERA_LAB_LINT=report`: there they are only told.
 *
 * @param {number} exitCode of the linter
 * @param {string | undefined} mode the variable's value
 * @returns {SuiteSummary}
 */
export function lintSummary(exitCode, mode) {
  if (exitCode === 0 || mode !== 'report') return summaryOfStep(exitCode);
  const reason = 'it found faults, see above; CAMERA_LAB_LINT=report only reports them';
  return { passed: 0, failed: 0, skipped: [{ name: 'the verdict of the linter', reason }] };
}

/**
 * Runs format, lint and house rules.
 *
 * @returns {Promise<SuiteSummary>}
 */
export async function runLint() {
  return lintSummary(await onPinnedNode([path.join(projectRoot, 'tests/support/lint/main.ts')]), process.env.CAMERA_LAB_LINT);
}

/**
 * Runs the unit, flow and golden tests and those of the Electron shell against its typed double.
 *
 * @returns {Promise<SuiteSummary>}
 */
export async function runVitest() {
  const report = freshReport('vitest');
  const vitest = path.join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
  const exitCode = await onPinnedNode([vitest, 'run'], { CAMERA_LAB_SUMMARY_FILE: report });
  return trustworthy(readJson(report), exitCode);
}

/**
 * @param {'chromium' | 'electron'} project
 * @returns {Promise<SuiteSummary>}
 */
async function runPlaywright(project) {
  const report = freshReport(`playwright-${project}`);
  const exitCode = await onPinnedNode([playwright, 'test', `--project=${project}`, '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
  });
  const json = readJson(report);
  return trustworthy(json === undefined ? undefined : summarisePlaywright(json), exitCode);
}

/**
 * A suite that cannot run here: said with its reason, and a failure where it was promised.
 *
 * @param {string} name
 * @param {string} reason
 * @param {boolean} promised
 * @returns {SuiteSummary}
 */
export function absentSuite(name, reason, promised) {
  say(`Not run: ${reason}`);
  return { passed: 0, failed: promised ? 1 : 0, skipped: [{ name, reason }] };
}

/**
 * The camera addon against the kernel's vivid driver, on the host or in a virtual machine. Where neither can be, the suite
 * has said why, and has counted itself as failed in CI.
 *
 * @returns {Promise<SuiteSummary>}
 */
export async function runOnDriver() {
  const report = freshReport('driver');
  const exitCode = await onPinnedNode([path.join(projectRoot, 'tests/vm/run.ts')], { CAMERA_LAB_SUMMARY_FILE: report });
  const summary = readJson(report);
  const absent = summary !== undefined && summary.passed === 0 && summary.skipped.length > 0;
  return absent ? summary : trustworthy(summary, exitCode);
}

/**
 * Runs the lab end to end in Chromium: the system's, else Playwright's own, downloaded when need be.
 *
 * @returns {Promise<SuiteSummary>}
 */
export async function runInChromium() {
  if (systemChromium() === undefined) {
    const outcome = await runQuietly(pinnedNode(projectRoot), [playwright, 'install', 'chromium'], {
      cwd: projectRoot,
      env: pinnedEnvironment(projectRoot),
      timeoutMillis: browserDownloadMillis,
    });
    if (outcome.exitCode !== 0) {
      const reason = 'there is no Chromium and it could not be downloaded: install the "chromium" package of your system';
      return absentSuite('the lab in Chromium', reason, process.env.CI !== undefined);
    }
  }
  return runPlaywright('chromium');
}

/**
 * Runs the same suite in Electron where its program and a display are there; else the typed double is what ran.
 *
 * @returns {Promise<SuiteSummary>}
 */
export async function runInElectron() {
  const display = reasonAgainstWindow({ platform: process.platform, env: process.env, userId: undefined });
  const reason = electronProgram() === undefined ? 'its program has not been downloaded (npx install-electron)' : display;
  if (reason === undefined) return runPlaywright('electron');
  const where = 'its shell was tested against the typed double in tests/electron';
  return absentSuite('the lab in Electron', `${reason}; ${where}`, process.env.CAMERA_LAB_REQUIRE_ELECTRON !== undefined);
}
