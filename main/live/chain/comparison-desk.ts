import type { ChainComparison, ChainMeasurement } from '../../../preload/contract.ts';
import { type ErrorRecord, errorRecordFrom } from '../../base/errors.ts';
import { Announcer, type AsyncCloseable } from '../../base/lifetime.ts';
import { systemTimer, type Timer } from '../../base/timer.ts';
import { type ComparedSessions, compareSessions, PartError } from '../../runtime/session-comparer.ts';
import type { LoadedSegment } from './chain-segment.ts';

/** A chain has to stand this long before it is compared, so that nothing is measured for one that is still being made. */
const settlingMillis = 3000;
/** Until what failed for a reason that may pass is tried again for a chain that stands. */
const retryMillis = 300_000;
/** Comparisons that are kept, so that a chain which is switched to and fro is not measured again. */
const mostKept = 64;

/** What a test may choose. */
export interface ComparisonOptions {
  readonly compare?: typeof compareSessions;
  readonly timer?: Timer;
}

/** What the desk knows of the chain that it compares. */
export interface ComparedChain {
  readonly segments: readonly LoadedSegment[];
}

interface Finding extends Pick<ChainComparison, 'measured' | 'failure'> {
  /** It failed for a reason that has to do with the moment and not with the graphs, such as memory. */
  readonly isPassing?: boolean;
}

type ComparableSegment = LoadedSegment & Required<Pick<LoadedSegment, 'comparison'>>;

/**
 * Finds out, a little after a chain has been built and beside the stream, what neighbours that share a session would take alone. A chain
 * that changes ends what is being measured for the one before, and nothing is measured while a session is recorded. What failed is tried again
 * later, unless it cannot be run alone at all. Lives on the lab's thread.
 */
export class ComparisonDesk implements AsyncCloseable {
  /** What {@link comparisons} is now. */
  readonly changed = new Announcer<ChainComparison[]>();
  readonly #compare: typeof compareSessions;
  readonly #timer: Timer;
  readonly #findings = new Map<string, Finding>();
  #chain: ComparedChain | undefined;
  #isHeld = false;
  #takeBack: (() => void) | undefined;
  #abort: AbortController | undefined;
  /** Resolves when no comparison is under way; the next one waits for it. */
  #idle: Promise<void> = Promise.resolve();

  constructor({ compare = compareSessions, timer = systemTimer }: ComparisonOptions = {}) {
    this.#compare = compare;
    this.#timer = timer;
  }

  /** The chain that runs from now on, or none. */
  follow(chain: ComparedChain | undefined): void {
    const hadAny = this.#segments().length > 0;
    this.#chain = chain;
    this.#restart();
    if (hadAny || this.#segments().length > 0) this.#announce();
  }

  /** The chain has ended; one that is not followed any more is nothing new. */
  ended(chain: ComparedChain): void {
    if (this.#chain === chain) this.follow(undefined);
  }

  /** While it is held nothing is measured; what is being measured is given up, and begun anew afterwards. */
  hold(isHeld: boolean): void {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    this.#restart();
  }

  /** Of every session that entries share in the chain that runs, in its order. */
  get comparisons(): ChainComparison[] {
    return this.#segments().map((segment) => {
      const keys = segment.members.map(({ key }) => key);
      const { isPassing: _, ...known }: Finding = this.#findings.get(identityOf(segment)) ?? {};
      return { keys, modelHash: segment.modelHash, ...known };
    });
  }

  /** Ends what is being measured; resolves when its thread has ended. */
  close(): Promise<void> {
    this.#chain = undefined;
    this.#restart();
    return this.#idle;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #segments(): readonly ComparableSegment[] {
    return this.#chain?.segments.filter(isComparable) ?? [];
  }

