import type { ErrorRecord } from '../base/errors.ts';
import type { Housekeeper, HousekeepingReport } from '../runtime/housekeeper.ts';
import type { LogRow } from '../telemetry/rows.ts';

/** Where the Housekeeper's findings go. */
export interface HousekeepingReaders {
  readonly notice: (notice: ErrorRecord & { readonly level: LogRow['level'] }) => void;
  readonly log: (row: LogRow) => void;
}

/** Shows every finding when it appears and when it is gone, in words for a person, and stores it in the lab's own terms. */
export function reportHousekeeping({ reported }: Pick<Housekeeper, 'reported'>, { notice, log }: HousekeepingReaders): void {
  reported.subscribe((report) => {
    const { area, code, technical, detail } = report.finding;
    notice(noticeOf(report));
    log({
      level: report.state === 'found' ? report.finding.level : 'info',
      area,
      code,
      message: report.state === 'found' ? technical : `No longer so: ${technical}`,
      atNs: report.atNs,
      loggedAt: new Date().toISOString(),
      detail: { state: report.state, ...detail },
    });
  });
}

function noticeOf({ state, finding }: HousekeepingReport): Parameters<HousekeepingReaders['notice']>[0] {
  const { level, code, message, action, goneMessage } = finding;
  return state === 'found' ? { level, code, message, action } : { level: 'info', code, message: goneMessage };
}
