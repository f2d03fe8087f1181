import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timer } from '../../../main/base/timer.ts';
import { type Consumer, consumers, standardBudgetBytes } from '../../../main/runtime/budgets.ts';
import type { Lease, Reservation } from '../../../main/runtime/lease.ts';
import { ResourceManager } from '../../../main/runtime/resource-manager.ts';
import { ModelledMemory, type PlanState, yielding } from './modelled-memory.ts';

/** Pools of every sequence, some of equal size: a new one then gets the memory of one that is gone. */
const poolSizes = [
  { slotBytes: 64, slots: 4 },
  { slotBytes: 192, slots: 2 },
  { slotBytes: 64, slots: 3 },
] as const;
const budgeted = ['view', 'recorder', 'fusion', 'plug-ins'] as const;

/** One random step; `pick` and `pool` choose among whatever there is to choose from. */
type Step =
  | { readonly kind: 'lease'; readonly pool: number; readonly consumer: Consumer }
  | { readonly kind: 'pin'; readonly pick: number; readonly consumer: Consumer }
  | { readonly kind: 'close' | 'end' | 'cancel' | 'expire' | 'retire'; readonly pick: number }
  | { readonly kind: 'allocate'; readonly pick: number; readonly pool: number }
  | { readonly kind: 'reserve'; readonly wanted: readonly (number | undefined)[]; readonly hasTimeout: boolean }
  | { readonly kind: 'limit'; readonly consumer: Consumer; readonly slots: number }
  | { readonly kind: 'evict'; readonly consumer: Consumer };

const pick = fc.nat(100);
const consumer = fc.constantFrom(...consumers);
const wanted = fc.tuple(...poolSizes.map(({ slots }) => fc.option(fc.nat(slots + 1), { nil: undefined })));
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('lease'), pool: pick, consumer }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pin'), pick, consumer }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('close'), pick }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('allocate'), pick, pool: pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('end', 'cancel', 'expire'), pick }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('reserve'), wanted, hasTimeout: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('limit'), consumer: fc.constantFrom(...budgeted), slots: fc.nat(16) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('evict'), consumer: fc.constantFrom(...budgeted) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retire'), pick }) },
) as fc.Arbitrary<Step>;

/** What a plan's promise has come to. */
interface Asked {
  readonly cancel: AbortController;
  state: PlanState;
  reservation: Reservation | undefined;
}

const stateByCode: Readonly<Record<string, PlanState>> = {
  'runtime.cancelled': 'cancelled',
  'runtime.reservation-timeout': 'late',
  'runtime.pool-gone': 'pool gone',
};

/** A ResourceManager and its model, which take every step together. */
class Twin {
  readonly model = new ModelledMemory(standardBudgetBytes);
  readonly timeouts = new Map<number, () => void>();
  readonly resources: ResourceManager;
  readonly poolIds: string[] = [];
  readonly gone: string[] = [];
  readonly leases = new Map<number, { readonly lease: Lease; readonly consumer: Consumer; readonly slot: string }>();
  readonly asked: Asked[] = [];
  lastClosed: Lease | undefined;

  constructor() {
    // Every plan waits for a time of its own, by which its timer is known.
    const timer: Timer = (millis, callback) => {
      this.timeouts.set(millis, callback);
      return () => this.timeouts.delete(millis);
    };
    this.resources = new ResourceManager({ timer });
    for (const size of poolSizes) this.addPool(size);
    for (const one of budgeted) this.limit(one, 10 * 64);
  }

  addPool({ slotBytes, slots }: { readonly slotBytes: number; readonly slots: number }): void {
    this.poolIds.push(this.resources.createPool('pool', slotBytes, slots).poolId);
    this.model.pools.push({ slotBytes, slots, phase: 'in use' });
  }

