import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { defaultDataFolder } from '../../base/data-folder.ts';
import { makeFolder } from '../../base/folder.ts';
import { productVersion } from '../../base/product.ts';
import { describeFolderError } from '../../base/write-whole.ts';
import { TelemetryManager } from '../../telemetry/telemetry-manager.ts';
import { type CommandOutput, listingText } from './output.ts';
import { lostFramesText } from './session-text.ts';

async function withTelemetry<T>(use: (telemetry: TelemetryManager, folder: string) => Promise<T>): Promise<T> {
  const folder = defaultDataFolder();
  const telemetry = await TelemetryManager.open({ folder, appVersion: productVersion });
  try {
    return await use(telemetry, folder);
  } finally {
    await telemetry.close();
  }
}

/** `lab sessions`: every recorded session, newest first. */
export async function runSessions(options: { readonly json?: boolean }, output: CommandOutput): Promise<void> {
  const sessions = await withTelemetry((telemetry) => telemetry.listSessions());
  const rows: readonly object[] = options.json
    ? sessions
    : sessions.map((session) => ({ ...session, lost: lostFramesText(session) }));
  output.result(
    listingText(rows, { json: options.json, emptyText: 'No session has been recorded yet. `lab record` makes one.' }),
  );
}

/** The folder was named on the command line: what is wrong with it is the user's to mend, unlike the data folder. */
function makeOutputFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (thrown) {
    throw describeFolderError(thrown, folder);
  }
}

/** `lab export-session`: one session as CSV files in a new folder. */
export async function runExportSession(
  sessionId: number,
  options: { readonly out?: string; readonly json?: boolean },
  output: CommandOutput,
): Promise<void> {
  const exported = await withTelemetry(async (telemetry, folder) => {
    // Nothing is made for a session that there is not.
    await telemetry.session(sessionId);
    if (options.out !== undefined) makeOutputFolder(options.out);
    return telemetry.exportCsv(sessionId, options.out ?? join(folder, 'exports'));
  });
  if (options.json) return output.result(JSON.stringify(exported, null, 2));
  output.result(`Wrote ${exported.folder}`);
  for (const { path, rows } of exported.files) output.result(`  ${path}: ${rows} rows`);
}
