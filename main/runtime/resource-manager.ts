import { monotonicNs } from '../base/clock.ts';
import { assert, ResourceError } from '../base/errors.ts';
import type { Timer } from '../base/timer.ts';
import { createSharedFramePool, FramePool, type SharedFramePool, type SlotHandle } from '../frame/frame-pool.ts';
import { Budgets, type Consumer } from './budgets.ts';
import { type Lease, type OpenLease, type OpenReservation, type Reservation, rememberCaller } from './lease.ts';
import { allocateShared, type PlatformAllocator, sharedMemoryAllocator } from './platform-allocator.ts';
import { ReservationLine, type ReservationOptions, type ReservationRequest } from './reservations.ts';
import { SlotLife, type SlotState } from './slot-life.ts';
import { SpareMemory } from './spare-memory.ts';

export type { Lease, OpenLease, Reservation } from './lease.ts';

/** How many slots a pool has and who holds which. */
export interface PoolUsage {
  readonly poolId: string;
  readonly slotsTotal: number;
  readonly slotsInUse: number;
  readonly owners: readonly string[];
  /** Slots by state; `released` is never seen from outside. */
  readonly states: Readonly<Record<SlotState, number>>;
}

/** What a test may choose. */
export interface ResourceOptions {
  readonly allocator?: PlatformAllocator;
  readonly timer?: Timer;
}

interface ManagedPool {
  readonly pool: FramePool;
  readonly lives: readonly SlotLife[];
  readonly leases: Map<number, Map<Lease, OpenLease>>;
  retired: (() => void) | undefined;
}

/**
 * The one owner of frame memory. Pools are made before frames flow; slots are lent as leases and come back when every
 * lease on them is closed. Lives on the lab's thread; other threads resolve handles through the shared pools.
 */
