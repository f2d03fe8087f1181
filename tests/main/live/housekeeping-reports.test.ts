import { describe, expect, it } from 'vitest';
import { Announcer } from '../../../main/base/lifetime.ts';
import { type HousekeepingReaders, reportHousekeeping } from '../../../main/live/housekeeping-reports.ts';
import type { HousekeepingReport } from '../../../main/runtime/housekeeper.ts';

describe('a finding', () => {
  it('is shown with what to do and stored with its numbers, and shown and stored once more when it is gone', () => {
    const reported = new Announcer<HousekeepingReport>();
    const notices: Parameters<HousekeepingReaders['notice']>[0][] = [];
    const rows: Parameters<HousekeepingReaders['log']>[0][] = [];
    reportHousekeeping({ reported }, { notice: (notice) => notices.push(notice), log: (row) => rows.push(row) });
    const code = 'housekeeping.disk-low' as const;
    const words = { message: '900 MiB are left.', action: 'Free some space.' };
    const finding = { key: 'disk/low', level: 'warning', area: 'disk', code, ...words, detail: { freeBytes: 9 } } as const;
    reported.announce({ state: 'found', finding, atNs: 5n });
    reported.announce({ state: 'gone', finding, atNs: 7n });
    expect(notices).toEqual([
      { level: 'warning', code, ...words },
      { level: 'info', code, message: 'No longer so: 900 MiB are left.' },
    ]);
    expect(rows).toMatchObject([
      { level: 'warning', area: 'disk', code, message: words.message, atNs: 5n, detail: { state: 'found', freeBytes: 9 } },
      { level: 'info', area: 'disk', code, atNs: 7n, detail: { state: 'gone', freeBytes: 9 } },
    ]);
    expect(new Date(rows[0]?.loggedAt as string).toISOString()).toBe(rows[0]?.loggedAt);
  });
});