  take(next: Step): void {
    const { open, plans } = this.model;
    const among = { pin: open, close: open, allocate: plans, end: plans, cancel: plans, expire: [...this.timeouts], retire: [0] };
    const chosen = 'pick' in next && among[next.kind].length > 0 ? next.pick % among[next.kind].length : undefined;
    if (next.kind === 'lease') this.lease(this.#existing(next.pool), next.consumer);
    else if (next.kind === 'reserve') this.reserve(next.wanted, next.hasTimeout);
    else if (next.kind === 'limit') this.limit(next.consumer, next.slots * 64);
    else if (next.kind === 'evict') this.evict(next.consumer);
    else if (next.kind === 'retire') this.retire(this.#existing(next.pick));
    else if (chosen === undefined) return;
    else if (next.kind === 'pin') this.pin(open[chosen] as number, next.consumer);
    else if (next.kind === 'close') this.close(open[chosen] as number);
    else if (next.kind === 'allocate') this.allocate(chosen, next.pool % this.poolIds.length);
    else if (next.kind === 'end') this.end(chosen);
    else if (next.kind === 'cancel') this.cancel(chosen);
    else this.expire([...this.timeouts.keys()][chosen] as number);
  }

  lease(pool: number, payer: Consumer): void {
    const poolId = this.poolIds[pool] as string;
    if (this.model.pools[pool]?.phase !== 'in use') {
      expect(() => this.resources.lease(poolId, 'model', payer)).toThrow('Expected a pool in use');
      return;
    }
    this.#keep(this.model.lease(pool, payer), this.resources.lease(poolId, 'model', payer), payer);
  }

  pin(id: number, payer: Consumer): void {
    const { lease } = this.leases.get(id) as { lease: Lease };
    this.#keep(this.model.pin(id, payer), lease.pin('model', payer), payer);
  }

  close(id: number): void {
    this.model.close(id);
    this.#close(id);
  }

  evict(who: Consumer): void {
    const expected = this.model.evict(who);
    expect(this.resources.budgets.evict(who)).toBe(expected);
  }

  limit(who: Consumer, bytes: number): void {
    this.model.limit(who, bytes);
    const evict = (): boolean => {
      const holders = [...this.leases].filter(([, { consumer: holder }]) => holder === who);
      const only = holders.filter(([, { slot }]) => holders.filter(([, other]) => other.slot === slot).length === 1);
      if (only.length === 0) return false;
      this.#close(Math.min(...only.map(([id]) => id)));
      return true;
    };
    this.resources.budgets.limit(who, bytes, ...(yielding.includes(who) ? [evict] : []));
  }

  reserve(counts: readonly (number | undefined)[], hasTimeout: boolean): void {
    const pools = this.model.pools.length;
    // Of the newest pools of each size, and sometimes of one that is gone by now.
    const entries = counts.flatMap((count, index) => (count === undefined ? [] : [[pools - 1 - index, count] as const]));
    const { id } = this.model.reserve(new Map(entries), hasTimeout);
    const asked: Asked = { cancel: new AbortController(), state: 'waiting', reservation: undefined };
    this.asked.push(asked);
    const slots = Object.fromEntries(entries.map(([pool, count]) => [this.poolIds[pool] as string, count]));
    const options = { signal: asked.cancel.signal, ...(hasTimeout ? { timeoutMillis: id } : {}) };
    this.resources.reserveForPlan({ owner: `plan ${id}`, slots }, options).then(
      (reservation) => Object.assign(asked, { state: 'granted', reservation }),
      ({ code }: { code?: string }) => Object.assign(asked, { state: stateByCode[code ?? ''] ?? 'impossible' }),
    );
  }

  allocate(id: number, pool: number): void {
    const { reservation } = this.asked[id] as Asked;
    const expected = this.model.allocate(id, pool);
    const poolId = this.poolIds[pool] as string;
    if (expected === undefined) {
      if (reservation) expect(() => reservation.allocate(poolId)).toThrow('but none is left');
      return;
    }
    this.#keep(expected, reservation?.allocate(poolId), 'fusion');
  }

  end(id: number): void {
    this.model.end(id);
    this.asked[id]?.reservation?.close();
  }

  cancel(id: number): void {
    this.model.giveUp(id, 'cancelled');
    this.asked[id]?.cancel.abort();
  }

  expire(id: number): void {
    this.model.giveUp(id, 'late');
    this.timeouts.get(id)?.();
  }

  /** A pool goes and another of its size comes, as when a stream starts again. */
  retire(pool: number): void {
    const poolId = this.poolIds[pool] as string;
    if (this.model.pools[pool]?.phase !== 'in use') {
      expect(() => this.resources.retirePool(poolId, () => undefined)).toThrow('Expected a pool in use');
      return;
    }
    this.model.retire(pool);
    this.resources.retirePool(poolId, () => this.gone.push(poolId));
    this.addPool(this.model.pools[pool] as (typeof poolSizes)[number]);
  }

  /** Everything that can be seen from outside, as the model has it and as it is. */
  check(): void {
    const [expected, actual] = [this.#modelled(), this.#actual()];
    // Comparing texts is what makes ten thousand sequences quick; the lists are for whoever reads a failure.
    if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected);
    const bySlot = new Map<string, Lease>();
    for (const { lease, slot } of this.leases.values()) {
      const other = bySlot.get(slot) ?? lease;
      if (other.handle.generation !== lease.handle.generation) expect(lease.handle).toEqual(other.handle);
      bySlot.set(slot, lease);
    }
    if (this.lastClosed) expect(() => (this.lastClosed as Lease).bytes()).toThrow('received a closed one');
  }

  /** Closes all that is open: then nothing is left, whatever came before. */
  async closeEverything(): Promise<void> {
    for (const id of this.asked.keys()) this.cancel(id);
    await settled();
    for (const id of this.asked.keys()) this.end(id);
    for (const id of this.model.open) this.close(id);
    for (const pool of [...this.poolIds.keys()]) if (this.model.pools[pool]?.phase === 'in use') this.retire(pool);
    this.check();
    const { resources } = this;
    expect(resources.usages().every(({ slotsInUse }) => slotsInUse === 0)).toBe(true);
    expect(resources.budgets.usages().filter(({ bytes }) => bytes !== 0)).toEqual([]);
    expect([resources.openLeases(), resources.openReservations(), resources.waitingPlans, this.timeouts.size]).toEqual([
      [],
      [],
      [],
      0,
    ]);
  }

  /** One of the pools that are not gone. */
  #existing(choice: number): number {
    const there = [...this.poolIds.keys()].filter((pool) => this.model.pools[pool]?.phase !== 'gone');
    return there[choice % there.length] as number;
  }

  #keep(id: number | undefined, lease: Lease | undefined, payer: Consumer): void {
    expect(lease !== undefined).toBe(id !== undefined);
    if (id === undefined || !lease) return;
    const { poolId, slot } = lease.handle;
    this.leases.set(id, { lease, consumer: payer, slot: `${poolId}/${slot}` });
  }

