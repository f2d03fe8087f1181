import type { ChainMeasurement } from '../../../preload/contract.ts';
import { millisBetween } from '../../base/clock.ts';
import type { ErrorRecord } from '../../base/errors.ts';
import { RollingWindow } from '../../base/statistics.ts';
import { FailureStreaks, type Suspension } from '../../runtime/failure-streaks.ts';
import type { PassReport } from '../../runtime/pass-report.ts';
import { busyCode } from './call-limit.ts';

/** Frames that times are told of. */
const windowFrames = 120;

interface Account {
  frames: number;
  failures: number;
  lastError: ErrorRecord | undefined;
  /** Frames since the last failure. */
  goodFrames: number;
  isSuspended: boolean;
  sharedBy: number;
  /** Of the session that the times are of. */
  modelHash: string;
  readonly millis: RollingWindow;
}

/** What a pass means to the processors in it. */
export interface Verdict {
  /** This failure was one too many. */
  readonly suspension: Suspension | undefined;
  /** It failed, and others than the one to blame had no part in the frame for it. */
  readonly hasHarmed: boolean;
}

/**
 * What each entry of the chain costs and how often it fails, since the stream started. Processors that share a session share its time;
 * a failure there counts for the one that is to blame, and where that cannot be told for none of them until they stand apart.
 */
export class ChainMeter {
  readonly #accounts = new Map<string, Account>();
  readonly #streaks = new FailureStreaks();

  reset(): void {
    this.#accounts.clear();
  }

  /** Another chance: it was changed, loaded anew, or the user asks for it. */
  forgive(key: string): void {
    this.#streaks.forgive(key);
    const account = this.#accounts.get(key);
    if (account) account.isSuspended = false;
  }

  note({ members, modelHash, startedNs, finishedNs, error, culprit }: PassReport): Verdict {
    const isShared = members.length > 1;
    let suspension: Suspension | undefined;
    for (const { key } of members) {
      const account = this.#account(key);
      account.frames += 1;
      account.sharedBy = members.length;
      // Times with other neighbours, or of a frame of another size, say nothing of this session.
      if (account.modelHash !== modelHash) account.millis.clear();
      account.modelHash = modelHash;
      account.millis.push(millisBetween(startedNs, finishedNs));
      if (error && isShared && key !== culprit) continue;
      suspension ??= this.#judge(key, account, error);
    }
    return { suspension, hasHarmed: error !== undefined && isShared };
  }

  #judge(key: string, account: Account, error: ErrorRecord | undefined): Suspension | undefined {
    account.goodFrames = error ? 0 : account.goodFrames + 1;
    const cause = error && causeOf(error, account);
    const suspension = this.#streaks.note(key, cause);
    if (suspension) account.isSuspended = true;
    if (!cause) return undefined;
    account.failures += 1;
    account.lastError = cause;
    return suspension;
  }

  /** Of these entries, in this order. */
  measurements(keys: readonly string[]): ChainMeasurement[] {
    return keys.map((key) => {
      const { frames, failures, lastError, goodFrames, sharedBy, millis } = this.#accounts.get(key) ?? newAccount();
      const times = millis.size === 0 ? {} : { millis: { median: millis.quantile(0.5), p99: millis.quantile(0.99) } };
      return { key, frames, failures, sharedBy, ...times, ...(lastError ? { lastError, goodFrames } : {}) };
    });
  }

  /** Hash of the session that an entry's times are of; undefined before it has run. */
  modelHashOf(key: string): string | undefined {
    return this.#accounts.get(key)?.modelHash;
  }

  #account(key: string): Account {
    const account = this.#accounts.get(key) ?? newAccount();
    this.#accounts.set(key, account);
    return account;
  }
}

/** What is told of a failure: nothing that only follows from an earlier one takes its place, nor does what ends after the suspension. */
function causeOf(error: ErrorRecord, { lastError, isSuspended }: Account): ErrorRecord {
  return lastError && (isSuspended || error.code === busyCode) ? lastError : error;
}

function newAccount(): Account {
  return {
    frames: 0,
    failures: 0,
    lastError: undefined,
    goodFrames: 0,
    isSuspended: false,
    sharedBy: 1,
    modelHash: '',
    millis: new RollingWindow(windowFrames),
  };
}
