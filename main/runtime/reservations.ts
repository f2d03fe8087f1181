import { InputError, ResourceError } from '../base/errors.ts';
import { systemTimer, type Timer } from '../base/timer.ts';

/** What a plan needs before it may begin: so many slots of each pool. */
export interface ReservationRequest {
  /** Who asks, for reports. */
  readonly owner: string;
  readonly slots: Readonly<Record<string, number>>;
}

/** How long a plan waits for its slots. */
export interface ReservationOptions {
  /** Gives up with ResourceError `runtime.reservation-timeout`; without it, a plan waits until it is cancelled. */
  readonly timeoutMillis?: number;
  /** Gives up with InputError `runtime.cancelled`. */
  readonly signal?: AbortSignal;
}

interface WaitingPlan<R> {
  readonly request: ReservationRequest;
  readonly grant: (reservation: R) => void;
  readonly refuse: (reason: Error) => void;
}

/**
 * The line of plans that wait for slots. A plan gets all it asked for at once or nothing, so no plan ever holds a part while it
 * waits for the rest, and no two can wait for each other. Plans are served in the order in which they came: one that waits is never
 * overtaken by a later one that wants slots of the same pool. Used on one thread.
 */
export class ReservationLine<R> {
  readonly #freeSlots: (poolId: string) => number;
  readonly #take: (request: ReservationRequest) => R | undefined;
  readonly #timer: Timer;
  readonly #waiting: WaitingPlan<R>[] = [];

  /**
   * @param freeSlots how many slots of a pool nobody holds; throws for a pool that does not exist
   * @param take reserves everything that a request names, or answers that it has to wait; called only when all of it is free
   */
  constructor(
    freeSlots: (poolId: string) => number,
    take: (request: ReservationRequest) => R | undefined,
    timer: Timer = systemTimer,
  ) {
    this.#freeSlots = freeSlots;
    this.#take = take;
    this.#timer = timer;
  }

  /** Plans that wait. */
  get waiting(): readonly ReservationRequest[] {
    return this.#waiting.map(({ request }) => request);
  }

  /** Resolves when everything is reserved. */
  reserve(request: ReservationRequest, { timeoutMillis, signal }: ReservationOptions = {}): Promise<R> {
    if (signal?.aborted) return Promise.reject(cancelled(request));
    return new Promise((resolve, reject) => {
      let stopTimer = (): void => undefined;
      const settle = (): void => {
        stopTimer();
        signal?.removeEventListener('abort', onAbort);
      };
      const plan: WaitingPlan<R> = {
        request,
        grant: (reservation) => {
          settle();
          resolve(reservation);
        },
        refuse: (reason) => {
          settle();
          reject(reason);
        },
      };
      const onAbort = (): void => this.#giveUp([plan], cancelled);
      this.#waiting.push(plan);
      this.serve();
      if (!this.#waiting.includes(plan)) return;
      if (timeoutMillis !== undefined)
        stopTimer = this.#timer(timeoutMillis, () => this.#giveUp([plan], () => timedOut(request, timeoutMillis)));
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Grants what can be granted by now. To be called whenever a slot has become free. */
  serve(): void {
    const spokenFor = new Set<string>();
    for (const plan of [...this.#waiting]) {
      const pools = Object.entries(plan.request.slots);
      const isFree = pools.every(([poolId, count]) => !spokenFor.has(poolId) && this.#freeSlots(poolId) >= count);
      const reservation = isFree ? this.#take(plan.request) : undefined;
      if (reservation === undefined) {
        for (const [poolId] of pools) spokenFor.add(poolId);
      } else {
        this.#waiting.splice(this.#waiting.indexOf(plan), 1);
        plan.grant(reservation);
      }
    }
  }

  /** Sends away every plan that waits for a pool which is going. */
  refusePool(poolId: string): void {
    const going = this.#waiting.filter(({ request }) => poolId in request.slots);
    this.#giveUp(going, ({ owner }) => {
      const message = `Expected a pool in use for ${owner} but ${poolId} is gone`;
      return new ResourceError('runtime.pool-gone', message, 'Start the stream and try again.');
    });
  }

  /** All of them have left the line before it is served: they may have been what smaller ones behind them waited for. */
  #giveUp(plans: readonly WaitingPlan<R>[], reasonFor: (request: ReservationRequest) => Error): void {
    for (const plan of plans) {
      this.#waiting.splice(this.#waiting.indexOf(plan), 1);
      plan.refuse(reasonFor(plan.request));
    }
    this.serve();
  }
}

function cancelled({ owner }: ReservationRequest): InputError {
  return new InputError('runtime.cancelled', `The plan of ${owner} was cancelled while it waited for memory`);
}

function timedOut({ owner, slots }: ReservationRequest, timeoutMillis: number): ResourceError {
  const wanted = Object.entries(slots)
    .map(([poolId, count]) => `${count} of ${poolId}`)
    .join(', ');
  const message = `Expected free slots for ${owner} (${wanted}) within ${timeoutMillis} ms but received none`;
  return new ResourceError('runtime.reservation-timeout', message, 'Close what holds frames, or try again.');
}
