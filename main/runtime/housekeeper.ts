import { totalmem } from 'node:os';
import { monotonicNs } from '../base/clock.ts';
import { Announcer, type Closeable, reportFault } from '../base/lifetime.ts';
import { systemTimer, type Timer } from '../base/timer.ts';
import type { CompletionDispatcher } from './completion-dispatcher.ts';
import {
  diskFindings,
  envelopeFindings,
  type Finding,
  grantFindings,
  type HousekeepingLimits,
  type HousekeepingState,
  leaseFindings,
  memoryFindings,
  planFindings,
  type QueueName,
  QueueWatch,
  reservationFindings,
  StateWatch,
  usualLimits,
} from './housekeeping-checks.ts';
import type { ResourceManager } from './resource-manager.ts';

/** What the process holds of the machine's memory. */
export interface MemoryReading {
  readonly residentBytes: number;
  readonly totalBytes: number;
}

/** What the Housekeeper looks at. It asks between frames, on its own timer, and is told nothing on the frame path. */
export interface HousekeeperParts {
  readonly resources: ResourceManager;
  readonly dispatcher: Pick<CompletionDispatcher, 'open'>;
  /** How many items wait. */
  readonly queues: Readonly<Partial<Record<QueueName, () => number>>>;
  readonly plans: { active(): HousekeepingState['plans']; cancel(planId: number): void };
  /** Bytes left where the lab writes; undefined where that cannot be told. */
  readonly diskFreeBytes: () => Promise<number | undefined>;
  /** This process by default. */
  readonly memory?: () => MemoryReading;
}

/** What a test may choose. */
export interface HousekeeperOptions {
  readonly limits?: Partial<HousekeepingLimits>;
  /** CLOCK_MONOTONIC by default. */
  readonly now?: () => bigint;
  readonly timer?: Timer;
}

/** A finding when it appears, and again when it is gone. */
export interface HousekeepingReport {
  readonly state: 'found' | 'gone';
  readonly finding: Finding;
  /** CLOCK_MONOTONIC. */
  readonly atNs: bigint;
}

/** Time between the end of a round and the next. */
export const housekeepingIntervalMillis = 2000;

/**
 * Looks for what is held, waits or grows for too long: leases, reservations, plans, envelopes, queues, disk and memory. Reclaims what
 * is safe, that is what its owner gives up by itself: spare memory, what a budget's consumer values least, plans that nobody drives
 * any more. A lease is never taken away: its holder may be writing. Lives on the lab's thread.
 */
export class Housekeeper implements Closeable {
  /** Every finding once when it appears and once when it is gone. */
  readonly reported = new Announcer<HousekeepingReport>();
  readonly #parts: HousekeeperParts;
  readonly #limits: HousekeepingLimits;
  readonly #now: () => bigint;
  readonly #timer: Timer;
  readonly #reservations = new StateWatch<object>();
  readonly #plans = new StateWatch<number>();
  readonly #queues = new QueueWatch();
  #findings = new Map<string, Finding>();
  #stopTimer: () => void = () => undefined;
  #round: Promise<void> | undefined;
  #closed = false;

  /** The first round comes after one interval. */
  constructor(parts: HousekeeperParts, { limits, now = monotonicNs, timer = systemTimer }: HousekeeperOptions = {}) {
    this.#parts = parts;
    this.#limits = { ...usualLimits, ...limits };
    this.#now = now;
    this.#timer = timer;
    this.#schedule();
  }

  /** What is amiss at present. */
  get findings(): readonly Finding[] {
    return [...this.#findings.values()];
  }

  /** One round now, or the one that is under way. Resolves when its findings are announced. */
  sweep(): Promise<void> {
    this.#round ??= this.#sweep().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  /** Ends the rounds. A round under way announces nothing more. */
  close(): void {
    this.#closed = true;
    this.#stopTimer();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #sweep(): Promise<void> {
    const diskFreeBytes = await this.#parts.diskFreeBytes();
    if (this.#closed) return;
    const atNs = this.#now();
    const findings = this.#inspect({ ...this.#read(atNs), diskFreeBytes });
    const before = this.#findings;
    this.#findings = new Map(findings.map((finding) => [finding.key, finding]));
    this.#reclaim(findings);
    for (const [key, finding] of before) {
      if (!this.#findings.has(key)) this.reported.announce({ state: 'gone', finding, atNs });
    }
    for (const [key, finding] of this.#findings) {
      if (!before.has(key)) this.reported.announce({ state: 'found', finding, atNs });
    }
  }

  #schedule(): void {
    if (this.#closed) return;
    // A round that fails is a fault of a check; the next round may do better.
    const round = (): Promise<void> => this.sweep().catch(reportFault);
    this.#stopTimer = this.#timer(housekeepingIntervalMillis, () => void round().finally(() => this.#schedule()));
  }

  #read(nowNs: bigint): Omit<HousekeepingState, 'diskFreeBytes'> {
    const { resources, dispatcher, queues, plans, memory = processMemory } = this.#parts;
    const lengths = Object.entries(queues).map(([name, length]) => [name as QueueName, length()] as const);
    return {
      nowNs,
      leases: resources.openLeases(),
      granted: resources.openReservations(),
      reservations: resources.waitingPlans,
      plans: plans.active(),
      envelopes: dispatcher.open(),
      queues: new Map(lengths),
      memory: memory(),
      known: new Set(this.#findings.keys()),
    };
  }

  #inspect(state: HousekeepingState): Finding[] {
    const limits = this.#limits;
    const waitingSince = this.#reservations.since(new Map(state.reservations.map((request) => [request, ''])), state.nowNs);
    const plansSince = this.#plans.since(new Map(state.plans.map((plan) => [plan.planId, plan.state])), state.nowNs);
    return [
      ...leaseFindings(state, limits),
      ...grantFindings(state, limits),
      ...reservationFindings(state, waitingSince, limits),
      ...planFindings(state, plansSince, limits),
      ...envelopeFindings(state, limits),
      ...this.#queues.findings(state, limits),
      ...diskFindings(state, limits),
      ...memoryFindings(state, limits),
    ];
  }

  /** In every round that finds them anew, so that what one round does not free is asked for in the next. */
  #reclaim(findings: readonly Finding[]): void {
    const { resources, plans } = this.#parts;
    for (const { remedy } of findings) {
      if (remedy?.kind === 'evict') resources.budgets.evict(remedy.consumer);
      else if (remedy?.kind === 'cancel-plan') plans.cancel(remedy.planId);
      else if (remedy?.kind === 'drop-spare-memory') resources.dropSpareMemory();
    }
  }
}

function processMemory(): MemoryReading {
  return { residentBytes: process.memoryUsage.rss(), totalBytes: totalmem() };
}
