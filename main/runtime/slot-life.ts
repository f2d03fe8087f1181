import { assert } from '../base/errors.ts';

/**
 * The life of a slot's use. `reserved`: promised to a plan. `allocated`: one lease is open. `pinned`: more than one is.
 * `released`: all are closed; the slot is about to be free again, under a new generation.
 */
export type SlotState = 'free' | 'reserved' | 'allocated' | 'pinned' | 'released';

/** What can happen to a slot. */
export type SlotEvent = 'reserve' | 'allocate' | 'cancel' | 'pin' | 'unpin' | 'release' | 'recycle';

const transitions: Readonly<Record<SlotEvent, Partial<Record<SlotState, SlotState>>>> = {
  reserve: { free: 'reserved' },
  allocate: { free: 'allocated', reserved: 'allocated' },
  cancel: { reserved: 'released' },
  pin: { allocated: 'pinned', pinned: 'pinned' },
  unpin: { pinned: 'pinned' },
  release: { allocated: 'released' },
  recycle: { released: 'free' },
};

/** One slot with its state and the number of leases beyond the first. The only place that changes them. */
export class SlotLife {
  #state: SlotState = 'free';
  #pins = 0;

  get state(): SlotState {
    return this.#state;
  }

  /** Open leases beyond the first. */
  get pins(): number {
    return this.#pins;
  }

  /** Takes the slot to its next state. An event that its state does not allow throws and changes nothing. */
  apply(event: SlotEvent, slot: string): SlotState {
    const next = transitions[event][this.#state];
    const allowed = Object.keys(transitions[event]).join(' or ');
    assert(next, `Expected a slot that is ${allowed} for "${event}" but received ${slot}, which is ${this.#state}`);
    if (event === 'pin') this.#pins += 1;
    if (event === 'unpin') this.#pins -= 1;
    // The last pin that goes leaves one lease.
    this.#state = event === 'unpin' && this.#pins === 0 ? 'allocated' : next;
    return this.#state;
  }
}
