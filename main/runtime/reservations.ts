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
  readonly giveUp: (reason: Error) => void;
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
        giveUp: (reason) => {
          settle();
          this.#waiting.splice(this.#waiting.indexOf(plan), 1);
          reject(reason);
          // The plan may have been what a smaller one behind it waited for.
          this.serve();
        },
      };
      const onAbort = (): void => plan.giveUp(cancelled(request));
      this.#waiting.push(plan);
      this.serve();
      if (!this.#waiting.includes(plan)) return;
      if (timeoutMillis !== undefined)
        stopTimer = this.#timer(timeoutMillis, () => plan.giveUp(timedOut(request, timeoutMillis)));
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
    for (const { request, giveUp } of this.#waiting.filter((plan) => poolId in plan.request.slots)) {
      const message = `Expected a pool in use for ${request.owner} but ${poolId} is gone`;
      giveUp(new ResourceError('runtime.pool-gone', message, 'Start the stream and try again.'));
    }
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
