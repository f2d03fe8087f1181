/** `npm start`: installs and builds what is missing, then opens the lab in Electron or serves it to the browser. */
import path from 'node:path';
import { ensureAddonOrSay } from './addon.mjs';
import { ensureBuilt } from './bundle.mjs';
import { runInForeground } from './child.mjs';
import { findElectron } from './electron.mjs';
import { pinnedEnvironment, pinnedNode, projectRoot, runEntry, say } from './host.mjs';
import { ensureInstalled } from './install.mjs';

/** An Electron that ends with an error sooner than this never had a window. */
const failedStartMillis = 5_000;

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
function serve(args) {
  const cli = path.join(projectRoot, 'main', 'cli.ts');
  return runInForeground(pinnedNode(projectRoot), [cli, 'serve', ...args], {
    cwd: projectRoot,
    env: pinnedEnvironment(projectRoot),
  });
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<{ exitCode: number } | { reason: string }>}
 */
async function openWindow(args) {
  const electron = await findElectron();
  if ('reason' in electron) return electron;
  const startedAt = Date.now();
  const exitCode = await runInForeground(electron.program, [projectRoot, ...args], { cwd: projectRoot, env: process.env });
  if (exitCode !== 0 && exitCode !== 130 && Date.now() - startedAt < failedStartMillis) {
    return { reason: `it ended with exit code ${exitCode} as it started` };
  }
  return { exitCode };
}

await runEntry(async () => {
  const args = process.argv.slice(2);
  const serveArgs = args.filter((arg) => arg !== '--browser');
  await ensureInstalled();
  await ensureAddonOrSay();
  await ensureBuilt();
  // A port or a host only means something to the served lab.
  if (args.some((arg) => /^--(browser|port|host)\b/.test(arg))) return serve(serveArgs);
  const opened = await openWindow(args);
  if ('exitCode' in opened) return opened.exitCode;
  say(`No Electron window: ${opened.reason}. The lab is served to the browser instead.`);
  return serve(serveArgs);
});
