import type { ErrorRecord } from '../base/errors.ts';
import type { Housekeeper, HousekeepingReport } from '../runtime/housekeeper.ts';
import type { LogRow } from '../telemetry/rows.ts';

/** Where the Housekeeper's findings go. */
export interface HousekeepingReaders {
  readonly notice: (notice: ErrorRecord & { readonly level: LogRow['level'] }) => void;
  readonly log: (row: LogRow) => void;
}

/** Shows and stores every finding when it appears and when it is gone. */
export function reportHousekeeping({ reported }: Pick<Housekeeper, 'reported'>, { notice, log }: HousekeepingReaders): void {
  reported.subscribe((report) => {
    const { area, code, action, detail } = report.finding;
    const { level, message } = wordsFor(report);
    const isNew = report.state === 'found';
    notice({ level, code, message, ...(isNew && action !== undefined ? { action } : {}) });
    log({
      level,
      area,
      code,
      message,
      atNs: report.atNs,
      loggedAt: new Date().toISOString(),
      detail: { state: report.state, ...detail },
    });
  });
}

function wordsFor({ state, finding }: HousekeepingReport): Pick<LogRow, 'level' | 'message'> {
  return state === 'found' ? finding : { level: 'info', message: `No longer so: ${finding.message}` };
}
