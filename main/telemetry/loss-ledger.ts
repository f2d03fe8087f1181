import type { ErrorRecord } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import type { LostRows } from './rows.ts';

/** Rows that telemetry lost for one reason since that reason was last announced. */
export interface TelemetryFault {
  readonly error: ErrorRecord;
  readonly lostRows: number;
}

const announcementIntervalMillis = 1000;

interface Account {
  error: ErrorRecord;
  rows: number;
  announcedAtMillis: number;
}

/** Counts lost rows by reason and announces them, each reason at most once a second: a full disk must not flood the log. */
export class LossLedger {
  readonly faults = new Announcer<TelemetryFault>();
  readonly #accounts = new Map<string, Account>();

  record(lost: LostRows): void {
    const account = this.#accounts.get(lost.error.code) ?? {
      error: lost.error,
      rows: 0,
      announcedAtMillis: Number.NEGATIVE_INFINITY,
    };
    this.#accounts.set(lost.error.code, account);
    account.error = lost.error;
    account.rows += lost.rows;
    if (performance.now() - account.announcedAtMillis >= announcementIntervalMillis) this.#announce(account);
  }

  /** Announces what was held back. */
  announceAll(): void {
    for (const account of this.#accounts.values()) this.#announce(account);
  }

  #announce(account: Account): void {
    if (account.rows === 0) return;
    const fault = { error: account.error, lostRows: account.rows };
    account.rows = 0;
    account.announcedAtMillis = performance.now();
    this.faults.announce(fault);
  }
}
