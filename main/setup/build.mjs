/** `npm run build`: installs what is missing and builds `out/`, whether it is up to date or not. */
import { buildBundle } from './bundle.mjs';
import { runEntry } from './host.mjs';
import { ensureInstalled } from './install.mjs';

await runEntry(async () => {
  await ensureInstalled();
  await buildBundle();
  return 0;
});
