import { dropReasons, type StatusSnapshot } from '../../preload/contract.ts';
import { millisBetween, monotonicNs } from '../base/clock.ts';
import { freeDiskBytes } from '../base/disk-space.ts';
import { Announcer, type Closeable } from '../base/lifetime.ts';
import { RollingWindow } from '../base/statistics.ts';
import type { BudgetUsage } from '../runtime/budgets.ts';
import type { CompletionDispatcher } from '../runtime/completion-dispatcher.ts';
import type { ResourceManager } from '../runtime/resource-manager.ts';
import type { ShownFrame } from '../runtime/view-port.ts';
import type { DropLedger } from './drop-ledger.ts';
import type { LiveStream } from './live-stream.ts';

const intervalMillis = 500;
/** Disk space is asked for once in this many snapshots. */
const diskEvery = 10;

/** What the status is read from. */
export interface StatusSources {
  readonly stream: LiveStream;
  readonly dispatcher: CompletionDispatcher;
  readonly resources: ResourceManager;
  readonly ledger: DropLedger;
  readonly dataFolder: string;
}

/** Rates over the time between two snapshots. */
interface Counters {
  readonly atNs: bigint;
  readonly framesIn: number;
  readonly framesDelivered: number;
  readonly framesShown: number;
  readonly busyMillis: number;
}

/** Measures the live path and announces a snapshot twice a second until it is closed. */
export class StatusMonitor implements Closeable {
  readonly snapshot = new Announcer<StatusSnapshot>();
  readonly #sources: StatusSources;
  readonly #latency = new RollingWindow(300);
  readonly #stage = new RollingWindow(300);
  readonly #timer: NodeJS.Timeout;
  #framesShown = 0;
  #newestShown = 0;
  #busyMillis = 0;
  #before: Counters = { atNs: monotonicNs(), framesIn: 0, framesDelivered: 0, framesShown: 0, busyMillis: 0 };
  #diskFreeBytes: number | undefined;
  #ticks = 0;

  constructor(sources: StatusSources) {
    this.#sources = sources;
    sources.dispatcher.completed.subscribe(({ event }) => {
      const millis = millisBetween(event.startedNs, event.finishedNs);
      // A frame that failed has kept the lane busy all the same; one that did not run took no time.
      this.#busyMillis += millis;
      if (event.status === 'done') this.#stage.push(millis);
    });
    this.#timer = setInterval(() => this.#tick(), intervalMillis);
  }

  /** A view has painted a frame; one that several views paint counts once. */
  recordShown({ frameId, latencyMillis }: ShownFrame): void {
    if (frameId > this.#newestShown) this.#framesShown += 1;
    this.#newestShown = Math.max(this.#newestShown, frameId);
    this.#latency.push(latencyMillis);
  }

  /** Forgets what earlier streams measured. */
  reset(): void {
    this.#framesShown = 0;
    this.#busyMillis = 0;
    this.#latency.clear();
    this.#stage.clear();
    this.#before = { atNs: monotonicNs(), framesIn: 0, framesDelivered: 0, framesShown: 0, busyMillis: 0 };
  }

  /** The state of the live path now; rates since the last snapshot. */
  measure(): StatusSnapshot {
    const { stream, dispatcher, resources, ledger } = this.#sources;
    const now: Counters = {
      atNs: monotonicNs(),
      framesIn: stream.framesIn,
      framesDelivered: stream.framesDelivered,
      framesShown: this.#framesShown,
      busyMillis: this.#busyMillis,
    };
    const before = this.#before;
    this.#before = now;
    const elapsedMillis = Math.max(1, millisBetween(before.atNs, now.atNs));
    const usages = resources.usages();
    const sum = (count: (usage: (typeof usages)[number]) => number): number =>
      usages.reduce((total, usage) => total + count(usage), 0);
    return {
      framesPerSecondIn: Math.max(0, ((now.framesDelivered - before.framesDelivered) * 1000) / elapsedMillis),
      framesPerSecondShown: ((now.framesShown - before.framesShown) * 1000) / elapsedMillis,
      framesIn: now.framesIn,
      framesShown: now.framesShown,
      dropped: ledger.counts(dropReasons),
      laneLoad: Math.min(1, (now.busyMillis - before.busyMillis) / elapsedMillis),
      slotsInUse: sum((usage) => usage.slotsInUse),
      slotsTotal: sum((usage) => usage.slotsTotal),
      memory: resources.budgets.usages().map(memoryOf),
      ...this.#frameTimes(),
      ...measured('dispatcherMillis', dispatcher.dispatchMillis),
      ...(this.#diskFreeBytes === undefined ? {} : { diskFreeBytes: this.#diskFreeBytes }),
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** What frames took; nothing while none flow, since the newest of them is long gone. */
  #frameTimes(): Pick<StatusSnapshot, 'latencyMillis' | 'stageMillis'> {
    const { phase } = this.#sources.stream.state;
    if (phase !== 'streaming' && phase !== 'reloading') return {};
    return { ...measured('latencyMillis', this.#latency), ...measured('stageMillis', this.#stage) };
  }

  #tick(): void {
    if (this.#ticks % diskEvery === 0) void this.#askDisk();
    this.#ticks += 1;
    this.snapshot.announce(this.measure());
  }

  async #askDisk(): Promise<void> {
    // The folder does not exist before the first session: there is nothing to show then.
    this.#diskFreeBytes = await freeDiskBytes(this.#sources.dataFolder);
  }
}

function measured<K extends string>(name: K, window: RollingWindow): Partial<Record<K, { median: number; p99: number }>> {
  if (window.size === 0) return {};
  return { [name]: { median: window.quantile(0.5), p99: window.quantile(0.99) } } as Record<K, { median: number; p99: number }>;
}

/** JSON has no infinity: a consumer without a limit has no budget there. */
function memoryOf({ consumer, bytes, budgetBytes, evictions, refusals }: BudgetUsage): StatusSnapshot['memory'][number] {
  const held = { consumer, bytes, evictions, refusals };
  return Number.isFinite(budgetBytes) ? { ...held, budgetBytes } : held;
}