export class ResourceManager {
  /** What each consumer may hold and holds. */
  readonly budgets = new Budgets(() => this.#line.serve());
  readonly #allocator: PlatformAllocator;
  readonly #pools = new Map<string, ManagedPool>();
  readonly #spares = new SpareMemory();
  readonly #line: ReservationLine<Reservation>;
  readonly #askedAt = new WeakMap<ReservationRequest, () => string>();
  readonly #granted = new Set<() => OpenReservation>();
  #poolCount = 0;

  constructor({ allocator = sharedMemoryAllocator, timer }: ResourceOptions = {}) {
    this.#allocator = allocator;
    const freeSlots = (poolId: string): number => countOf(this.#managed(poolId).lives, 'free');
    this.#line = new ReservationLine(freeSlots, (request) => this.#reserve(request), timer);
  }

  /**
   * Makes a pool, from the memory of a forgotten one of equal size where there is any: its slots then hold old frames. The
   * id gets a running number, so that a pool made again is never mistaken for the earlier one.
   */
  createPool(purpose: string, slotBytes: number, slotCount: number): SharedFramePool {
    this.#poolCount += 1;
    const poolId = `${purpose}-${this.#poolCount}`;
    const shared = createSharedFramePool(poolId, slotBytes, slotCount, (byteLength) => {
      return this.#spares.take(byteLength) ?? allocateShared(this.#allocator, byteLength);
    });
    // Counters that lie where an earlier pool had its frames would say that slots are in use.
    new Int32Array(shared.generations).fill(0);
    const lives = Array.from({ length: slotCount }, () => new SlotLife());
    this.#pools.set(poolId, { pool: new FramePool(shared), lives, leases: new Map(), retired: undefined });
    return shared;
  }

  /** Forgets a pool as soon as its last slot is free, at once where all are, and then calls `forgotten`. */
  retirePool(poolId: string, forgotten: () => void): void {
    const managed = this.#inUse(poolId);
    managed.retired = (): void => {
      this.#pools.delete(poolId);
      this.#spares.keep(managed.pool.shared.memory);
      forgotten();
    };
    this.#line.refusePool(poolId);
    if (managed.pool.slotsInUse === 0) managed.retired();
  }

  /** A lease on a free slot, or undefined when all are in use or the consumer's budget has no room. */
  lease(poolId: string, owner: string, consumer: Consumer = 'lane'): Lease | undefined {
    const managed = this.#inUse(poolId);
    if (!this.budgets.charge(consumer, managed.pool.shared.slotBytes)) return undefined;
    let handle = managed.pool.take();
    // What is kept for later makes room for what is live.
    while (!handle && consumer === 'camera' && this.budgets.evict('fusion')) handle = managed.pool.take();
    if (!handle) {
      this.budgets.refund(consumer, managed.pool.shared.slotBytes);
      return undefined;
    }
    this.#apply(managed, handle, 'allocate');
    managed.leases.set(handle.slot, new Map());
    return this.#issue(managed, handle, owner, consumer, this.lease);
  }

  /**
   * Reserves all slots of a plan or none, in the order in which plans ask, for the consumer `fusion`. Rejects with ResourceError
   * after its time and for more than the pools or the budget can ever give, with InputError when it is cancelled, and for pools
   * and counts that do not exist.
   */
  reserveForPlan(request: ReservationRequest, options: ReservationOptions = {}): Promise<Reservation> {
    try {
      this.#expectPossible(request);
    } catch (thrown) {
      return Promise.reject(thrown);
    }
    this.#askedAt.set(request, rememberCaller(this.reserveForPlan));
    return this.#line.reserve(request, options);
  }

  /** Gives up the memory that is kept for the pools of the next stream. Returns how many bytes that were. */
  dropSpareMemory(): number {
    return this.#spares.drop();
  }

  /** Plans that wait for slots, oldest first; the same object for as long as it waits. */
  get waitingPlans(): readonly ReservationRequest[] {
    return this.#line.waiting;
  }

  /** Every open lease of every pool. */
  openLeases(): OpenLease[] {
    return [...this.#pools.values()].flatMap(({ leases }) => [...leases.values()].flatMap((open) => [...open.values()]));
  }

  /** Every granted reservation that still holds slots, oldest first. */
  openReservations(): OpenReservation[] {
    return [...this.#granted].map((describe) => describe()).filter(({ bytes }) => bytes > 0);
  }

  usage(poolId: string): PoolUsage {
    const { pool, leases, lives } = this.#managed(poolId);
    const owners = [...leases.values()].flatMap((open) => [...open.values()].map(({ owner }) => owner));
    const count = (state: SlotState): number => countOf(lives, state);
    const states = {
      free: count('free'),
      reserved: count('reserved'),
      allocated: count('allocated'),
      pinned: count('pinned'),
      released: count('released'),
    };
    return { poolId, slotsTotal: pool.shared.slotCount, slotsInUse: pool.slotsInUse, owners, states };
  }

  /** The usage of every pool. */
  usages(): PoolUsage[] {
    return [...this.#pools.keys()].map((poolId) => this.usage(poolId));
  }

  #managed(poolId: string): ManagedPool {
    const managed = this.#pools.get(poolId);
    assert(managed, `Expected an existing pool but received ${poolId}`);
    return managed;
  }

  #inUse(poolId: string): ManagedPool {
    const managed = this.#managed(poolId);
    assert(!managed.retired, `Expected a pool in use but received ${poolId}, which is retired`);
    return managed;
  }

  #apply({ lives }: ManagedPool, { poolId, slot }: SlotHandle, event: Parameters<SlotLife['apply']>[0]): void {
    (lives[slot] as SlotLife).apply(event, `slot ${slot} of ${poolId}`);
  }

  #expectPossible({ owner, slots }: ReservationRequest): void {
    let bytes = 0;
    for (const [poolId, count] of Object.entries(slots)) {
      const isCount = Number.isSafeInteger(count) && count >= 0;
      assert(isCount, `Expected a whole number of slots of ${poolId} for ${owner} but received ${count}`);
      const { slotBytes, slotCount } = this.#inUse(poolId).pool.shared;
      bytes += slotBytes * count;
      if (count <= slotCount) continue;
      const message = `Expected at most the ${slotCount} slots of ${poolId} for ${owner} but received ${count}`;
      throw new ResourceError('runtime.plan-too-large', message, 'Choose fewer frames.');
    }
    const budgetBytes = this.budgets.budgetBytes('fusion');
    if (bytes <= budgetBytes) return;
    const message = `Expected at most ${budgetBytes} bytes of frame memory for ${owner} but received ${bytes}`;
    throw new ResourceError('runtime.plan-too-large', message, 'Choose fewer frames or raise the budget.');
  }

  #reserve(request: ReservationRequest): Reservation | undefined {
    const wanted = Object.entries(request.slots).map(([poolId, count]) => ({ managed: this.#inUse(poolId), count }));
    const bytes = wanted.reduce((sum, { managed, count }) => sum + managed.pool.shared.slotBytes * count, 0);
    // A plan waits for its turn; it never makes another one of its kind give something up.
    if (bytes > this.budgets.room('fusion')) return undefined;
    // A plan without slots is no cause to give something up either, where fusions hold more than a budget that was lowered.
    if (bytes > 0) this.budgets.charge('fusion', bytes);
    const promised = new Map<string, SlotHandle[]>();
    for (const { managed, count } of wanted) {
      const handles = Array.from({ length: count }, () => managed.pool.take() as SlotHandle);
      for (const handle of handles) this.#apply(managed, handle, 'reserve');
      promised.set(managed.pool.id, handles);
    }
    return this.#reservation(request, promised);
  }

  #reservation(request: ReservationRequest, promised: Map<string, SlotHandle[]>): Reservation {
    const { owner } = request;
    const allocate = (poolId: string): Lease => {
      const handle = promised.get(poolId)?.shift();
      assert(handle, `Expected a reserved slot of ${poolId} for ${owner} but none is left`);
      const managed = this.#managed(poolId);
      this.#apply(managed, handle, 'allocate');
      managed.leases.set(handle.slot, new Map());
      if ([...promised.values()].every(({ length }) => length === 0)) this.#granted.delete(describe);
      return this.#issue(managed, handle, owner, 'fusion', allocate);
    };
    const close = (): void => {
      this.#granted.delete(describe);
      for (const [poolId, handles] of promised) {
        for (const handle of handles.splice(0)) this.#free(this.#managed(poolId), handle, 'cancel', 'fusion');
      }
    };
    const grantedNs = monotonicNs();
    const askedAt = this.#askedAt.get(request) ?? ((): string => 'unknown');
    const describe = (): OpenReservation => {
      const held = [...promised].map(([poolId, { length }]) =>
        length ? length * this.#managed(poolId).pool.shared.slotBytes : 0,
      );
      return { owner, bytes: held.reduce((sum, bytes) => sum + bytes, 0), grantedNs, askedAt };
    };
    this.#granted.add(describe);
    const remaining = (poolId: string): number => promised.get(poolId)?.length ?? 0;
    return { owner, allocate, remaining, close, [Symbol.dispose]: close };
  }

  /** The budget of the consumer has been charged by the caller. */
  #issue(
    managed: ManagedPool,
    handle: SlotHandle,
    owner: string,
    consumer: Consumer,
    taker: (...args: never[]) => unknown,
  ): Lease {
    const holders = managed.leases.get(handle.slot);
    assert(holders, `Expected slot ${handle.slot} of pool ${handle.poolId} to be in use`);
    const slotBytes = managed.pool.shared.slotBytes;
    // However many leases a consumer has on a slot, it holds the slot once.
    const isHeldBy = (payer: Consumer): boolean => [...holders.values()].some((open) => open.consumer === payer);
    const expectOpen = (): void => assert(holders.has(lease), `Expected an open lease of ${owner} but received a closed one`);
    const close = (): void => {
      expectOpen();
      holders.delete(lease);
      if (holders.size > 0) {
        this.#apply(managed, handle, 'unpin');
        if (!isHeldBy(consumer)) this.budgets.refund(consumer, slotBytes);
        return;
      }
      managed.leases.delete(handle.slot);
      this.#free(managed, handle, 'release', consumer);
    };
    const pin = (other: string, payer: Consumer = 'lane'): Lease | undefined => {
      expectOpen();
      if (!isHeldBy(payer) && !this.budgets.charge(payer, slotBytes)) return undefined;
      this.#apply(managed, handle, 'pin');
      return this.#issue(managed, handle, other, payer, pin);
    };
    const bytes = (byteLength?: number): Uint8Array => {
      expectOpen();
      return managed.pool.bytes(handle, byteLength);
    };
    const samples = (length?: number): Uint16Array => {
      expectOpen();
      return managed.pool.samples(handle, length);
    };
    const elements: Lease['elements'] = (type) => {
      expectOpen();
      return managed.pool.elements(handle, type);
    };
    const isShared = (): boolean => holders.size > 1;
    const lease: Lease = { handle, owner, isShared, pin, bytes, samples, elements, close, [Symbol.dispose]: close };
    const takenAt = rememberCaller(taker);
    holders.set(lease, { handle, owner, consumer, bytes: slotBytes, takenNs: monotonicNs(), takenAt });
    return lease;
  }

  #free(managed: ManagedPool, handle: SlotHandle, event: 'release' | 'cancel', consumer: Consumer): void {
    this.#apply(managed, handle, event);
    managed.pool.giveBack(handle);
    this.#apply(managed, handle, 'recycle');
    // Serves the line of plans, which may wait for the slot or for the room.
    this.budgets.refund(consumer, managed.pool.shared.slotBytes);
    if (managed.pool.slotsInUse === 0) managed.retired?.();
  }
}

function countOf(lives: readonly SlotLife[], state: SlotState): number {
  return lives.reduce((count, life) => count + (life.state === state ? 1 : 0), 0);
}
