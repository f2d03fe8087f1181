/** `npm run build`: installs what is missing and builds the addon and `out/`, the latter whether it is up to date or not. */
import { ensureAddonOrSay } from './addon.mjs';
import { buildBundle } from './bundle.mjs';
import { runEntry } from './host.mjs';
import { ensureInstalled } from './install.mjs';

await runEntry(async () => {
  await ensureInstalled();
  await ensureAddonOrSay();
  await buildBundle();
  return 0;
});
