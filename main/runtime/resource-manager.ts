import { assert } from '../base/errors.ts';
import type { Closeable } from '../base/lifetime.ts';
import { createSharedFramePool, FramePool, type SharedFramePool, type SlotHandle } from '../frame/frame-pool.ts';
import { type PlatformAllocator, sharedMemoryAllocator } from './platform-allocator.ts';

/** The right to use a slot. The slot is free again when the last lease on it is closed; closing twice is an error. */
export interface Lease extends Closeable {
  readonly handle: SlotHandle;
  /** Who holds it, for reports. */
  readonly owner: string;
  /** Another lease on the same slot, for another owner. */
  pin(owner: string): Lease;
  /** The slot's bytes, in place. Throws once the lease is closed. */
  bytes(byteLength?: number): Uint8Array;
  /** The slot's 16-bit samples, in place. Throws once the lease is closed. */
  samples(length?: number): Uint16Array;
}

/** How many slots a pool has and who holds which. */
export interface PoolUsage {
  readonly poolId: string;
  readonly slotsTotal: number;
  readonly slotsInUse: number;
  readonly owners: readonly string[];
}

interface ManagedPool {
  readonly pool: FramePool;
  readonly leases: Map<number, Set<Lease>>;
  retired: (() => void) | undefined;
}

/**
 * The one owner of frame memory. Pools are made before frames flow; slots are lent as leases and come back when every
 * lease on them is closed. Lives on the lab's thread; other threads resolve handles through the shared pools.
 */
export class ResourceManager {
  readonly #allocator: PlatformAllocator;
  readonly #pools = new Map<string, ManagedPool>();
  #poolCount = 0;

  constructor(allocator: PlatformAllocator = sharedMemoryAllocator) {
    this.#allocator = allocator;
  }

  /** Makes a pool. The id gets a running number, so that a pool made again is never mistaken for the earlier one. */
  createPool(purpose: string, slotBytes: number, slotCount: number): SharedFramePool {
    this.#poolCount += 1;
    const poolId = `${purpose}-${this.#poolCount}`;
    const shared = createSharedFramePool(poolId, slotBytes, slotCount, (byteLength) => this.#allocator.allocate(byteLength));
    this.#pools.set(poolId, { pool: new FramePool(shared), leases: new Map(), retired: undefined });
    return shared;
  }

  /** Forgets a pool as soon as the last lease on it is closed, at once where none is open, and then calls `forgotten`. */
  retirePool(poolId: string, forgotten: () => void): void {
    const managed = this.#managed(poolId);
    managed.retired = (): void => {
      this.#pools.delete(poolId);
      forgotten();
    };
    if (managed.leases.size === 0) managed.retired();
  }

  /** A lease on a free slot, or undefined when all are in use. */
  lease(poolId: string, owner: string): Lease | undefined {
    const managed = this.#managed(poolId);
    assert(!managed.retired, `Expected a pool in use but received ${poolId}, which is retired`);
    const handle = managed.pool.take();
    if (!handle) return undefined;
    managed.leases.set(handle.slot, new Set());
    return this.#issue(managed, handle, owner);
  }

  usage(poolId: string): PoolUsage {
    const { pool, leases } = this.#managed(poolId);
    const owners = [...leases.values()].flatMap((set) => [...set].map((lease) => lease.owner));
    return { poolId, slotsTotal: pool.shared.slotCount, slotsInUse: pool.slotsInUse, owners };
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

  #issue(managed: ManagedPool, handle: SlotHandle, owner: string): Lease {
    const holders = managed.leases.get(handle.slot);
    assert(holders, `Expected slot ${handle.slot} of pool ${handle.poolId} to be in use`);
    const expectOpen = (): void => assert(holders.has(lease), `Expected an open lease of ${owner} but received a closed one`);
    const close = (): void => {
      expectOpen();
      holders.delete(lease);
      if (holders.size > 0) return;
      managed.leases.delete(handle.slot);
      managed.pool.giveBack(handle);
      if (managed.leases.size === 0) managed.retired?.();
    };
    const lease: Lease = {
      handle,
      owner,
      pin: (other) => {
        expectOpen();
        return this.#issue(managed, handle, other);
      },
      bytes: (byteLength) => {
        expectOpen();
        return managed.pool.bytes(handle, byteLength);
      },
      samples: (length) => {
        expectOpen();
        return managed.pool.samples(handle, length);
      },
      close,
      [Symbol.dispose]: close,
    };
    holders.add(lease);
    return lease;
  }
}