  #close(id: number): void {
    const { lease } = this.leases.get(id) as { lease: Lease };
    this.leases.delete(id);
    lease.close();
    this.lastClosed = lease;
  }

  #modelled(): readonly unknown[] {
    const { model } = this;
    const phases = model.pools.map(({ phase }) => phase);
    const pools = model.pools.flatMap(({ slots }, pool) => {
      if (phases[pool] === 'gone') return [];
      const holders = model.usesOf(pool).map((use) => use.holders.size);
      const pinned = holders.filter((count) => count > 1).length;
      const reserved = model.reserved(pool);
      const inUse = holders.length + reserved;
      const leases = holders.reduce((sum, count) => sum + count, 0);
      return [[slots - inUse, reserved, holders.length - pinned, pinned, 0, inUse, leases]];
    });
    const accounts = [...model.accounts].map(([who, { budgetBytes, evictions, refusals }]) => {
      return [who, model.bytes(who), String(budgetBytes), evictions, refusals];
    });
    const waiting = model.waiting.map(({ id }) => `plan ${id}`);
    const timed = model.waiting.filter(({ hasTimeout }) => hasTimeout).map(({ id }) => id);
    const gone = phases.filter((phase) => phase === 'gone').length;
    return [pools, accounts, model.open, model.plans.map(({ state }) => state), waiting, timed, gone];
  }

  #actual(): readonly unknown[] {
    const { resources } = this;
    const pools = resources.usages().map(({ states, slotsInUse, owners }) => {
      const { free, reserved, allocated, pinned, released } = states;
      return [free, reserved, allocated, pinned, released, slotsInUse, owners.length];
    });
    const accounts = resources.budgets.usages().map(({ consumer: who, bytes, budgetBytes, evictions, refusals }) => {
      return [who, bytes, String(budgetBytes), evictions, refusals];
    });
    const open = [...this.leases.keys()].sort((a, b) => a - b);
    const waiting = resources.waitingPlans.map(({ owner }) => owner);
    const timed = [...this.timeouts.keys()].sort((a, b) => a - b);
    return [pools, accounts, open, this.asked.map(({ state }) => state), waiting, timed, this.gone.length];
  }
}

/** Grants and refusals are announced by promises. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await Promise.resolve();
}

describe('ResourceManager, beside the simplest account of the same pools', () => {
  it('agrees with it over 10,000 random sequences of leases, pins, budgets, plans, cancellations, time-outs and retired pools', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
        const twin = new Twin();
        for (const next of steps) {
          twin.take(next);
          await settled();
          twin.check();
        }
        await twin.closeEverything();
      }),
      { numRuns: 10_000 },
    );
  }, 240_000);
});