  #restart(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    this.#takeBack?.();
    this.#takeBack = undefined;
    this.#beginAfter(settlingMillis);
  }

  #beginAfter(millis: number): void {
    const isNews = this.#segments().some((segment) => !this.#isSettled(segment));
    if (isNews && !this.#isHeld) this.#takeBack = this.#timer(millis, () => this.#begin());
  }

  #isSettled(segment: ComparableSegment): boolean {
    const finding = this.#findings.get(identityOf(segment));
    return finding !== undefined && finding.isPassing !== true;
  }

  #begin(): void {
    this.#takeBack = undefined;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const segments = this.#segments();
    this.#idle = this.#idle.then(() => this.#compareAll(segments, signal));
  }

  async #compareAll(segments: readonly ComparableSegment[], signal: AbortSignal): Promise<void> {
    for (const segment of segments) {
      if (signal.aborted) return;
      if (this.#isSettled(segment)) continue;
      const finding = await this.#find(segment, signal);
      if (!finding || signal.aborted) return;
      this.#keep(identityOf(segment), finding);
      this.#announce();
    }
    if (!signal.aborted) this.#beginAfter(retryMillis);
  }

  /** Undefined where nobody wants to know any more. */
  async #find(segment: ComparableSegment, signal: AbortSignal): Promise<Finding | undefined> {
    try {
      const compared = await this.#compare(await segment.comparison(), signal);
      return compared && findingOf(compared, segment);
    } catch (thrown) {
      return { failure: comparisonFailure(thrown, segment), isPassing: !(thrown instanceof PartError) };
    }
  }

  #keep(identity: string, finding: Finding): void {
    this.#findings.set(identity, finding);
    const [oldest] = this.#findings.keys();
    if (this.#findings.size > mostKept && oldest !== undefined) this.#findings.delete(oldest);
  }

  #announce(): void {
    this.changed.announce(this.comparisons);
  }
}

/** The hash names the graph and the size of its frames; the keys, which of its parts are whose. */
function identityOf({ stage, modelHash }: LoadedSegment): string {
  return `${stage} ${modelHash}`;
}

function isComparable(segment: LoadedSegment): segment is ComparableSegment {
  return segment.comparison !== undefined;
}

function findingOf({ hash, ...measured }: ComparedSessions, { stage, modelHash }: LoadedSegment): Finding {
  if (hash === modelHash) return { measured: { ...measured, aloneMillis: [...measured.aloneMillis] } };
  const message = `Expected the graph of ${stage} to be the same when it is planned again but received another`;
  return { failure: { code: 'chain.comparison', message } };
}

/** Why a segment could not be compared, with the entry named that cannot be run alone. */
export function comparisonFailure(thrown: unknown, { members }: Pick<LoadedSegment, 'members'>): ErrorRecord {
  const record = errorRecordFrom(thrown);
  const key = thrown instanceof PartError ? members[thrown.part]?.key : undefined;
  return key === undefined ? record : { ...record, message: `${key} cannot be run alone: ${record.message}` };
}

/**
 * Measurements with the part that each entry has in the median of a shared session: in proportion to what those that share it took alone.
 * Entries whose neighbours have not been compared are left as they are, and so are times of another session than the one compared.
 * @param hashOf tells the hash of the session that an entry's times are of; undefined for none.
 */
export function withShares(
  measurements: readonly ChainMeasurement[],
  comparisons: readonly ChainComparison[],
  hashOf: (key: string) => string | undefined,
): ChainMeasurement[] {
  return measurements.map((measurement) => {
    const comparison = comparisons.find(({ keys }) => keys.includes(measurement.key));
    const alone = comparison?.measured?.aloneMillis ?? [];
    const all = alone.reduce((sum, millis) => sum + millis, 0);
    // Just after a change of the chain, times may still be of another session, even of one with as many neighbours.
    const isOfIt = comparison?.modelHash === hashOf(measurement.key) && alone.length === measurement.sharedBy;
    if (!measurement.millis || !isOfIt || !(all > 0)) return measurement;
    const own = alone[comparison?.keys.indexOf(measurement.key) ?? -1] ?? 0;
    return { ...measurement, shareMillis: (measurement.millis.median * own) / all };
  });
}
