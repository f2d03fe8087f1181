import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lease, Reservation } from '../../../main/runtime/lease.ts';
import { ResourceManager } from '../../../main/runtime/resource-manager.ts';

const slotCount = 4;
const slotBytes = 64;

/** One random step; `pick` chooses among whatever there is to choose from. */
type Step =
  | { readonly kind: 'lease' | 'pin' | 'close' | 'allocate' | 'end' | 'cancel'; readonly pick: number }
  | { readonly kind: 'reserve'; readonly slots: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('lease', 'pin', 'close'), pick: fc.nat(100) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('allocate', 'end', 'cancel'), pick: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reserve'), slots: fc.integer({ min: 0, max: slotCount }) }) },
) as fc.Arbitrary<Step>;

interface Asked {
  readonly slots: number;
  readonly cancel: AbortController;
  cancelled: boolean;
  granted: Reservation | undefined;
}

/**
 * The simplest account of the same pool: which leases are open on which slot, and how many slots each plan still holds. It
 * knows nothing of states, generations, budgets or waiting lines.
 */
class Twin {
  readonly resources = new ResourceManager();
  readonly poolId = this.resources.createPool('mosaic', slotBytes, slotCount).poolId;
  readonly open: { readonly lease: Lease; readonly slot: number }[] = [];
  readonly closed: Lease[] = [];
  readonly plans: Asked[] = [];

  get granted(): Asked[] {
    return this.plans.filter(({ granted }) => granted !== undefined);
  }

  get reservedSlots(): number {
    return this.granted.reduce((sum, { granted }) => sum + (granted as Reservation).remaining(this.poolId), 0);
  }

  get freeSlots(): number {
    return slotCount - new Set(this.open.map(({ slot }) => slot)).size - this.reservedSlots;
  }

  take(next: Step): void {
    if (next.kind === 'reserve') {
      this.reserve(next.slots);
    } else if (next.kind === 'lease') {
      this.lease();
    } else {
      const among = { pin: this.open, close: this.open, allocate: this.granted, end: this.granted, cancel: this.plans };
      const count = among[next.kind].length;
      if (count > 0) this[next.kind](next.pick % count);
    }
  }

  lease(): void {
    const expected = this.freeSlots > 0;
    const lease = this.resources.lease(this.poolId, 'model');
    expect(lease !== undefined).toBe(expected);
    if (lease) this.keep(lease);
  }

  keep(lease: Lease): void {
    // Nobody else may have it: neither an open lease nor a reservation.
    expect(this.open.some(({ slot }) => slot === lease.handle.slot)).toBe(false);
    this.open.push({ lease, slot: lease.handle.slot });
  }

  pin(index: number): void {
    const { lease, slot } = this.open[index] as { lease: Lease; slot: number };
    this.open.push({ lease: lease.pin('model') as Lease, slot });
  }

  close(index: number): void {
    const [closing] = this.open.splice(index, 1);
    const { lease } = closing as { lease: Lease };
    lease.close();
    this.closed.push(lease);
  }

  reserve(slots: number): void {
    const asked: Asked = { slots, cancel: new AbortController(), cancelled: false, granted: undefined };
    this.plans.push(asked);
    this.resources.reserveForPlan({ owner: 'plan', slots: { [this.poolId]: slots } }, { signal: asked.cancel.signal }).then(
      (reservation) => {
        asked.granted = reservation;
      },
      () => {
        asked.cancelled = true;
      },
    );
  }

  allocate(index: number): void {
    const reservation = (this.granted[index] as Asked).granted as Reservation;
    if (reservation.remaining(this.poolId) > 0) this.keep(reservation.allocate(this.poolId));
    else expect(() => reservation.allocate(this.poolId)).toThrow('but none is left');
  }

  end(index: number): void {
    ((this.granted[index] as Asked).granted as Reservation).close();
  }

  /** Cancels whether it was granted or not: a granted plan keeps what it has. */
  cancel(index: number): void {
    (this.plans[index] as Asked).cancel.abort();
  }

  check(): void {
    const { states, slotsInUse, owners } = this.resources.usage(this.poolId);
    expect(states.free).toBe(this.freeSlots);
    expect(states.reserved).toBe(this.reservedSlots);
    expect([slotsInUse, states.released]).toEqual([slotCount - states.free, 0]);
    expect(owners).toHaveLength(this.open.length);
    const charged = this.resources.budgets.usages().reduce((sum, { bytes }) => sum + bytes, 0);
    const heldSlots = new Set(this.open.map(({ lease: { owner }, slot }) => `${owner} ${slot}`)).size;
    expect(charged).toBe((heldSlots + this.reservedSlots) * slotBytes);
    // The first plan in the line waits only because it cannot be had.
    const [first] = this.plans.filter(({ granted, cancelled, cancel }) => !granted && !cancelled && !cancel.signal.aborted);
    if (first) expect(first.slots).toBeGreaterThan(this.freeSlots);
    for (const lease of this.closed) expect(() => lease.bytes()).toThrow('received a closed one');
  }

  /** Closes all that is open: then nothing is left, whatever came before. */
  async closeEverything(): Promise<void> {
    for (const { cancel } of this.plans) cancel.abort();
    await Promise.resolve();
    for (const { granted } of this.granted) granted?.close();
    while (this.open.length > 0) this.close(0);
    this.check();
    expect([this.freeSlots, this.resources.waitingPlans.length, this.resources.openLeases().length]).toEqual([slotCount, 0, 0]);
  }
}

describe('ResourceManager, beside the simplest account of the same pool', () => {
  it('agrees with it over 10,000 random sequences of leases, pins, plans and cancellations', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const twin = new Twin();
        for (const next of steps) {
          twin.take(next);
          // Grants and refusals are announced by promises.
          await Promise.resolve();
          await Promise.resolve();
          twin.check();
        }
        await twin.closeEverything();
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);
});
