import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildAddon, buildProgram, obstacleToBuild } from '../../native/v4l2-camera/build.mjs';
import type { SuiteSummary } from '../support/suites/vitest-summary.ts';
import { runInGuest } from './guest.ts';
import { vividCaptureNodes } from './host-driver.ts';
import { resultsInGuest } from './initramfs.ts';
import { obtainKernel, type UnpackedKernel } from './kernel-package.ts';
import { obstacleToGuest } from './requirements.ts';

const root = path.resolve(import.meta.dirname, '../..');
const testProgram = path.join(root, 'tests/vm/guest/main.ts');
const summaryName = 'summary.json';
/** Code that Node has compiled; the guest sees the folder, and what it adds there is its own. */
const compileCache = path.join(root, 'node_modules/.cache/compiled');
/**
 * Ends what hangs; half a minute for booting and powering off comes on top. The tests take about 160 s on two free processors and have taken
 * more than 320 s on two that had three other things to do.
 */
const guestLimitSeconds = 600;
/** The tests need two cameras that they may use at once. */
const leastCameras = 2;

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}

function writeSummary(file: string | undefined, summary: SuiteSummary): void {
  if (file !== undefined) writeFileSync(file, JSON.stringify(summary));
}

/** Where continuous integration promises the suite, that it cannot run is a failure; elsewhere it is only said. */
function absent(summaryFile: string | undefined, reason: string): number {
  const promised = process.env.CI !== undefined && process.env.CI !== 'false';
  print(`Not run: ${reason}`);
  const skipped = [{ name: 'the camera addon on a real kernel driver', reason }];
  writeSummary(summaryFile, { passed: 0, failed: promised ? 1 : 0, skipped });
  return promised ? 1 : 0;
}

function runOnHost(filters: readonly string[]): number {
  return spawnSync(process.execPath, [testProgram, ...filters], { cwd: root, stdio: 'inherit' }).status ?? 1;
}

/**
 * Loads the tests and streams a frame through the lab's own threads on this machine, so that the guest finds both compiled. What goes
 * wrong here costs nothing but time, and the tests tell of it.
 */
function warmUp(filters: readonly string[]): void {
  const home = mkdtempSync(path.join(tmpdir(), 'camera-lab-warm-up-'));
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCache, CAMERA_LAB_HOME: home };
  const run = (args: readonly string[], more: Readonly<Record<string, string>>): void => {
    spawnSync(process.execPath, args, { cwd: root, stdio: 'ignore', env: { ...env, ...more }, timeout: 60_000 });
  };
  run([testProgram, ...filters], { CAMERA_LAB_WARM_UP: '1' });
  run(['main/cli.ts', 'record', '--mode', '640x360@30', '--frames', '1'], {});
  rmSync(home, { recursive: true, force: true });
}

async function runOnGuest(kernel: UnpackedKernel, summaryFile: string | undefined, filters: readonly string[]): Promise<number> {
  warmUp(filters);
  print(`Linux ${kernel.release} with the driver vivid, emulated; it ends after ${guestLimitSeconds} s at the latest.`);
  const task = {
    command: [process.execPath, testProgram, ...filters],
    folder: root,
    env: {
      PATH: `${path.dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: '/tmp',
      LANG: 'C.UTF-8',
      CI: 'true',
      CAMERA_LAB_GUEST: '1',
      NODE_COMPILE_CACHE: compileCache,
      ...(process.stderr.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
      CAMERA_LAB_SUMMARY_FILE: path.join(resultsInGuest, summaryName),
    },
    limitSeconds: guestLimitSeconds,
  };
  const outcome = await runInGuest(kernel, task, [summaryName], (text) => process.stderr.write(text));
  const summary = outcome.results.get(summaryName);
  if (outcome.reason !== undefined) print(`The suite did not finish: ${outcome.reason}`);
  writeSummary(summaryFile, summary === undefined ? { passed: 0, failed: 1, skipped: [] } : JSON.parse(summary));
  return outcome.exitCode ?? 1;
}

/**
 * Runs the tests of `tests/vm/guest` on vivid, the kernel's own test driver: the host's where it has it, else that of an
 * emulated guest. Writes a {@link SuiteSummary} to `CAMERA_LAB_SUMMARY_FILE`; `filters` choose test files as Vitest's do.
 * Resolves to the exit code.
 */
export async function runDriverSuite(filters: readonly string[]): Promise<number> {
  const summaryFile = process.env.CAMERA_LAB_SUMMARY_FILE;
  const obstacle = obstacleToBuild();
  if (obstacle !== undefined) return absent(summaryFile, obstacle);
  await buildAddon();
  // The guest finds it built: compiling there would take minutes.
  await buildProgram(path.join(root, 'tests/native/dmabuf-output.cpp'));
  if (vividCaptureNodes().length >= leastCameras) return runOnHost(filters);
  const obstacleHere = obstacleToGuest();
  if (obstacleHere !== undefined) return absent(summaryFile, `there is no camera of the driver vivid, and ${obstacleHere}`);
  const kernel = await obtainKernel();
  return 'reason' in kernel ? absent(summaryFile, kernel.reason) : runOnGuest(kernel, summaryFile, filters);
}
