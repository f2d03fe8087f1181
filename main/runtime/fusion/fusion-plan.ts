import { assert } from '../../base/errors.ts';
import type { FrameMeta } from '../../frame/frame-meta.ts';
import type { Lease, Reservation } from '../lease.ts';
import type { FrameFinding } from './score-burst.ts';

/** What is to be merged: so many of the sharpest frames, or the best frame of each of so many exposures. */
export interface FusionRequest {
  readonly kind: 'burst' | 'bracket';
  readonly frameCount: number;
}

/** A frame that a plan has chosen, and why. */
export interface SelectedFrame extends FrameFinding {
  readonly meta: FrameMeta;
  /** Exposure time times gain, in the unit of the manager's `exposureOf`. */
  readonly exposure: number;
}

/** Where a plan stands. */
export type PlanState = 'created' | 'reserved' | 'selected' | 'scheduled' | 'done' | 'failed' | 'cancelled';

/** What happens to a plan. */
export type PlanEvent = 'reserve' | 'select' | 'schedule' | 'finish' | 'fail' | 'cancel';

const active = { created: 'created', reserved: 'reserved', selected: 'selected', scheduled: 'scheduled' } as const;

const transitions: Readonly<Record<PlanEvent, Partial<Record<PlanState, PlanState>>>> = {
  reserve: { created: 'reserved' },
  select: { reserved: 'selected' },
  schedule: { selected: 'scheduled' },
  finish: { scheduled: 'done' },
  fail: Object.fromEntries(Object.keys(active).map((state) => [state, 'failed'])),
  cancel: Object.fromEntries(Object.keys(active).map((state) => [state, 'cancelled'])),
};

/** One fusion from the wish to the merged mosaic. Made and changed by the FusionManager alone. */
export class FusionPlan {
  readonly planId: number;
  readonly request: FusionRequest;
  /** Ends what the plan waits for. */
  readonly abort = new AbortController();
  reservation: Reservation | undefined;
  /** Frames in the order of `leases`; empty until they are selected. */
  frames: readonly SelectedFrame[] = [];
  leases: readonly Lease[] = [];
  /** Index of the frame whose geometry and exposure the result has. */
  reference = 0;
  /** A step is under way: the next one has to wait for it. */
  isBusy = false;
  #state: PlanState = 'created';

  constructor(planId: number, request: FusionRequest) {
    this.planId = planId;
    this.request = request;
  }

  get state(): PlanState {
    return this.#state;
  }

  /** The stream that the plan's envelopes belong to. */
  get streamId(): string {
    return `fusion-${this.planId}`;
  }

  /** Whether it has not ended. */
  get isActive(): boolean {
    return this.#state in active;
  }

  /** Throws, and changes nothing, where the plan's state does not allow the event. */
  expect(event: PlanEvent): PlanState {
    const next = transitions[event][this.#state];
    const allowed = Object.keys(transitions[event]).join(' or ');
    assert(next, `Expected a plan that is ${allowed} for "${event}" but received plan ${this.planId}, which is ${this.#state}`);
    return next;
  }

  apply(event: PlanEvent): void {
    this.#state = this.expect(event);
  }

  /** Gives back everything that the plan holds. May be called twice. */
  release(): void {
    for (const lease of this.leases) lease.close();
    this.leases = [];
    this.reservation?.close();
    this.reservation = undefined;
  }
}
