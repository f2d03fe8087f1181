import type { ChainMeasurement, ParameterState, ParameterValues } from '../../../preload/contract.ts';
import { errorFromRecord } from '../../base/errors.ts';
import { Announcer } from '../../base/lifetime.ts';
import type { ProcessorHandle } from '../../processor/processor-handle.ts';
import type { Completion, CompletionDispatcher } from '../../runtime/completion-dispatcher.ts';
import type { Suspension } from '../../runtime/failure-streaks.ts';
import type { ModelManager } from '../../runtime/model-manager.ts';
import type { ResourceManager } from '../../runtime/resource-manager.ts';
import type { ThreadingManager } from '../../runtime/threading-manager.ts';
import { ChainBuilder } from './chain-builder.ts';
import type { ChainDesk } from './chain-desk.ts';
import type { ChainGeometry } from './chain-geometry.ts';
import { ChainMeter } from './chain-meter.ts';
import { ComparisonDesk, type ComparisonOptions, withShares } from './comparison-desk.ts';
import type { RunningChain } from './running-chain.ts';

/** What the chain of a stream is made of. */
export interface StreamChainParts {
  readonly resources: ResourceManager;
  readonly threading: ThreadingManager;
  readonly models: ModelManager;
  readonly dispatcher: CompletionDispatcher;
  readonly chain: ChainDesk;
  /** Most time of one call, 2 s by default. */
  readonly callMillis?: number;
  readonly comparison?: ComparisonOptions;
}

/** Load-time values that are tried before they are taken over. */
export interface LoadTimeCandidate {
  readonly key: string;
  readonly values: ParameterValues;
}

/** Builds what the desk asks for whenever a stream needs it, and judges what came of every frame. */
export class StreamChain {
  readonly meter = new ChainMeter();
  /** What neighbours that share a session would take alone. */
  readonly comparisons: ComparisonDesk;
  /** A processor is suspended, which concerns no other. */
  readonly suspended = new Announcer<Suspension>();
  readonly #parts: StreamChainParts;
  readonly #builder: ChainBuilder;
  /** Processors that get sessions of their own, because one of those that they shared one with had failed. */
  readonly #apart = new Set<string>();
  /** Chains that are not free yet, whether they run or end. */
  readonly #held = new Set<RunningChain>();
  readonly #freed = new Announcer<void>();

  constructor(parts: StreamChainParts) {
    this.#parts = parts;
    const { chain, resources, threading, models, callMillis = 2000 } = parts;
    this.comparisons = new ComparisonDesk(parts.comparison);
    const isSuspended = (key: string): boolean => chain.isSuspended(key);
    this.#builder = new ChainBuilder({
      resources,
      threading,
      models,
      callMillis,
      isSuspended,
      promptsOf: (key) => chain.promptsOf(key),
      revisionFrom: (built) => chain.revisionFrom(built),
    });
    chain.forgiven.subscribe((key) => this.meter.forgive(key));
    parts.dispatcher.completed.subscribe((completion) => this.#judge(completion));
  }

  /** Frames are counted anew. */
  streamStarting(): void {
    this.meter.reset();
    this.#apart.clear();
  }

  /** Builds the chain that is wanted now. Where values are tried and their entry cannot be built with them, it rejects with the reason. */
  async build(geometry: ChainGeometry, candidate?: LoadTimeCandidate): Promise<RunningChain | undefined> {
    const { chain } = this.#parts;
    const { revision } = chain;
    chain.built(true);
    try {
      const members = chain.members().map((member) => {
        const isTried = member.item.key === candidate?.key;
        return isTried ? { ...member, triedValues: candidate.values } : member;
      });
      const { chain: made, runs } = await this.#builder.build({
        ...{ members, geometry, revision, apart: this.#apart },
        isEmpty: chain.keys.length === 0,
      });
      const failure = candidate && runs.get(candidate.key)?.failure;
      if (failure) {
        made?.retire();
        throw errorFromRecord(failure);
      }
      chain.built(false, runs);
      if (made) this.#hold(made);
      this.comparisons.follow(made);
      return made;
    } catch (thrown) {
      chain.built(false);
      throw thrown;
    }
  }

  /** Takes load-time values over, whose chain is built; throws, and lets that go, where the entry was taken out meanwhile. */
  accept({ key, values }: LoadTimeCandidate, built: RunningChain | undefined): ParameterState {
    try {
      return this.#parts.chain.setLoadTime(key, values);
    } catch (thrown) {
      built?.retire();
      throw thrown;
    }
  }

  /**
   * Resolves when no chain uses a processor any more: where it is replaced, the one that runs is used until another one has been built
   * and its last frame is complete.
   */
  lettingGo(handle: ProcessorHandle): Promise<void> {
    const isUsed = (): boolean => [...this.#held].some(({ handles }) => handles.includes(handle));
    if (!isUsed()) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const unsubscribe = this.#freed.subscribe(() => {
      if (isUsed()) return;
      unsubscribe();
      resolve();
    });
    return promise;
  }

  #hold(chain: RunningChain): void {
    this.#held.add(chain);
    chain.freed.subscribe(() => {
      this.#held.delete(chain);
      this.comparisons.ended(chain);
      this.#freed.announce();
    });
  }

  measurements(): ChainMeasurement[] {
    const { meter, comparisons } = this;
    return withShares(meter.measurements(this.#parts.chain.keys), comparisons.comparisons, (key) => meter.modelHashOf(key));
  }

  #judge({ event }: Completion): void {
    const { chain } = this.#parts;
    for (const report of event.passes ?? []) {
      const { suspension, hasHarmed } = this.meter.note(report);
      if (suspension) {
        chain.suspend(suspension.processor, suspension.error);
        this.suspended.announce(suspension);
      }
      if (!hasHarmed || report.members.every(({ key }) => this.#apart.has(key))) continue;
      for (const { key } of report.members) this.#apart.add(key);
      chain.outdated.announce();
    }
  }
}
