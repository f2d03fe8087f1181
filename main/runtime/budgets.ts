import { assert } from '../base/errors.ts';

/** Who holds frame memory. Camera and lanes take what a frame needs; the others are kept to a budget. */
export const consumers = ['camera', 'lane', 'view', 'recorder', 'fusion', 'plug-ins'] as const;

/** One of {@link consumers}. */
export type Consumer = (typeof consumers)[number];

/**
 * What a consumer may hold until somebody who knows the size of the frames says otherwise, bytes. Camera and lanes have no budget:
 * their pools are made for them.
 */
export const standardBudgetBytes: Readonly<Record<Consumer, number>> = {
  camera: Number.POSITIVE_INFINITY,
  lane: Number.POSITIVE_INFINITY,
  view: 256 * 2 ** 20,
  recorder: 512 * 2 ** 20,
  fusion: 512 * 2 ** 20,
  'plug-ins': 256 * 2 ** 20,
};

/** What one consumer holds and what that led to. */
export interface BudgetUsage {
  readonly consumer: Consumer;
  readonly bytes: number;
  /** Infinite where there is none. */
  readonly budgetBytes: number;
  readonly peakBytes: number;
  /** Leases that the consumer gave up for a newer one. */
  readonly evictions: number;
  /** Leases that were refused because nothing could be given up. */
  readonly refusals: number;
}

interface Account {
  bytes: number;
  budgetBytes: number;
  peakBytes: number;
  /** Leases that were closed. */
  refunds: number;
  evictions: number;
  refusals: number;
  evict: (() => boolean) | undefined;
}

/**
 * How much frame memory each consumer may hold. A consumer over its budget is asked to give up what it values least; only
 * where it cannot is a lease refused. So one that is slow or greedy harms itself and nobody else. Used on the lab's thread. Begins
 * with {@link standardBudgetBytes}.
 */
export class Budgets {
  readonly #accounts = new Map<Consumer, Account>();
  readonly #roomMade: () => void;

  /** @param roomMade called whenever a consumer may have got room: after a refund and after a new limit */
  constructor(roomMade: () => void = () => undefined) {
    this.#roomMade = roomMade;
    for (const consumer of consumers) this.#accounts.set(consumer, newAccount(consumer));
  }

  /**
   * Limits a consumer. `evict` closes the lease that the consumer values least and answers whether there was one; without it, a
   * lease over the budget is refused.
   */
  limit(consumer: Consumer, budgetBytes: number, evict?: () => boolean): void {
    assert(budgetBytes >= 0, `Expected a budget of at least 0 bytes for ${consumer} but received ${budgetBytes}`);
    const account = this.#account(consumer);
    account.budgetBytes = budgetBytes;
    account.evict = evict;
    this.#roomMade();
  }

  /** The consumer's limit; infinite where there is none. */
  budgetBytes(consumer: Consumer): number {
    return this.#account(consumer).budgetBytes;
  }

  /** Bytes that the consumer may still take without giving anything up; never negative. */
  room(consumer: Consumer): number {
    const { budgetBytes, bytes } = this.#account(consumer);
    return Math.max(0, budgetBytes - bytes);
  }

  /** Charges a lease, after evictions where they are needed. False: refused, and nothing is charged. */
  charge(consumer: Consumer, bytes: number): boolean {
    const account = this.#account(consumer);
    while (account.bytes + bytes > account.budgetBytes) {
      if (this.evict(consumer)) continue;
      account.refusals += 1;
      return false;
    }
    account.bytes += bytes;
    account.peakBytes = Math.max(account.peakBytes, account.bytes);
    return true;
  }

  /** Makes a consumer give up the lease that it values least; false where it has none to give. */
  evict(consumer: Consumer): boolean {
    const account = this.#account(consumer);
    const before = account.refunds;
    if (!account.evict?.()) return false;
    // A plan of the same consumer may have got the room at once: what it holds need not have become less.
    assert(account.refunds > before, `Expected ${consumer} to have closed a lease when it was asked to evict one`);
    account.evictions += 1;
    return true;
  }

  /** Takes a charge back when its lease is closed. */
  refund(consumer: Consumer, bytes: number): void {
    const account = this.#account(consumer);
    account.bytes -= bytes;
    account.refunds += 1;
    assert(account.bytes >= 0, `Expected ${consumer} to hold at least the ${bytes} bytes that it gives back`);
    this.#roomMade();
  }

  /** Every consumer's account, in the order of {@link consumers}. */
  usages(): BudgetUsage[] {
    return consumers.map((consumer) => {
      const { bytes, budgetBytes, peakBytes, evictions, refusals } = this.#account(consumer);
      return { consumer, bytes, budgetBytes, peakBytes, evictions, refusals };
    });
  }

  #account(consumer: Consumer): Account {
    const account = this.#accounts.get(consumer);
    assert(account, `Expected one of ${consumers.join(', ')} but received ${consumer}`);
    return account;
  }
}

function newAccount(consumer: Consumer): Account {
  return {
    bytes: 0,
    budgetBytes: standardBudgetBytes[consumer],
    peakBytes: 0,
    refunds: 0,
    evictions: 0,
    refusals: 0,
    evict: undefined,
  };
}
