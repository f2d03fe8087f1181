import { describe, expect, it } from 'vitest';
import { Announcer } from '../../../main/base/lifetime.ts';
import { type HousekeepingReaders, reportHousekeeping } from '../../../main/live/housekeeping-reports.ts';
import type { HousekeepingReport } from '../../../main/runtime/housekeeper.ts';

describe('a finding', () => {
  it('is shown in words with what to do, stored in the lab’s terms, and shown and stored once more when it is gone', () => {
    const reported = new Announcer<HousekeepingReport>();
    const notices: Parameters<HousekeepingReaders['notice']>[0][] = [];
    const rows: Parameters<HousekeepingReaders['log']>[0][] = [];
    reportHousekeeping({ reported }, { notice: (notice) => notices.push(notice), log: (row) => rows.push(row) });
    const code = 'housekeeping.disk-low' as const;
    const words = { message: '900 MiB are left.', action: 'Free some space.' };
    const more = { goneMessage: 'There is room again.', technical: 'statfs: 943718400 bytes', detail: { freeBytes: 9 } };
    const finding = { key: 'disk/low', level: 'warning', area: 'disk', code, ...words, ...more } as const;
    reported.announce({ state: 'found', finding, atNs: 5n });
    reported.announce({ state: 'gone', finding, atNs: 7n });
    expect(notices).toEqual([
      { level: 'warning', code, ...words },
      { level: 'info', code, message: 'There is room again.' },
    ]);
    expect(rows).toMatchObject([
      { level: 'warning', area: 'disk', code, message: more.technical, atNs: 5n, detail: { state: 'found', freeBytes: 9 } },
      { level: 'info', message: `No longer so: ${more.technical}`, atNs: 7n, detail: { state: 'gone', freeBytes: 9 } },
    ]);
    expect(new Date(rows[0]?.loggedAt as string).toISOString()).toBe(rows[0]?.loggedAt);
  });
});
