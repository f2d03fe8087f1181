/** `node main/setup/run.mjs SCRIPT …`: installs what is missing, then runs the project's SCRIPT on the pinned Node. */
import path from 'node:path';
import { ensureAddon } from './addon.mjs';
import { ensureBuilt } from './bundle.mjs';
import { runInForeground } from './child.mjs';
import { pinnedEnvironment, pinnedNode, projectRoot, runEntry } from './host.mjs';
import { ensureInstalled } from './install.mjs';

await runEntry(async () => {
  const [script = '', ...args] = process.argv.slice(2);
  await ensureInstalled();
  // Only the lab opens cameras. Why there is no addon is what `lab doctor` tells; every other command need not.
  if (script === 'main/cli.ts') await ensureAddon();
  // A page that is missing or older than its sources would be served as it is.
  if (script === 'main/cli.ts' && args[0] === 'serve') await ensureBuilt();
  // The caller's folder stays the current one: relative paths on the command line are the user's.
  return runInForeground(pinnedNode(projectRoot), [path.join(projectRoot, script), ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: pinnedEnvironment(projectRoot),
  });
});
