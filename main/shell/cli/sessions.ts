import { join } from 'node:path';
import { defaultDataFolder } from '../../base/data-folder.ts';
import { productVersion } from '../../base/product.ts';
import { TelemetryManager } from '../../telemetry/telemetry-manager.ts';
import { type CommandOutput, listingText } from './output.ts';

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
  output.result(
    listingText(sessions, { json: options.json, emptyText: 'No session has been recorded yet. `lab record` makes one.' }),
  );
}

/** `lab export-session`: one session as CSV files in a new folder. */
export async function runExportSession(
  sessionId: number,
  options: { readonly out?: string; readonly json?: boolean },
  output: CommandOutput,
): Promise<void> {
  const exported = await withTelemetry((telemetry, folder) =>
    telemetry.exportCsv(sessionId, options.out ?? join(folder, 'exports')),
  );
  if (options.json) return output.result(JSON.stringify(exported, null, 2));
  output.result(`Wrote ${exported.folder}`);
  for (const { path, rows } of exported.files) output.result(`  ${path}: ${rows} rows`);
}
